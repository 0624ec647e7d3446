"""Finding and drawing subjects of rights: people, departments, groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from staff.models import Department, Employee
from staff.selectors import suggest_employees
from staff.subjects import AUTHOR, EVERYONE, Subject, employee_groups, names_of

OFFERED = 8
ICONS = {"U": "user", "D": "building", "DR": "sitemap", "G": "users", "AU": "world", "CR": "pencil"}


@dataclass(frozen=True)
class SubjectView:
    """How a subject is shown; `person` is there for employees, with photo and position."""

    subject: Subject
    name: str
    hint: str = ""
    person: Employee | None = None

    @property
    def code(self) -> str:
        return self.subject.code

    @property
    def icon(self) -> str:
        return ICONS[self.subject.kind]


def suggest(text: str, *, author: bool = False) -> list[SubjectView]:
    """Subjects whose names have the words: everyone and the author, departments, groups, people."""
    words = text.split()
    found = [view for view in _well_known(author=author) if _has(view.name, words)]
    departments = _named(Department.objects.all(), words)[:OFFERED]
    for department in departments:
        found += [_department("D", department), _department("DR", department)]
    found += [_group(group) for group in _named(with_members(), words)[:OFFERED]]
    return [*found, *(_person(person) for person in suggest_employees(text))]


def _well_known(*, author: bool) -> list[SubjectView]:
    subjects = [EVERYONE, AUTHOR] if author else [EVERYONE]
    return [SubjectView(subject, name) for subject, name in names_of(subjects).items()]


def _has(name: str, words: Iterable[str]) -> bool:
    return all(word.casefold() in name.casefold() for word in words)


def _named(rows: QuerySet, words: Iterable[str]) -> QuerySet:  # type: ignore[type-arg]
    for word in words:
        rows = rows.filter(name__icontains=word)
    return rows.order_by("name")


def with_members() -> QuerySet[Group]:
    """Groups of employees with `members`: how many active people are in each."""
    active = Count("user", filter=Q(user__is_active=True))
    return employee_groups().annotate(members=active)


def _department(kind: str, row: Department) -> SubjectView:
    subject = Subject(kind, row.pk)
    if kind == "D":
        return SubjectView(subject, row.name, _("Only this department"))
    return SubjectView(subject, _("%(department)s with sub-departments") % {"department": row})


def _group(group: Group) -> SubjectView:
    hint = _("Group, people: %(count)d") % {"count": group.members}
    return SubjectView(Subject("G", group.pk), group.name, hint)


def _person(person: Employee) -> SubjectView:
    return SubjectView(Subject("U", person.pk), str(person), person.position, person)


def subject_views(subjects: Iterable[Subject]) -> dict[Subject, SubjectView]:
    """How to draw each; those that are gone are left out. Three queries at most."""
    asked = set(subjects)
    people = Employee.objects.in_bulk([s.id for s in asked if s.kind == "U"])
    places = Department.objects.in_bulk([s.id for s in asked if s.kind in {"D", "DR"}])
    groups = with_members().in_bulk([s.id for s in asked if s.kind == "G"])
    found = {view.subject: view for view in _well_known(author=True)}
    found |= {Subject("U", pk): _person(row) for pk, row in people.items()}
    found |= {Subject("G", pk): _group(row) for pk, row in groups.items()}
    for kind in ("D", "DR"):
        found |= {Subject(kind, pk): _department(kind, row) for pk, row in places.items()}
    return {subject: found[subject] for subject in asked if subject in found}
