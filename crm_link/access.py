"""Who has which role of CRM, and who may change its settings."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from crm_link.models import Role, RoleMember
from lists_core.access import Right, list_rights
from lists_core.access.granted import Who, who
from staff.models import Employee
from staff.subjects import Subject, people_of, subjects_of_groups
from svod.base.errors import Forbidden


def may_manage_crm(actor: Employee) -> bool:
    """Whether the actor may change CRM's settings: stages, roles, tabs and the like.

    Administrators, and the members of roles that say so.
    """
    if not actor.is_active:
        return False
    if actor.is_superuser:
        return True
    return Role.objects.filter(manages=True, pk__in=roles_of(who(actor))).exists()


def require_crm_manager(actor: Employee) -> None:
    """Raise Forbidden unless the actor may change CRM's settings."""
    if not may_manage_crm(actor):
        raise Forbidden


def crm_managers() -> QuerySet[Employee]:
    """All for whom `may_manage_crm` is true."""
    rows = RoleMember.objects.filter(role__manages=True).values_list("employee", "group")
    groups = subjects_of_groups([group for _person, group in rows if group]).values()
    people = {Subject("U", person) for person, _group in rows if person}
    members = people_of({*people, *groups}).values("pk")
    return Employee.objects.filter(Q(is_superuser=True) | Q(pk__in=members), is_active=True)


def may_add_for(actor: Employee, list_id: int, person: int, section: int | None = None) -> bool:
    """Whether the actor may add items, in this place, for which this person answers.

    A role may let its members add in the name of some people only; oneself is always one.
    """
    if person == actor.pk:
        return True
    place = list_rights(actor, list_id).place(section)
    return Right.ADD in place.on_all or person in place.owners(Right.ADD)


def roles_of(person: Who) -> QuerySet[RoleMember, Any]:
    """The ids of the person's roles, for a subquery."""
    mine = Q(employee=person.id) | Q(group__in=person.groups)
    return RoleMember.objects.filter(mine).values("role")
