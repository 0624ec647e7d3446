"""Whom a step means: from what the designer stored to employees.

A parameter of people is a list of texts, and is `raw`, so that what stands in a field of an
element can name people but never a group of them:

    employee:12            that employee
    department:3           the people who work in the department
    department_tree:3      the same with all departments below it
    head_of_department:3   its head; without one, the nearest head above
    group:5                the members of a group
    everyone               all employees
    manager_of:12          the manager, else the head of the department; also `manager_of:{{…}}`,
                           `manager_of:starter`, `manager_of:author`
    starter, author        whoever started the process, whoever made its element
    {{Document.OWNER}}     a field, variable or result that holds employees: numbers, or texts
                           with an e-mail, a login or "Surname Name"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from staff import selectors
from staff.models import Department, Employee
from staff.subjects import EVERYONE, Subject
from staff.subjects import people_of as members
from workflows.engine.context import Context
from workflows.engine.errors import Fatal
from workflows.values import is_dynamic, resolve

#: A group of people and the subject of rights that has the same members.
MEMBERS = {"department": "D", "department_tree": "DR", "group": "G"}
ID_DIGITS = 9


def people_of(raw: Any, context: Context) -> list[Employee]:
    """The active employees meant, each once, in the order given.

    Raises Fatal (a DomainError) when nobody is left or a text is not understood. Deputies are
    the caller's business.
    """
    found = people_if_any(raw, context)
    if not found:
        shown = ", ".join(listed(raw))
        raise Fatal(_("The step concerns nobody: no active employee was found by “%(people)s”.")
                    % {"people": shown})  # fmt: skip
    return found


def people_if_any(raw: Any, context: Context) -> list[Employee]:
    """The same where nobody is an answer too: observers, co-executors."""
    found = [person for spec in listed(raw) for person in _meant(spec, context)]
    return list({person.pk: person for person in found if person.is_active}.values())


def manager_of(employee: Employee) -> Employee | None:
    """Who is above an employee: the manager named in their card, else the head of their place."""
    manager = employee.manager
    return manager if manager and manager.is_active else selectors.head_of(employee)


def listed(raw: Any) -> list[str]:
    """The texts of a stored parameter."""
    items = raw if isinstance(raw, list | tuple) else [raw]
    return [str(item).strip() for item in items if item not in (None, "")]


def _meant(spec: str, context: Context) -> Iterable[Employee]:
    kind, _colon, rest = spec.partition(":")
    if kind == "manager_of" and rest:
        below = _meant(rest, context) if rest in PERSONS else _valued(rest, context)
        return [above for person in below if (above := manager_of(person))]
    if is_dynamic(spec):
        return _valued(spec, context)
    if kind in PERSONS and not rest:
        return _by_ids([PERSONS[kind](context)])
    if kind == "everyone" and not rest:
        return _members(EVERYONE)
    return _behind(*_numbered(spec, kind, rest))


def check_spec(spec: str) -> None:
    """Raise Fatal for a text that can mean nobody, whatever the process will find."""
    kind, _colon, rest = spec.partition(":")
    named = (kind in PERSONS or kind == "everyone") and not rest
    if not (named or is_dynamic(spec) or (kind == "manager_of" and rest)):
        _numbered(spec, kind, rest)


def _numbered(spec: str, kind: str, rest: str) -> tuple[str, int]:
    """The two parts of `kind:number`; a bare number is an employee."""
    number = _number(rest or kind, spec)
    known = {*MEMBERS, "head_of_department", "employee"}
    if rest and kind not in known:
        raise _odd(spec)
    return (kind if rest else "employee"), number


def _behind(kind: str, number: int) -> Iterable[Employee]:
    if kind in MEMBERS:
        return _members(Subject(MEMBERS[kind], number))
    return _head(number) if kind == "head_of_department" else _by_ids([number])


def _number(text: str, spec: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= ID_DIGITS):
        raise _odd(spec)
    return int(text)


def _odd(spec: str) -> Fatal:
    return Fatal(_("“%(people)s” does not say whom the step concerns.") % {"people": spec[:100]})


def _starter(context: Context) -> int | None:
    return context.instance.started_by_id


def _author(context: Context) -> int | None:
    return getattr(context.subject, "author_id", None)


PERSONS: dict[str, Callable[[Context], int | None]] = {"starter": _starter, "author": _author}


def _valued(text: str, context: Context) -> list[Employee]:
    """Employees that a placeholder, a formula or a plain number gives."""
    values = list(_flat(resolve(text, context.run.scope)))
    ids = [int(one) for one in values if isinstance(one, int) or str(one).isdecimal()]
    names = [str(one) for one in values if not (isinstance(one, int) or str(one).isdecimal())]
    return [*_by_ids(ids), *_by_names(names)]


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, Employee):
        yield value.pk
    elif value not in (None, "") and not isinstance(value, bool):
        yield value


def _by_ids(ids: Sequence[int | None]) -> list[Employee]:
    known = [number for number in ids if number and number < 2**31]
    rows = Employee.objects.select_related("manager", "department").in_bulk(known)
    return [rows[number] for number in known if number in rows]


def _by_names(names: list[str]) -> list[Employee]:
    """By e-mail, login or "Surname Name"; strangers and namesakes are nobody."""
    return [person for name in names for person in _only(_called(name))]


def _called(name: str) -> QuerySet[Employee]:
    people = Employee.objects.filter(is_active=True).select_related("manager", "department")
    people = people.alias(full=Concat("last_name", Value(" "), "first_name"))
    same = Q(email__iexact=name) | Q(username__iexact=name) | Q(full__iexact=name)
    return people.filter(same)


def _only(people: QuerySet[Employee]) -> list[Employee]:
    found = list(people[:2])
    return found if len(found) == 1 else []


def _members(subject: Subject) -> list[Employee]:
    return list(members([subject]).select_related("manager", "department"))


def _head(department_id: int) -> list[Employee]:
    path = selectors.ancestor_ids(department_id)
    places = Department.objects.select_related("head").in_bulk(path)
    heads = (places[number].head for number in reversed(path))
    return [head for head in heads if head and head.is_active][:1]
