"""Writes of CRM roles: the role, its members, its permissions and the audit, at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.access import may_manage_crm, require_crm_manager
from crm_link.kinds import kind_of
from crm_link.models import OPERATIONS, Role, RoleMember, RolePermission, Scope
from crm_link.ready_roles import READY_ROLES, ReadyRole
from crm_link.selectors.roles import Draft, Place, Scopes, fingerprint, stored_draft
from lists_core.access import forget
from lists_core.models import List, Section
from staff.models import Employee
from staff.services import audit
from staff.subjects import AUTHOR, Subject, holders
from svod.base.errors import Conflict, Invalid, NotFound

NAME_SIGNS = 200


class Stale(Conflict):
    """Somebody saved the role since the form was opened."""

    code = "role_changed"
    message = gettext_lazy("Someone else has changed this role while you were editing.")


@transaction.atomic
def create_role(draft: Draft, *, actor: Employee) -> Role:
    """A new role. Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    role = Role(sort=Role.objects.count() * 10 + 10)
    _save(role, draft, Draft(), actor)
    return role


@transaction.atomic
def update_role(role_id: int, draft: Draft, *, actor: Employee, seen: str | None = None) -> Role:
    """Make the role what the draft says. `seen` is the fingerprint of what the person began
    with. Raises NotFound, Forbidden, Invalid, Stale."""
    role, before = _locked(role_id, actor)
    if seen is not None and seen != fingerprint(before):
        raise Stale
    _save(role, draft, before, actor)
    return role


@transaction.atomic
def delete_role(role_id: int, *, actor: Employee) -> None:
    """Remove a role with its memberships. Raises NotFound, Forbidden, Invalid."""
    role, before = _locked(role_id, actor)
    _tell("crm.role.deleted", role, before, Draft(), actor)
    role.delete()
    _settled(actor)


@transaction.atomic
def create_ready_roles(*, actor: Employee) -> list[Role]:
    """The ready roles whose names are free, without members. Raises Forbidden."""
    require_crm_manager(actor)
    taken = set(Role.objects.values_list("name", flat=True))
    lists = List.objects.filter(system__startswith="crm.", deleted_at=None)
    places: list[Place] = [(row.pk, None) for row in lists if kind_of(row.system)]
    ready = [one for one in READY_ROLES if str(one.name) not in taken]
    return [create_role(_drafted(one, places), actor=actor) for one in ready]


def _drafted(ready: ReadyRole, places: Iterable[Place]) -> Draft:
    permissions = dict.fromkeys(places, ready.scopes)
    return Draft(str(ready.name), manages=ready.manages, permissions=permissions)


# --- own steps ----------------------------------------------------------------------------


def _locked(role_id: int, actor: Employee) -> tuple[Role, Draft]:
    require_crm_manager(actor)
    role = Role.objects.select_for_update().filter(pk=role_id).first()
    if role is None:
        raise NotFound
    return role, stored_draft(role)


def _save(role: Role, draft: Draft, before: Draft, actor: Employee) -> None:
    members = _checked(role, draft)
    role.name, role.manages = draft.name.strip(), draft.manages
    role.save()
    _replace_members(role, members)
    _replace_permissions(role, draft.permissions)
    event = "crm.role.changed" if before.name else "crm.role.created"
    _tell(event, role, before, stored_draft(role), actor)
    _settled(actor)


def _checked(role: Role, draft: Draft) -> Mapping[Subject, tuple[int | None, int | None]]:
    """Raise Invalid for what cannot be kept; gives the holders of the members."""
    name = draft.name.strip()
    if not name or len(name) > NAME_SIGNS or "\0" in name:
        raise Invalid({"name": [_("Give the role a name of at most 200 signs.")]})
    if Role.objects.filter(name__iexact=name).exclude(pk=role.pk).exists():
        raise Invalid({"name": [_("There is a role of this name already.")]})
    _check_places(draft.permissions)
    try:
        return holders(set(draft.members) - {AUTHOR})
    except Invalid as error:
        raise Invalid({"members": error.errors["subject"]}) from None


def _check_places(places: Collection[Place]) -> None:
    """Kinds of CRM, and pipelines of theirs: sections at the top of the list."""
    lists = List.objects.in_bulk({list_id for list_id, _section in places})
    sections = Section.objects.in_bulk({section for _list, section in places if section})
    for list_id, section_id in places:
        list_ = lists.get(list_id)
        kind = kind_of(list_.system) if list_ else None
        section = sections.get(section_id) if section_id else None
        fits = section_id is None or (section and section.list_id == list_id)
        if kind is None or not fits or (section and (not kind.piped or section.parent_id)):
            raise Invalid({"permissions": [_("There is no such kind or pipeline.")]})


def _replace_members(role: Role, members: Mapping[Subject, tuple[int | None, int | None]]) -> None:
    role.members.all().delete()
    RoleMember.objects.bulk_create(
        RoleMember(role=role, employee_id=person, group_id=group)
        for person, group in members.values()
    )


def _replace_permissions(role: Role, permissions: Mapping[Place, Scopes]) -> None:
    role.permissions.all().delete()
    RolePermission.objects.bulk_create(
        RolePermission(
            role=role,
            list_id=list_id,
            section_id=section,
            **{column: scopes.get(right, Scope.NONE) for right, column in OPERATIONS.items()},
        )
        for (list_id, section), scopes in permissions.items()
    )


def _settled(actor: Employee) -> None:
    """Rights are read anew; nobody locks themselves out of the settings."""
    forget()
    if not may_manage_crm(actor):
        told = _("You would lose the settings of CRM. Somebody else can take them away.")
        raise Invalid({"manages": [told]})


# --- audit --------------------------------------------------------------------------------


def _tell(event: str, role: Role, before: Draft, after: Draft, actor: Employee) -> None:
    audit.record(
        event,
        actor=actor,
        subject=f"crm_role:{role.pk}",
        subject_name=role.name or before.name,
        about={**_of_members(before, after), **_of_permissions(before, after)},
    )


def _of_members(before: Draft, after: Draft) -> dict[str, Any]:
    about: dict[str, Any] = {}
    if before.manages != after.manages:
        about["crm_settings"] = after.manages
    came, went = set(after.members), set(before.members)
    told = {one.code: "added" for one in came - went} | {one.code: "removed" for one in went - came}
    return {**about, "members": told} if told else about


def _of_permissions(before: Draft, after: Draft) -> dict[str, Any]:
    """What differs, as it is now: name of the kind and the pipeline → "view own", …"""
    places = before.permissions.keys() | after.permissions.keys()
    changed = [
        place for place in places if before.permissions.get(place) != after.permissions.get(place)
    ]
    names = dict(List.objects.filter(pk__in={pk for pk, _s in changed}).values_list("pk", "name"))
    pipelines = {section for _list, section in changed if section}
    names_in = dict(Section.objects.filter(pk__in=pipelines).values_list("pk", "name"))
    told = {
        ": ".join(filter(None, [names[pk], names_in.get(section or 0, "")])): [
            f"{right.value} {scope.value}"
            for right, scope in after.permissions.get((pk, section), {}).items()
            if scope != Scope.NONE
        ]
        for pk, section in changed
    }
    return {"permissions": told} if told else {}
