"""Groups that carry rights: kept equal to where people work in the tree of departments."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from staff.models import Department, Employee


@transaction.atomic
def sync_groups(employees: Iterable[Employee] | None = None) -> None:
    """Make group membership follow the departments, for all employees or for some.

    A person belongs to the group of their own department and to the subtree group of it and
    of every department above. Other groups a person is in are left alone.
    """
    _lock_departments()
    tree = _departments_with_groups()
    people = Employee.objects.all() if employees is None else employees
    rows = {person.pk: person.department_id for person in people}
    wanted = {(pk, group) for pk, place in rows.items() for group in _group_ids(tree, place)}
    membership = Employee.groups.through.objects
    current = _current(rows)
    membership.filter(pk__in=[current[pair] for pair in current.keys() - wanted]).delete()
    membership.bulk_create(
        [membership.model(employee_id=pk, group_id=group) for pk, group in wanted - current.keys()],
        ignore_conflicts=True,
    )


def _lock_departments() -> None:
    """Until the end of the transaction the tree stays as it is read next.

    Without it a person who changes the department while it moves would keep the old groups.
    """
    rows = Department.objects.order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def _departments_with_groups() -> dict[int, Department]:
    tree = {department.pk: department for department in Department.objects.with_tree_fields()}
    for department in tree.values():
        if department.group_id is None or department.subtree_group_id is None:
            _give_groups(department)
    return tree


def _give_groups(department: Department) -> None:
    name = f"department:{department.pk}"
    department.group = Group.objects.get_or_create(name=name)[0]
    department.subtree_group = Group.objects.get_or_create(name=f"{name}:subtree")[0]
    Department.objects.filter(pk=department.pk).update(
        group=department.group, subtree_group=department.subtree_group
    )


def _group_ids(tree: dict[int, Department], department_id: int | None) -> list[int | None]:
    if department_id is None:
        return []
    own = tree[department_id]
    return [own.group_id, *(tree[above].subtree_group_id for above in own.tree_path)]


def _current(employee_ids: Iterable[int]) -> dict[tuple[int, int | None], int]:
    """(employee, group) → membership row, over groups of departments only."""
    rows = Employee.groups.through.objects.filter(employee_id__in=employee_ids).filter(
        Q(group__department__isnull=False) | Q(group__subtree_of__isnull=False)
    )
    return {(row.employee_id, row.group_id): row.pk for row in rows}
