"""Reads about groups of employees: administrators see all, everybody those they are in."""

from __future__ import annotations

from django.db.models import QuerySet

from staff.actors import Actor
from staff.models import Employee, EmployeeGroup
from staff.selectors import require_administrator
from staff.selectors_subjects import counted
from svod.base.errors import NotFound


def all_groups(actor: Actor) -> QuerySet[EmployeeGroup]:
    """By name, each with `members`: how many active employees are in it."""
    require_administrator(actor)
    return counted(EmployeeGroup.objects.all())


def access_group(actor: Actor, group_id: int) -> EmployeeGroup:
    found = all_groups(actor).filter(pk=group_id).first()
    if found is None:
        raise NotFound
    return found


def members_of(group: EmployeeGroup) -> QuerySet[Employee]:
    """Deactivated people too: they are shown, but count for nothing."""
    people = Employee.objects.filter(groups=group.pk).select_related("department")
    return people.order_by("-is_active", "last_name", "first_name", "pk")


def groups_with(employee: Actor) -> QuerySet[EmployeeGroup]:
    """The groups that an employee is in, by name."""
    return EmployeeGroup.objects.filter(group__user=employee.pk)
