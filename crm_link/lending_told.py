"""Why a person may do something in CRM: their roles, in words.

Worked out role by role from the tree of departments, not by what `lending` reads: the two check
each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from crm_link.access import roles_of
from crm_link.models import OPERATIONS, Role, RolePermission, Scope
from lists_core.access.granted import who
from lists_core.access.more import Reason
from lists_core.access.rights import Right
from lists_core.models import List
from staff.models import Department, Employee


def reasons(
    list_: List,
    person: Employee,
    places: Sequence[int | None],
    owner: int | None,
    *,
    one: bool,
) -> Iterator[Reason]:
    """One for each role of the person that says anything about the place."""
    for role in Role.objects.filter(pk__in=roles_of(who(person))).prefetch_related("permissions"):
        known = {row.section_id: row for row in role.permissions.all() if row.list_id == list_.pk}
        row = next((known[place] for place in places if place in known), None)
        if row:
            yield _reason(role, row, person, owner, one=one)


def _reason(
    role: Role, row: RolePermission, person: Employee, owner: int | None, *, one: bool
) -> Reason:
    scopes = {right: Scope(getattr(row, column)) for right, column in OPERATIONS.items()}
    held = frozenset(
        right
        for right, scope in scopes.items()
        if scope != Scope.NONE and (not one or is_over(person, owner, scope))
    )
    title = _("CRM role “%(role)s”") % {"role": role.name}
    return Reason(title, held, [*_lines(scopes), *_note(held, one=one)])


def _lines(scopes: dict[Right, Scope]) -> Iterator[str]:
    for right, scope in scopes.items():
        if scope != Scope.NONE:
            yield _("%(right)s: %(scope)s") % {"right": right.label, "scope": told(scope)}


def _note(held: frozenset[Right], *, one: bool) -> Iterator[str]:
    if one and not held:
        yield _("The responsible person is not among them.")


def told(scope: Scope) -> str:
    """Whose items, as a part of a sentence."""
    return {
        Scope.NONE: _("nobody's"),
        Scope.OWN: _("those they are responsible for"),
        Scope.DEPARTMENT: _("those of their department"),
        Scope.SUBTREE: _("those of their department and the departments below"),
        Scope.ALL: _("all"),
    }[scope]


def is_over(person: Employee, owner: int | None, scope: Scope) -> bool:
    """Whether items of this owner are in the person's scope."""
    if scope == Scope.ALL or (owner == person.pk and scope != Scope.NONE):
        return True
    if owner is None or scope not in {Scope.DEPARTMENT, Scope.SUBTREE}:
        return False
    place = Department.objects.filter(employees=owner).first()
    if place is None:
        return False
    reached = place.ancestors(include_self=True) if scope == Scope.SUBTREE else [place]
    mine = Department.objects.filter(Q(pk=person.department_id) | Q(head=person.pk))
    return bool({one.pk for one in reached} & set(mine.values_list("pk", flat=True)))
