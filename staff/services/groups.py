"""Groups that carry rights: kept equal to where people work in the tree of departments."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from staff.models import Department, Employee

#: Deletes the memberships that the tree no longer gives and adds those that lack, at once:
#: moving a large department costs two passes over its people, not two objects for each.
FOLLOW = """
    WITH RECURSIVE tree (department, group_id, parent) AS (
        SELECT id, subtree_group_id, parent_id FROM staff_department
        UNION ALL
        SELECT tree.department, above.subtree_group_id, above.parent_id
        FROM tree JOIN staff_department AS above ON above.id = tree.parent
    ),
    carried (department, group_id) AS MATERIALIZED (
        SELECT department, group_id FROM tree UNION ALL SELECT id, group_id FROM staff_department
    ),
    wanted (employee_id, group_id) AS MATERIALIZED (
        SELECT person.id, carried.group_id FROM staff_employee AS person
        JOIN carried ON carried.department = person.department_id
        WHERE %(all)s OR person.id = ANY(%(people)s)
    ),
    gone AS (
        DELETE FROM staff_employee_groups AS member
        WHERE (%(all)s OR member.employee_id = ANY(%(people)s))
          AND member.group_id IN (SELECT group_id FROM carried)
          AND NOT EXISTS (
              SELECT FROM wanted
              WHERE wanted.employee_id = member.employee_id AND wanted.group_id = member.group_id
          )
    )
    INSERT INTO staff_employee_groups (employee_id, group_id)
    SELECT employee_id, group_id FROM wanted
    EXCEPT SELECT employee_id, group_id FROM staff_employee_groups
    WHERE %(all)s OR employee_id = ANY(%(people)s)
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def sync_groups(employees: Iterable[Employee] | None = None) -> None:
    """Make group membership follow the departments, for all employees or for some.

    A person belongs to the group of their own department and to the subtree group of it and
    of every department above. Other groups a person is in are left alone.
    """
    _lock_departments()
    _give_groups()
    people = [] if employees is None else _ids(employees)
    if people or employees is None:
        with connection.cursor() as cursor:
            cursor.execute(FOLLOW, {"all": employees is None, "people": people})


def _ids(employees: Iterable[Employee]) -> list[int]:
    if isinstance(employees, QuerySet):
        return list(employees.order_by().values_list("pk", flat=True))
    return [person.pk for person in employees]


def _lock_departments() -> None:
    """Until the end of the transaction the tree stays as it is read next.

    Without it a person who changes the department while it moves would keep the old groups.
    """
    rows = Department.objects.order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def _give_groups() -> None:
    """Two groups to each department that has none yet."""
    lacking = Q(group=None) | Q(subtree_group=None)
    for department in Department.objects.filter(lacking):
        name = f"department:{department.pk}"
        department.group = Group.objects.get_or_create(name=name)[0]
        department.subtree_group = Group.objects.get_or_create(name=f"{name}:subtree")[0]
        Department.objects.filter(pk=department.pk).update(
            group=department.group, subtree_group=department.subtree_group
        )
