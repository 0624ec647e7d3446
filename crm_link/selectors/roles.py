"""Reading CRM roles: for their page, and what they come to for one person."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from crm_link.access import require_crm_manager, roles_of
from crm_link.kinds import Kind, kinds
from crm_link.lending import WIDER, nearest
from crm_link.models import OPERATIONS, Role, RoleMember, RolePermission, Scope
from crm_link.selectors.stages import pipelines_all
from lists_core.access import Right, Rights, list_rights
from lists_core.access.granted import who
from lists_core.models import List, Section
from staff.models import Employee
from staff.selectors_subjects import SubjectView, subject_views
from staff.subjects import Subject, subjects_of_groups
from svod.base.errors import NotFound

Place = tuple[int, int | None]
"""A list, and a pipeline of it or None for all."""
Scopes = Mapping[Right, Scope]


@dataclass(frozen=True)
class Draft:
    """A role as a form has it, or as it is stored."""

    name: str = ""
    manages: bool = False
    members: Collection[Subject] = ()
    permissions: Mapping[Place, Scopes] = field(default_factory=dict)


def fingerprint(draft: Draft) -> str:
    """The same for the same role: tells whether somebody changed it since."""
    rows = sorted(
        [list_id, section or 0, sorted(scopes.items())]
        for (list_id, section), scopes in draft.permissions.items()
    )
    members = sorted(subject.code for subject in draft.members)
    return sha256(json.dumps([draft.name, draft.manages, members, rows]).encode()).hexdigest()[:32]


def stored_draft(role: Role) -> Draft:
    permissions = {
        (row.list_id, row.section_id): scopes_of(row)
        for row in RolePermission.objects.filter(role=role)
    }
    members = members_of([role.pk]).get(role.pk, [])
    return Draft(role.name, role.manages, members, permissions)


def scopes_of(row: RolePermission) -> Scopes:
    return {right: Scope(getattr(row, column)) for right, column in OPERATIONS.items()}


def members_of(roles: Collection[int]) -> dict[int, list[Subject]]:
    """Role id → its members, in the order they were stored. Two queries."""
    rows = list(RoleMember.objects.filter(role__in=roles).order_by("pk"))
    groups = subjects_of_groups([row.group_id for row in rows if row.group_id])
    found: dict[int, list[Subject]] = {}
    for row in rows:
        subject = groups[row.group_id] if row.group_id else Subject("U", row.employee_id or 0)
        found.setdefault(row.role_id, []).append(subject)
    return found


# --- the page -----------------------------------------------------------------------------


@dataclass(frozen=True)
class RoleCard:
    """A role on the page: its members, and by kind the scopes of its permission for all."""

    role: Role
    members: Sequence[SubjectView]
    kinds: Sequence[tuple[Kind, Scopes, int]]


def access_role(actor: Employee, role_id: int) -> Role:
    """Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise NotFound
    return role


def all_roles(actor: Employee) -> list[RoleCard]:
    """Raises Forbidden. As many queries for a hundred roles as for one."""
    require_crm_manager(actor)
    roles = list(Role.objects.prefetch_related("permissions"))
    members = members_of([role.pk for role in roles])
    views = subject_views({one for own in members.values() for one in own})
    lists = kind_lists()
    return [_card(role, members.get(role.pk, []), views, lists) for role in roles]


def _card(
    role: Role,
    members: Collection[Subject],
    views: Mapping[Subject, SubjectView],
    lists: Mapping[str, List],
) -> RoleCard:
    rows = {(row.list_id, row.section_id): row for row in role.permissions.all()}
    told = []
    for slug, list_ in lists.items():
        row = rows.get((list_.pk, None))
        own = sum(1 for pk, section in rows if pk == list_.pk and section)
        told.append((kinds.get(slug), scopes_of(row) if row else NO_SCOPES, own))
    return RoleCard(role, [views[one] for one in members if one in views], told)


NO_SCOPES: Scopes = dict.fromkeys(OPERATIONS, Scope.NONE)


def kind_lists() -> dict[str, List]:
    """Slug → list of every kind that is set up, in their order."""
    rows = List.objects.filter(system__in=[kind.system for kind in kinds], deleted_at=None)
    found = {row.system: row for row in rows}
    return {kind.slug: found[kind.system] for kind in kinds if kind.system in found}


# --- what a person may do -------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What one person holds in a kind or one pipeline: the widest scope of each operation, and
    which rights were granted on the list itself."""

    name: str
    pipeline: bool
    scopes: Scopes
    granted: Rights


def what_may(person: Employee, *, actor: Employee) -> tuple[list[Role], list[Held]]:
    """The person's roles, and what they come to together with grants. Raises Forbidden."""
    require_crm_manager(actor)
    mine = roles_of(who(person))
    roles = list(Role.objects.filter(pk__in=mine)) if person.is_active else []
    return roles, [held for list_ in kind_lists().values() for held in _held(list_, person, roles)]


def _held(list_: List, person: Employee, roles: Collection[Role]) -> list[Held]:
    own = {role.pk for role in roles}
    places: list[Section | None] = [None, *(pipelines_all(list_) if list_.has_sections else [])]
    return [_in_place(list_, place, person, own) for place in places]


def _in_place(list_: List, place: Section | None, person: Employee, roles: set[int]) -> Held:
    reached: list[int | None] = [None]
    if place is not None:
        reached = [place.pk] if place.restricted else [place.pk, None]
    rows = [row for row in nearest(list_, reached) if row.role_id in roles]
    scopes = {
        right: max((scopes_of(row)[right] for row in rows), key=WIDER.index, default=Scope.NONE)
        for right in OPERATIONS
    }
    rights = list_rights(person, list_.pk).place(place.pk if place else None)
    own = rights.own & {*OPERATIONS}
    for right in own:
        scopes[right] = Scope.ALL
    return Held(place.name if place else list_.name, place is not None, _implied(scopes), own)


def _implied(scopes: dict[Right, Scope]) -> Scopes:
    """Who changes, deletes or runs sees."""
    brings = [scope for right, scope in scopes.items() if right != Right.ADD]
    return {**scopes, Right.VIEW: max(brings, key=WIDER.index)}
