"""The roles that CRM begins with. They have no members: nobody gains anything by them yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from crm_link.models import OPERATIONS, Scope
from lists_core.access.rights import Right


@dataclass(frozen=True)
class ReadyRole:
    """The same scopes for every kind."""

    name: str | Promise
    scopes: Mapping[Right, Scope]
    manages: bool = False


def _all(scope: Scope) -> dict[Right, Scope]:
    return dict.fromkeys(OPERATIONS, scope)


READY_ROLES = (
    ReadyRole(pgettext_lazy("CRM role", "CRM administrator"), _all(Scope.ALL), manages=True),
    ReadyRole(pgettext_lazy("CRM role", "Head of department"), _all(Scope.SUBTREE)),
    ReadyRole(pgettext_lazy("CRM role", "Manager"), {**_all(Scope.OWN), Right.DELETE: Scope.NONE}),
    ReadyRole(pgettext_lazy("CRM role", "Observer"), {Right.VIEW: Scope.ALL}),
)
