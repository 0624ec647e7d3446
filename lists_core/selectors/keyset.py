"""Where a page of sorted elements ended, and what comes after it.

A *place* is JSON: the id of the last element shown and, as texts of the database, the values by
which the query sorts it: `[812, ["12.50", null]]`. What was added or went away in between moves
nothing: no element is shown twice or passed over. Values that come last when they are empty
(`SchemaField.order_by`) are read by themselves, so that an index of the sort can begin at the
place.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast

from svod.base.errors import NotFound

#: A longer one would not fit into an address: then the next page goes by its number.
LONGEST = 1_500
LARGEST = 2**63


class Key(NamedTuple):
    """One of the sorts: its name in the query, its value at the place, None when empty."""

    name: str
    descending: bool
    value: Any


def place_keys(rows: QuerySet[Any]) -> dict[str, Cast]:
    """What a row has to tell besides, for its place in this sorted query to be known."""
    sorts = enumerate(_sorts(rows))
    return {f"place_{number}": Cast(one.expression, TextField()) for number, one in sorts}


def place_of(row: Any, keys: Collection[str]) -> str:
    """The place of a row that was read with those keys; "" where it does not fit an address."""
    place = _told(row.pk, [getattr(row, key) for key in keys])
    return place if len(place) <= LONGEST else ""


def whole_place(rows: QuerySet[Any], pk: int) -> str:
    """The place of an element of a sorted query however long, for one that is in no address; ""
    where it is not found."""
    keys = place_keys(rows).values()
    values = rows.filter(pk=pk).order_by().values_list("pk", *keys).first() if keys else (pk,)
    return "" if values is None else _told(values[0], values[1:])


def _told(pk: int, values: Sequence[str | None]) -> str:
    return json.dumps([pk, values], ensure_ascii=False, separators=(",", ":"))


def following(rows: QuerySet[Any], place: str) -> list[QuerySet[Any]]:
    """What comes after the place, as queries to be read one after the other. Raises NotFound;
    a text that is no value of its column is a DataError when they are read."""
    sorts = _sorts(rows)
    pk, values = _read(place, len(sorts))
    names = [f"after_{number}" for number in range(len(sorts))]
    named = rows.alias(**{name: one.expression for name, one in zip(names, sorts, strict=True)})
    keys = [
        Key(name, bool(one.descending), _typed(named, name, value))
        for name, one, value in zip(names, sorts, values, strict=True)
    ]
    behind = named.filter(_behind(keys, Q(**{f"pk__{_side(_is_down(rows))}": pk})))
    if not keys or keys[0].value is None:
        return [behind.filter(_empty(keys[0]))] if keys else [behind]
    first = keys[0]
    reached = Q.create([(f"{first.name}__{_side(first.descending)}e", first.value)])
    return [behind.filter(reached), named.filter(_empty(first))]


def begins_at(place: str) -> str | None:
    """The value of the first sort at a place that `following` has taken, or None."""
    values = json.loads(place)[1]
    return values[0] if values else None


def _behind(keys: list[Key], by_id: Q) -> Q:
    """Behind the place by one of the sorts and equal to it by those before; at last by id."""
    found, equal = Q(pk__in=[]), Q()
    for key in keys:
        if key.value is None:
            equal &= _empty(key)
            continue
        later = Q.create([(f"{key.name}__{_side(key.descending)}", key.value)])
        found |= equal & (later | _empty(key))
        equal &= Q.create([(key.name, key.value)])
    return found | (equal & by_id)


def _side(descending: bool) -> str:  # noqa: FBT001
    return "lt" if descending else "gt"


def _empty(key: Key) -> Q:
    return Q.create([(f"{key.name}__isnull", True)])


def _sorts(rows: QuerySet[Any]) -> list[OrderBy]:
    return [one for one in rows.query.order_by if isinstance(one, OrderBy)]


def _is_down(rows: QuerySet[Any]) -> bool:
    return rows.query.order_by[-1] == "-pk"


def _typed(named: QuerySet[Any], name: str, value: str | None) -> Any:
    """The text as a value of what is sorted by."""
    if value is None:
        return None
    return Cast(Value(value, TextField()), named.query.annotations[name].output_field)


def _read(text: str, number: int) -> tuple[int, list[str | None]]:
    """Raises NotFound for what `place_of` would not have told."""
    try:
        pk, values = json.loads(text)
        "".join(value for value in values if value is not None).encode()
    except (ValueError, TypeError, RecursionError):
        raise NotFound from None
    if type(values) is not list or len(values) != number or "\x00" in text:
        raise NotFound
    if type(pk) is not int or not 0 <= pk < LARGEST:
        raise NotFound
    return pk, values
