"""Writes to the groups that administrators make."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from staff import selectors
from staff.actors import Actor
from staff.group_uses import drop_rights, rights_of
from staff.models import Employee, EmployeeGroup
from staff.services import audit
from staff.services.audit import audit_events
from svod.base.errors import Invalid, NotFound

audit_events.add("group.created", _("Group added"))
audit_events.add("group.changed", _("Group changed"))
audit_events.add("group.members", _("Members of a group changed"))
audit_events.add("group.deleted", _("Group deleted"))


@transaction.atomic
def create_group(*, actor: Actor | None, name: str, description: str = "") -> EmployeeGroup:
    """A group without members. Invalid when the name is empty or taken in any case of letters."""
    _require(actor)
    carrier = Group.objects.create(name=f"employees:{uuid4().hex}")
    group = _write(EmployeeGroup(group=carrier), name, description)
    _record("group.created", group, actor, {"name": group.name})
    return group


@transaction.atomic
def update_group(
    group: EmployeeGroup, *, actor: Actor | None, name: str, description: str
) -> EmployeeGroup:
    """Rename and describe; Invalid as in `create_group`."""
    _require(actor)
    old = _locked(group).name
    _write(group, name, description)
    _record("group.changed", group, actor, {"name": {"before": old, "after": group.name}})
    return group


@transaction.atomic
def change_members(
    group: EmployeeGroup,
    *,
    actor: Actor | None,
    add: Collection[Employee] = (),
    remove: Collection[Employee] = (),
) -> None:
    """Put people in and take others out; who is there already, or is not, stays so."""
    _require(actor)
    members = _locked(group).group.user_set
    known = set(members.values_list("pk", flat=True))
    added = sorted({person.pk for person in add} - known)
    removed = sorted({person.pk for person in remove} & known)
    if added or removed:
        members.add(*added)
        members.remove(*removed)
        _record("group.members", group, actor, {"added": added, "removed": removed})


@transaction.atomic
def delete_group(group: EmployeeGroup, *, actor: Actor | None) -> None:
    """Delete a group with the rights that it held."""
    _require(actor)
    carrier = _locked(group).group
    about = {"name": group.name, "rights": rights_of(carrier.pk)}
    drop_rights(carrier.pk, actor=actor)
    _record("group.deleted", group, actor, about)
    carrier.delete()


def _require(actor: Actor | None) -> None:
    if actor is not None:
        selectors.require_administrator(actor)


def _locked(group: EmployeeGroup) -> EmployeeGroup:
    """The group as it stands now; NotFound when somebody has deleted it."""
    rows = EmployeeGroup.objects.select_related("group").select_for_update()
    found = rows.filter(pk=group.pk).first()
    if found is None:
        raise NotFound
    return found


def _write(group: EmployeeGroup, name: str, description: str) -> EmployeeGroup:
    group.name, group.description = " ".join(name.split()), description.strip()
    if not group.name:
        raise Invalid({"name": [_("Enter a name.")]})
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise Invalid({"name": [_("There is a group with this name already.")]}) from error
    return group


def _record(event: str, group: EmployeeGroup, actor: Actor | None, about: dict[str, Any]) -> None:
    subject = f"group:{group.pk}"
    audit.record(event, actor=actor, subject=subject, subject_name=group.name, about=about)
