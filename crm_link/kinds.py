"""The four kinds of CRM items. Each is a list that the program keeps (decision 004).

Numbers and prefixes are Bitrix24's own: `D_12` is a deal everywhere outside.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from svod.base.registry import Registry


@dataclass(frozen=True)
class Kind:
    """One kind. `staged` ones move through stages; `piped` ones have several pipelines."""

    slug: str
    prefix: str
    number: int
    label: str | Promise
    plural: str | Promise
    icon: str
    color: str
    staged: bool = False
    piped: bool = False

    @property
    def system(self) -> str:
        """`List.system` of its list."""
        return f"crm.{self.slug}"


kinds: Registry[Kind] = Registry("CRM kind")
LEAD = kinds.register(Kind("lead", "L", 1, _("Lead"), _("Leads"), "target", "amber", staged=True))
DEAL = kinds.register(
    Kind("deal", "D", 2, _("Deal"), _("Deals"), "coin", "green", staged=True, piped=True)
)
CONTACT = kinds.register(Kind("contact", "C", 3, _("Contact"), _("Contacts"), "user", "blue"))
COMPANY = kinds.register(
    Kind("company", "CO", 4, _("Company"), _("Companies"), "building", "indigo")
)


def kind_of(list_system: str) -> Kind | None:
    """The kind whose list has this `system`, if it is a CRM list."""
    app, _dot, slug = list_system.partition(".")
    return kinds.get(slug) if app == "crm" and slug in kinds else None
