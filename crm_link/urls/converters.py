"""What addresses of CRM take."""

from __future__ import annotations

from crm_link.kinds import Kind, kinds


class CrmKindConverter:
    """`lead`, `deal`, `contact` or `company`; the view gets the Kind."""

    regex = "lead|deal|contact|company"

    def to_python(self, value: str) -> Kind:
        return kinds.get(value)

    def to_url(self, value: Kind | str) -> str:
        return value if isinstance(value, str) else value.slug
