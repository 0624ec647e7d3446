"""What the roles of CRM lend: rights on items by who is responsible for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from crm_link import role_uses  # noqa: F401  registers itself
from crm_link.access import roles_of
from crm_link.kinds import kind_of
from crm_link.lending_told import reasons
from crm_link.models import OPERATIONS, RoleMember, RolePermission, Scope
from lists_core.access.granted import Who, memory
from lists_core.access.more import Grantor, Lent, Loan, Reason, grantors
from lists_core.access.rights import Right, bringing
from lists_core.models import List
from lists_core.schema.cache import systems_of
from staff.models import Department, Employee
from staff.subjects import Subject, people_of, subjects_of_groups

RESPONSIBLE = "RESPONSIBLE"
#: The scopes from the narrowest to the widest: each holds those before it.
WIDER = tuple(Scope)


@grantors.register
class CrmRoles(Grantor):
    slug = "crm.roles"

    def lent(
        self, actor: Employee, person: Who, list_ids: Collection[int]
    ) -> Mapping[int, Sequence[Lent]]:
        known = [pk for pk, system in systems_of(list_ids).items() if kind_of(system)]
        return _lent(actor, person, known) if known else {}

    def lists(self, person: Who) -> Q:
        rows = RolePermission.objects.filter(list=OuterRef("pk"), role__in=roles_of(person))
        return Q(Exists(rows.exclude(**dict.fromkeys(OPERATIONS.values(), Scope.NONE))))

    def owner_code(self, list_: List) -> str:
        return RESPONSIBLE if kind_of(list_.system) else ""

    def audience(self, list_: List, places: Sequence[int | None], owner: int | None) -> Q | None:
        return _readers(list_, places, owner) if kind_of(list_.system) else None

    def reasons(
        self,
        list_: List,
        person: Employee,
        places: Sequence[int | None],
        owner: int | None,
        *,
        one: bool,
    ) -> Iterable[Reason]:
        return reasons(list_, person, places, owner, one=one) if kind_of(list_.system) else ()


# --- what a person is lent ----------------------------------------------------------------


def _lent(actor: Employee, person: Who, lists: Collection[int]) -> dict[int, list[Lent]]:
    """One query for the permissions, and one for each scope that asks for people."""
    rows = RolePermission.objects.filter(list__in=lists, role__in=roles_of(person))
    found: dict[tuple[int, int], dict[int | None, Loan]] = defaultdict(dict)
    for row in rows:
        found[row.list_id, row.role_id][row.section_id] = _loan(actor, row)
    lent: dict[int, list[Lent]] = defaultdict(list)
    for (list_id, _role), places in found.items():
        lent[list_id].append(Lent(places, RESPONSIBLE))
    return dict(lent)


def _loan(actor: Employee, row: RolePermission) -> Loan:
    scopes = {right: getattr(row, column) for right, column in OPERATIONS.items()}
    return Loan(
        frozenset(right for right, scope in scopes.items() if scope == Scope.ALL),
        {
            right: people_in(actor, scope)
            for right, scope in scopes.items()
            if scope not in {Scope.ALL, Scope.NONE}
        },
    )


def people_in(actor: Employee, scope: str) -> frozenset[int]:
    """Whose items a scope holds for this person: themselves, and where it is a department those
    who work there, also those who left. It counts where one works and what one heads."""
    known = memory().more
    key = (f"crm.people.{scope}", actor.pk)
    if key not in known:
        known[key] = frozenset({actor.pk, *_colleagues(actor, scope)})
    found: frozenset[int] = known[key]
    return found


def _colleagues(actor: Employee, scope: str) -> Iterable[int]:
    if scope == Scope.OWN:
        return ()
    mine = Department.objects.filter(Q(pk=actor.department_id) | Q(head=actor.pk))
    if scope == Scope.DEPARTMENT:
        people = Employee.objects.filter(department__in=mine.values("pk"))
        return people.order_by().values_list("pk", flat=True)
    members = Employee.groups.through.objects.filter(group__in=mine.values("subtree_group"))
    return members.order_by().values_list("employee_id", flat=True)


# --- who reads an item --------------------------------------------------------------------


def _readers(list_: List, places: Sequence[int | None], owner: int | None) -> Q:
    """Over Employee, as `Grantor.audience`. Few queries, however many people there are."""
    by_scope: dict[str, set[int]] = defaultdict(set)
    for row in nearest(list_, places):
        by_scope[_viewing(row)].add(row.role_id)
    conditions = [
        Q(pk__in=people_of(_members(roles)).values("pk")) & _over(scope, owner)
        for scope, roles in by_scope.items()
        if scope != Scope.NONE
    ]
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


def nearest(list_: List, places: Sequence[int | None]) -> list[RolePermission]:
    """Of each role the permission that holds in the first of these places that has one."""
    among = Q(section__in=[place for place in places if place])
    among |= Q(section=None) if None in places else Q(pk__in=[])
    found: dict[int, RolePermission] = {}
    rows = RolePermission.objects.filter(among, list=list_).select_related("role")
    for row in sorted(rows, key=lambda row: places.index(row.section_id)):
        found.setdefault(row.role_id, row)
    return list(found.values())


def _viewing(row: RolePermission) -> str:
    """The widest scope that lets read: of viewing, and of all that brings it."""
    brings = [getattr(row, OPERATIONS[right]) for right in bringing(Right.VIEW) & {*OPERATIONS}]
    return max(brings, key=WIDER.index)


def _members(roles: Collection[int]) -> set[Subject]:
    rows = RoleMember.objects.filter(role__in=roles).values_list("employee", "group")
    groups = [group for _person, group in rows if group]
    people = {Subject("U", person) for person, _group in rows if person}
    return people | set(subjects_of_groups(groups).values())


def _over(scope: str, owner: int | None) -> Q:
    """Over Employee: in whose scope the owner is."""
    if scope == Scope.ALL:
        return Q()
    if owner is None:
        return Q(pk__in=[])
    own = Q(pk=owner)
    if scope == Scope.OWN:
        return own
    places = _departments(owner, up=scope == Scope.SUBTREE).values("pk")
    return own | Q(department__in=places) | Q(headed_departments__in=places)


def _departments(owner: int, *, up: bool) -> QuerySet[Department, Any]:
    """The owner's department, or it and all above it."""
    if not up:
        return Department.objects.filter(employees=owner)
    groups = Employee.groups.through.objects.filter(employee=owner)
    return Department.objects.filter(subtree_group__in=groups.values("group"))
