"""How CRM items are written outside and in binding fields: Bitrix24's `D_12`, `CO_3`."""

from __future__ import annotations

from typing import NamedTuple

from crm_link.kinds import Kind, kinds
from lists_core.field_types.pickers import is_id


class CrmRef(NamedTuple):
    """An item: the slug of its kind and the id of its element."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{kinds.get(self.kind).prefix}_{self.id}"


def parse_ref(text: str, only: Kind | None = None) -> CrmRef | None:
    """`D_12` → a deal; a bare `12` only where one kind is allowed (`only`). None if it is none."""
    prefix, mark, number = text.strip().rpartition("_")
    if not is_id(number):
        return None
    if not mark:
        return CrmRef(only.slug, int(number)) if only else None
    found = next((kind for kind in kinds if kind.prefix == prefix.upper()), None)
    return CrmRef(found.slug, int(number)) if found else None
