"""Reads about people and departments.

Everybody who signs in may see every active employee and the whole tree; only administrators
see people who were deactivated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Replace, Upper

from staff.models import Department, Employee
from svod.base.errors import Forbidden, NotFound

SUGGESTED = 20


def is_administrator(actor: Any) -> bool:
    """Whether `actor` may change other people and the tree of departments."""
    return bool(actor.is_active and actor.is_superuser)


def require_administrator(actor: Any) -> None:
    if not is_administrator(actor):
        raise Forbidden


def require_other(actor: Any, person: Employee) -> None:
    """An administrator, and not about themselves: what helps others would lock oneself out."""
    require_administrator(actor)
    if person.pk == actor.pk:
        raise Forbidden


# --- employees --------------------------------------------------------------------------


def visible_employees(actor: Any) -> QuerySet[Employee]:
    """Employees `actor` may know of, with department and manager joined."""
    people = Employee.objects.select_related("department", "manager")
    return people if is_administrator(actor) else people.filter(is_active=True)


def access_employee(actor: Any, employee_id: int, *, change: bool = False) -> Employee:
    """One employee; NotFound when hidden, Forbidden when `actor` may look but not change."""
    employee = visible_employees(actor).filter(pk=employee_id).first()
    if employee is None:
        raise NotFound
    if change and employee.pk != actor.pk:
        require_administrator(actor)
    return employee


def employees_by_ids(ids: Iterable[int]) -> dict[int, Employee]:
    """Employees by id in one query, deactivated ones too; unknown ids are left out."""
    wanted = {number for number in ids if number}
    if not wanted:
        return {}
    return Employee.objects.select_related("department").in_bulk(wanted)


def search_employees(people: QuerySet[Employee], text: str) -> QuerySet[Employee]:
    """Those who have every word of `text` in name, position, department, e-mail or phone.

    Case does not matter, and ё is found by е.
    """
    for word in _plain(text).split():
        people = people.alias(haystack=_haystack()).filter(haystack__contains=word)
    return people


def _plain(text: str) -> str:
    return text.upper().replace("Ё", "Е")


def _haystack() -> Replace:
    names = ["last_name", "first_name", "patronymic", "position", "department__name"]
    parts: list[Any] = []
    for name in [*names, "email", "phone"]:
        parts += [F(name), Value(" ")]
    return Replace(
        Upper(Concat(*parts, output_field=TextField())),
        Value("Ё"),
        Value("Е"),
        output_field=TextField(),
    )


def suggest_employees(text: str) -> list[Employee]:
    """Up to 20 active employees for a picker."""
    people = Employee.objects.filter(is_active=True).select_related("department")
    return list(search_employees(people, text)[:SUGGESTED])


def directory(
    actor: Any, *, text: str = "", department: Department | None = None, active: bool = True
) -> QuerySet[Employee]:
    """The people directory: a department is meant with everything below it."""
    people = visible_employees(actor).filter(is_active=active)
    if department is not None:
        people = people.filter(department_id__in=subtree_ids(department.pk))
    return search_employees(people, text)


def manager_ids(employee: Employee) -> list[int]:
    """The managers above an employee, nearest first; a loop in old data ends the walk."""
    chain: list[int] = []
    links = dict(Employee.objects.filter(manager__isnull=False).values_list("pk", "manager_id"))
    current = employee.manager_id
    while current and current not in chain:
        chain.append(current)
        current = links.get(current)
    return chain


# --- departments ------------------------------------------------------------------------


def department_tree() -> list[Department]:
    """All departments in the order of the tree, in two queries.

    Each has `tree_depth` (0 at the top) and `people_below` (active employees of it and of all
    departments under it).
    """
    tree = list(Department.objects.with_tree_fields().select_related("head"))
    own = _people_counts()
    below: Counter[int] = Counter()
    for department in tree:
        below.update(dict.fromkeys(department.tree_path, own.get(department.pk, 0)))
    for department in tree:
        department.people_below = below[department.pk]
    return tree


def _people_counts() -> dict[int, int]:
    rows = Employee.objects.filter(is_active=True, department__isnull=False).order_by()
    return dict(rows.values_list("department_id").annotate(Count("pk")))


def access_department(actor: Any, department_id: int, *, change: bool = False) -> Department:
    """One department; everybody may look, administrators may change."""
    departments = Department.objects.select_related("head", "parent")
    department: Department | None = departments.filter(pk=department_id).first()
    if department is None or not actor.is_authenticated:
        raise NotFound
    if change:
        require_administrator(actor)
    return department


def subtree_ids(department_id: int) -> list[int]:
    """Ids of a department and of all below it."""
    return [node.pk for node in Department.objects.descendants(department_id, include_self=True)]


def ancestor_ids(department_id: int) -> list[int]:
    """Ids from the top of the tree down to the department itself."""
    found = Department.objects.with_tree_fields().filter(pk=department_id).first()
    return list(found.tree_path) if found else []


def head_of(employee: Employee) -> Employee | None:
    """Who heads the employee: the nearest active head up the tree who is somebody else."""
    if employee.department_id is None:
        return None
    path = ancestor_ids(employee.department_id)
    by_id = Department.objects.select_related("head").in_bulk(path)
    for department_id in reversed(path):
        head: Employee | None = by_id[department_id].head
        if head is not None and head.is_active and head.pk != employee.pk:
            return head
    return None


def not_empty(department: Department) -> bool:
    """Whether people (also deactivated ones) or departments still belong to it."""
    return (
        Employee.objects.filter(department=department).exists()
        or Department.objects.filter(parent=department).exists()
    )


def reset_candidates(email: str) -> list[Employee]:
    """Active employees with this address; at most one while the constraint stands."""
    address = email.strip().lower()
    return list(Employee.objects.filter(Q(email__iexact=address), ~Q(email=""), is_active=True))
