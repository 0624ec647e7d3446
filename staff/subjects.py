"""Whom a right may be granted to, in the spelling Bitrix24 uses.

`U5` is an employee, `D7` the people of a department, `DR7` those of a department and of all
below it, `G3` a group of employees, `AU` all employees, `CR` the author of the element.

Rights are stored for employees and for groups (django.contrib.auth): a department owns two
groups, all employees and the author have one well-known group each, without members.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from staff.models import Department, Employee, EmployeeGroup
from svod.base.errors import Invalid

SUBJECT = re.compile(r"\A(?:(U|D|DR|G)([1-9][0-9]{0,8})|(AU|CR))\Z")
EVERYONE_GROUP = "everyone"
AUTHOR_GROUP = "author"


@dataclass(frozen=True, order=True)
class Subject:
    """`kind` is the letter part of the code; `id` is 0 for AU and CR."""

    kind: str
    id: int = 0

    @classmethod
    def parse(cls, code: str) -> Subject:
        """Raises Invalid for what is no code."""
        found = SUBJECT.match(code)
        if found is None:
            raise Invalid({"subject": [_("There is no such employee, department or group.")]})
        return cls(found[3]) if found[3] else cls(found[1], int(found[2]))

    @property
    def code(self) -> str:
        return f"{self.kind}{self.id or ''}"


EVERYONE = Subject("AU")
AUTHOR = Subject("CR")


def everyone_group() -> int:
    """The id of the group that stands for all employees."""
    return _special(EVERYONE_GROUP)


def author_group() -> int:
    """The id of the group that stands for the author of an element."""
    return _special(AUTHOR_GROUP)


def _special(name: str) -> int:
    """Made by a migration; made again here should somebody have deleted it."""
    known = Group.objects.filter(name=name).values_list("pk", flat=True).first()
    return known or Group.objects.get_or_create(name=name)[0].pk


def special_groups() -> tuple[int, int]:
    """The ids of both, everyone's first, by one query."""
    known = dict(
        Group.objects.filter(name__in=[EVERYONE_GROUP, AUTHOR_GROUP]).values_list("name", "pk")
    )
    return (
        known.get(EVERYONE_GROUP) or everyone_group(),
        known.get(AUTHOR_GROUP) or author_group(),
    )


def employee_groups() -> QuerySet[EmployeeGroup]:
    """The groups that people made; the key of each is the id of the group with its rights."""
    return EmployeeGroup.objects.all()


def holders(subjects: Iterable[Subject]) -> dict[Subject, tuple[int | None, int | None]]:
    """Subject → (employee id, group id), one of them None: what rights are stored for.

    Raises Invalid when one of them does not exist. At most five queries.
    """
    asked = set(subjects)
    found = {**_employees(asked), **_departments(asked), **_groups(asked)}
    if EVERYONE in asked:
        found[EVERYONE] = (None, everyone_group())
    if AUTHOR in asked:
        found[AUTHOR] = (None, author_group())
    if asked - found.keys():
        raise Invalid({"subject": [_("There is no such employee, department or group.")]})
    return found


def _ids(subjects: Iterable[Subject], *kinds: str) -> list[int]:
    return [subject.id for subject in subjects if subject.kind in kinds]


def _employees(asked: Iterable[Subject]) -> dict[Subject, tuple[int | None, int | None]]:
    ids = _ids(asked, "U")
    known = Employee.objects.filter(pk__in=ids).values_list("pk", flat=True) if ids else []
    return {Subject("U", pk): (pk, None) for pk in known}


def _departments(asked: Collection[Subject]) -> dict[Subject, tuple[int | None, int | None]]:
    ids = _ids(asked, "D", "DR")
    rows = Department.objects.filter(pk__in=ids) if ids else []
    both = {
        Subject(kind, row.pk): (None, group)
        for row in rows
        for kind, group in (("D", row.group_id), ("DR", row.subtree_group_id))
    }
    return {subject: holder for subject, holder in both.items() if subject in asked and holder[1]}


def _groups(asked: Iterable[Subject]) -> dict[Subject, tuple[int | None, int | None]]:
    ids = _ids(asked, "G")
    known = employee_groups().filter(pk__in=ids).values_list("pk", flat=True) if ids else []
    return {Subject("G", pk): (None, pk) for pk in known}


def subjects_of_groups(group_ids: Collection[int]) -> dict[int, Subject]:
    """Group id → the subject it stands for. One query."""
    rows = Group.objects.filter(pk__in=group_ids).values_list(
        "pk", "name", "department", "subtree_of"
    )
    return {pk: _subject(pk, name, own, tree) for pk, name, own, tree in rows}


def _subject(pk: int, name: str, department: int | None, tree: int | None) -> Subject:
    if department:
        return Subject("D", department)
    if tree:
        return Subject("DR", tree)
    return {EVERYONE_GROUP: EVERYONE, AUTHOR_GROUP: AUTHOR}.get(name, Subject("G", pk))


def names_of(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """How to show them, in the language of the moment; unknown ones are left out."""
    asked = set(subjects)
    people = Employee.objects.in_bulk(_ids(asked, "U"))
    places = Department.objects.in_bulk(_ids(asked, "D", "DR"))
    groups = employee_groups().in_bulk(_ids(asked, "G"))
    names = {subject: _name(subject, people, places, groups) for subject in asked}
    return {subject: name for subject, name in names.items() if name}


def _name(
    subject: Subject,
    people: dict[int, Employee],
    places: dict[int, Department],
    groups: dict[int, EmployeeGroup],
) -> str:
    if subject.kind == "U":
        return str(people.get(subject.id, ""))
    if subject.kind == "G":
        return str(groups.get(subject.id, ""))
    if subject.kind == "D":
        return str(places.get(subject.id, ""))
    if subject.kind == "DR":
        place = places.get(subject.id)
        return subtree_name(place) if place else ""
    return _("All employees") if subject == EVERYONE else _("Author")


def subtree_name(department: Department) -> str:
    return _("%(department)s with sub-departments") % {"department": department}


# --- who counts as whom -----------------------------------------------------------------


def principals(actor: Employee) -> frozenset[int]:
    """Whom the actor counts as: their id, and the ids of their groups as negatives.

    The group of all employees is always among them; the author's is not, for it depends on
    the element. Nobody, when the actor was deactivated. One query.
    """
    if not actor.is_active:
        return frozenset()
    mine = Group.objects.filter(user=actor.pk)
    everyone = Group.objects.filter(name=EVERYONE_GROUP)
    groups = dict(mine.union(everyone).values_list("name", "pk"))
    # Nobody is the author of everything, whoever put them into that group.
    groups.pop(AUTHOR_GROUP, None)
    groups[EVERYONE_GROUP] = groups.get(EVERYONE_GROUP) or everyone_group()
    return frozenset({actor.pk, *(-pk for pk in groups.values())})


def principals_of(employee_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Employee id → what `principals` gives for that employee. Two queries for all."""
    everyone, author = special_groups()
    active = Employee.objects.filter(pk__in=employee_ids, is_active=True).order_by()
    found: dict[int, set[int]] = {pk: set() for pk in employee_ids}
    for pk, group in active.values_list("pk", "groups"):
        found[pk] |= {pk, -everyone} | ({-group} if group else set())
    return {pk: frozenset(ids - {-author}) for pk, ids in found.items()}


def people_of(subjects: Iterable[Subject]) -> QuerySet[Employee]:
    """The active employees who count as any of these; the author alone is nobody."""
    asked = set(subjects)
    people = Employee.objects.filter(is_active=True)
    return people if EVERYONE in asked else people.filter(_counted(asked))


def _counted(asked: Collection[Subject]) -> Q:
    carriers = Group.objects.filter(
        Q(department__in=_ids(asked, "D"))
        | Q(subtree_of__in=_ids(asked, "DR"))
        | Q(employee_group__in=_ids(asked, "G"))
    )
    members = Employee.groups.through.objects.filter(group__in=carriers.values("pk"))
    return Q(pk__in=_ids(asked, "U")) | Q(pk__in=members.values("employee_id"))
