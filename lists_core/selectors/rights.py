"""Reading who was granted what on one thing, as the Access tab shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Model, Value

from lists_core.access.granted import STORES, right_of
from lists_core.access.rights import Right, Rights
from staff.subjects import Subject, subjects_of_groups

Grants = Mapping[Subject, Rights]


def grants_on(model: type[Model], pk: int) -> dict[Subject, Rights]:
    """Subject → the rights granted to it on this object, not those that it inherits."""
    return grants_on_many(model, [pk]).get(pk, {})


def grants_on_many(model: type[Model], ids: list[int]) -> dict[int, dict[Subject, Rights]]:
    """The same for several objects. Two queries."""
    users, groups = STORES[model]
    columns = ("content_object_id", "permission__codename")
    people = users.objects.filter(content_object__in=ids)
    teams = groups.objects.filter(content_object__in=ids)
    rows = people.values_list(*columns, "user_id", Value(0)).union(
        teams.values_list(*columns, Value(0), "group_id"), all=True
    )
    return _gathered(list(rows))


def _gathered(rows: list[tuple[Any, ...]]) -> dict[int, dict[Subject, Rights]]:
    named = subjects_of_groups({group for *_rest, group in rows if group})
    found: dict[int, dict[Subject, set[Right]]] = defaultdict(lambda: defaultdict(set))
    for pk, codename, user, group in rows:
        subject = named[group] if group else Subject("U", user)
        found[pk][subject].add(right_of(codename))
    return {
        pk: {subject: frozenset(rights) for subject, rights in grants.items()}
        for pk, grants in found.items()
    }
