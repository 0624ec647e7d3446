"""Whom a person is above: their reports, and the people of the departments they head."""

from __future__ import annotations

from collections import defaultdict

from staff.models import Department, Employee


def subordinate_ids(manager: Employee) -> set[int]:
    """Active employees below, at any depth, by the cards or by the departments. Three queries.

    Whoever heads a department is above the heads of those below it as well; nobody is above
    themselves, whatever a loop in old data says.
    """
    found = _by_card(manager.pk) | _by_department(manager.pk)
    return found - {manager.pk}


def _by_card(manager_id: int) -> set[int]:
    reports: dict[int, list[int]] = defaultdict(list)
    people = Employee.objects.filter(manager__isnull=False, is_active=True).order_by()
    for pk, above in people.values_list("pk", "manager_id"):
        reports[above].append(pk)
    found: set[int] = set()
    waiting = [manager_id]
    while waiting:
        new = set(reports[waiting.pop()]) - found
        found |= new
        waiting += new
    return found


def _by_department(manager_id: int) -> set[int]:
    headed = list(Department.objects.filter(head=manager_id).values_list("pk", flat=True))
    if not headed:
        return set()
    tree = Department.objects.with_tree_fields().values_list("pk", "tree_path")
    below = [pk for pk, path in tree if not set(headed).isdisjoint(path)]
    people = Employee.objects.filter(department__in=below, is_active=True)
    return set(people.values_list("pk", flat=True))
