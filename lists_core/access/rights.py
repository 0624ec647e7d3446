"""The rights, what each brings along, and the ready roles of the Access tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Right(TextChoices):
    """What may be granted on a list, a section or an element (docs/access.md)."""

    VIEW = "view", _("View")
    ADD = "add", _("Add")
    CHANGE = "change", _("Change")
    DELETE = "delete", pgettext_lazy("right", "Delete")
    RUN = "run", _("Run processes")
    ACCESS = "access", _("Manage access")
    FULL = "full", _("Full access")


Rights = frozenset[Right]
NONE: Rights = frozenset()
ALL: Rights = frozenset(Right)
#: Who may change, delete or run something sees it too; adding alone shows nothing.
_IMPLIED: Mapping[Right, Rights] = {
    Right.VIEW: frozenset({Right.VIEW}),
    Right.ADD: frozenset({Right.ADD}),
    Right.CHANGE: frozenset({Right.CHANGE, Right.VIEW}),
    Right.DELETE: frozenset({Right.DELETE, Right.VIEW}),
    Right.RUN: frozenset({Right.RUN, Right.VIEW}),
    Right.ACCESS: frozenset({Right.ACCESS, Right.VIEW}),
    Right.FULL: ALL,
}


def with_implied(granted: Iterable[Right | str]) -> Rights:
    """Everything that these rights allow."""
    return frozenset().union(*(_IMPLIED[Right(right)] for right in granted))


def bringing(right: Right) -> Rights:
    """The rights each of which is enough for `right`."""
    return frozenset(other for other, brought in _IMPLIED.items() if right in brought)


ROLES: Mapping[str, tuple[str | Promise, Rights]] = {
    "none": (_("No access"), NONE),
    "view": (_("View only"), frozenset({Right.VIEW})),
    "add": (_("Adding"), frozenset({Right.ADD})),
    "limited": (
        _("Limited edit with processes"),
        frozenset({Right.VIEW, Right.ADD, Right.RUN}),
    ),
    "edit": (
        pgettext_lazy("role", "Edit"),
        frozenset({Right.VIEW, Right.ADD, Right.CHANGE, Right.DELETE, Right.RUN}),
    ),
    "full": (_("Full access"), frozenset({Right.FULL})),
}


def role_of(granted: Rights) -> str:
    """The slug of the role that is exactly these rights, "" when none is."""
    return next((slug for slug, (_label, rights) in ROLES.items() if rights == granted), "")
