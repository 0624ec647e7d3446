"""Searching the whole portal by name: lists, people, elements of many lists at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet, Value

from lists_core.access import remembering, rights_in, visible_lists
from lists_core.models import List, OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from staff.models import Employee
from staff.selectors import search_employees, visible_employees

MAX_WORDS = 8
LISTS_SEARCHED = 50
AT_ONCE = 10
FOUND_IN_LIST = 5
FOUND_LISTS = 10
FOUND_PEOPLE = 8
BUDGET_S = 2.0
RECENT_EVENTS = 2000
CANCELLED = "57014"


@dataclass(frozen=True)
class Group:
    """What was found in one list: (id, name), newest first; `more` when there are others."""

    list: List
    elements: Sequence[tuple[int, str]]
    more: bool


@dataclass(frozen=True)
class Found:
    """`searched` of `total` visible lists were looked through before the time was up."""

    lists: Sequence[List]
    people: Sequence[Employee]
    groups: Sequence[Group]
    searched: int
    total: int

    @property
    def is_cut(self) -> bool:
        return self.searched < self.total

    @property
    def is_empty(self) -> bool:
        return not (self.lists or self.people or self.groups)


def search_everywhere(actor: Employee, text: str) -> Found:
    """At most 50 lists, those changed last, within about two seconds."""
    with remembering():
        return _search(actor, text)


def _search(actor: Employee, text: str) -> Found:
    words = text.replace("\x00", "").split()[:MAX_WORDS]
    if not words:
        return Found([], [], [], 0, 0)
    lists = visible_lists(actor)
    recent = recent_lists(lists)
    rights_in(actor, [list_.pk for list_ in recent])
    groups, searched = _elements(recent, words, actor)
    return Found(
        lists=list(lists.filter(_named(words)).order_by("sort", "name")[:FOUND_LISTS]),
        people=list(search_employees(visible_employees(actor), " ".join(words))[:FOUND_PEOPLE]),
        groups=groups,
        searched=searched,
        total=lists.count(),
    )


def recent_lists(lists: QuerySet[List]) -> list[List]:
    """Lists whose elements changed last first, then the others by their settings' age."""
    events = OutboxEvent.objects.order_by("-pk").values_list("list", flat=True)[:RECENT_EVENTS]
    order = {pk: place for place, pk in enumerate(dict.fromkeys(events))}
    active = sorted(lists.filter(pk__in=order), key=lambda list_: order[list_.pk])
    missing = LISTS_SEARCHED - len(active)
    rest = lists.exclude(pk__in=order).order_by("-modified_at")[: max(0, missing)]
    return [*active, *rest][:LISTS_SEARCHED]


def _elements(
    lists: Sequence[List], words: Sequence[str], actor: Employee
) -> tuple[list[Group], int]:
    """What the lists hold, and how many of them were looked through in time."""
    deadline = time.monotonic() + BUDGET_S
    groups: list[Group] = []
    for start in range(0, len(lists), AT_ONCE):
        part = lists[start : start + AT_ONCE]
        rows = _in_time(part, words, actor, deadline)
        if rows is None:
            return groups, start
        groups += _grouped(part, rows)
    return groups, len(lists)


def _in_time(
    lists: Sequence[List], words: Sequence[str], actor: Employee, deadline: float
) -> list[Any] | None:
    """(list id, element id, name) of these lists by one query; None when the time is up."""
    left = int((deadline - time.monotonic()) * 1000)
    if left <= 0:
        return None
    first, *others = [_in_list(list_, words, actor) for list_ in lists]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {left}")
            return list(first.union(*others, all=True) if others else first)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != CANCELLED:
            raise
        return None


def _in_list(list_: List, words: Sequence[str], actor: Employee) -> QuerySet[Any]:
    rows = elements(schema_of(list_), actor).filter(_named(words)).order_by("-pk")
    return rows.values_list(Value(list_.pk), "pk", "name")[: FOUND_IN_LIST + 1]


def _named(words: Sequence[str]) -> Q:
    """Every word somewhere in the name."""
    found = Q()
    for word in words:
        found &= Q(name__icontains=word)
    return found


def _grouped(lists: Sequence[List], rows: Sequence[Any]) -> list[Group]:
    by_list: dict[int, list[tuple[int, str]]] = {}
    for list_id, pk, name in rows:
        by_list.setdefault(list_id, []).append((pk, name))
    return [
        Group(list_, found[:FOUND_IN_LIST], len(found) > FOUND_IN_LIST)
        for list_ in lists
        if (found := sorted(by_list.get(list_.pk, []), reverse=True))
    ]
