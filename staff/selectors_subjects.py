"""How the subjects of rights look, and which of them fit what somebody types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace, Upper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from staff import selectors
from staff.models import Department, Employee, EmployeeGroup
from staff.subjects import AUTHOR, EVERYONE, Subject, employee_groups, subtree_name

PEOPLE = 12
DEPARTMENTS = 6
GROUPS = 8
TEXT = 200


@dataclass(frozen=True)
class SubjectView:
    """One subject, ready to be drawn; `thumbnail` and `icon` are empty where there is none."""

    subject: Subject
    name: str
    hint: str = ""
    thumbnail: str = ""
    icon: str = ""
    is_active: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        return self.subject.code

    @property
    def kind(self) -> str:
        return self.subject.kind

    # What the avatar of a person is drawn from.

    @property
    def pk(self) -> int:
        return self.subject.id

    @property
    def photo_url(self) -> str:
        return self.thumbnail

    photo = thumbnail_url = photo_url


SubjectOption = SubjectView


def subject_views(subjects: Iterable[Subject]) -> dict[Subject, SubjectView]:
    """How to draw each of these; unknown ones are left out. At most three queries."""
    asked = set(subjects)
    found = [*_known_people(asked), *_known_departments(asked), *_known_groups(asked)]
    found += [view for view in (everyone_view(), author_view()) if view.subject in asked]
    return {view.subject: view for view in found}


def suggest(actor: Employee, text: str, *, author: bool = False) -> list[SubjectOption]:
    """Subjects that have every word of `text`, the general ones first. Three queries.

    `author`: offer the author of an element as well. Deactivated people are not offered, and
    nothing is to those who were.
    """
    if not actor.is_active:
        return []
    words = plain(text[:TEXT]).split()
    general = [everyone_view(), *([author_view()] if author else [])]
    return [
        *(view for view in general if all(word in plain(view.name) for word in words)),
        *map(person_view, _people(text[:TEXT])),
        *(view for row in _departments(words) for view in department_views(row)),
        *map(group_view, _groups(words)),
    ]


# --- one kind after the other -----------------------------------------------------------


def everyone_view() -> SubjectView:
    return SubjectView(subject=EVERYONE, name=_("All employees"), icon="users")


def author_view() -> SubjectView:
    hint = _("Whoever created the element")
    return SubjectView(subject=AUTHOR, name=_("Author"), hint=hint, icon="pencil")


def person_view(person: Employee) -> SubjectView:
    hint = person.position or (str(person.department) if person.department else "")
    return SubjectView(
        subject=Subject("U", person.pk),
        name=str(person),
        hint=hint if person.is_active else _("Deactivated"),
        thumbnail=person.thumbnail_url,
        is_active=person.is_active,
    )


def department_views(row: Department) -> list[SubjectView]:
    """The department alone, then with all that lies below it."""
    hint = str(row.parent) if row.parent else ""
    alone, tree = Subject("D", row.pk), Subject("DR", row.pk)
    return [
        SubjectView(subject=alone, name=str(row), hint=hint, icon="building"),
        SubjectView(subject=tree, name=subtree_name(row), hint=hint, icon="hierarchy-2"),
    ]


def group_view(group: EmployeeGroup) -> SubjectView:
    """`group` comes from `counted`."""
    members = getattr(group, "members", 0)
    hint = ngettext("%(count)s person", "%(count)s people", members) % {"count": members}
    subject = Subject("G", group.pk)
    return SubjectView(subject=subject, name=str(group), hint=hint, icon="users-group")


def counted(groups: QuerySet[EmployeeGroup]) -> QuerySet[EmployeeGroup]:
    """By name, each with `members`: how many active employees are in it."""
    active = Count("group__user", filter=Q(group__user__is_active=True))
    return groups.annotate(members=active).order_by(Lower("name"), "pk")


# --- reads ------------------------------------------------------------------------------


def _known_people(asked: set[Subject]) -> list[SubjectView]:
    ids = [subject.id for subject in asked if subject.kind == "U"]
    return [person_view(person) for person in selectors.employees_by_ids(ids).values()]


def _known_departments(asked: set[Subject]) -> list[SubjectView]:
    ids = [subject.id for subject in asked if subject.kind in ("D", "DR")]
    rows = Department.objects.filter(pk__in=ids).select_related("parent") if ids else []
    both = (view for row in rows for view in department_views(row))
    return [view for view in both if view.subject in asked]


def _known_groups(asked: set[Subject]) -> list[SubjectView]:
    ids = [subject.id for subject in asked if subject.kind == "G"]
    rows = counted(employee_groups().filter(pk__in=ids)) if ids else []
    return [group_view(row) for row in rows]


def _people(text: str) -> QuerySet[Employee]:
    people = Employee.objects.filter(is_active=True).select_related("department")
    return selectors.search_employees(people, text)[:PEOPLE]


def _departments(words: list[str]) -> QuerySet[Department]:
    rows = Department.objects.select_related("parent").order_by("sort", "name", "pk")
    return having(rows, words)[:DEPARTMENTS]


def _groups(words: list[str]) -> QuerySet[EmployeeGroup]:
    return having(counted(employee_groups()), words)[:GROUPS]


def having(rows: QuerySet, words: list[str]) -> QuerySet:
    """Those whose name has every word, by the rules of the search for people."""
    name = Replace(Upper(F("name")), Value("Ё"), Value("Е"))
    for word in words:
        rows = rows.alias(plain_name=name).filter(plain_name__contains=word)
    return rows


def plain(text: str) -> str:
    return text.upper().replace("Ё", "Е")
