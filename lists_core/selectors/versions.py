"""An element as it stood after any of its versions, and two of them side by side.

Values come from the history, backwards from what stands there now. Only fields of the schema
are looked at: what the reader may not see is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from lists_core.element_tabs import Target
from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.history import NOTHING, drawn, natural
from lists_core.selectors.recorded import recorded, restorable
from lists_core.selectors.titles import titles_of
from staff.models import Employee
from svod.base.errors import NotFound

State = dict[str, Any]
"""Column stem → value in its JSON form."""


@dataclass(frozen=True)
class Side:
    """One of the two versions; `current` is what stands there now."""

    version: int
    at: datetime
    by: Employee | None
    current: bool


@dataclass(frozen=True)
class Pair:
    """A field in both; `fits` tells that the older value may be brought back by the reader."""

    field: SchemaField
    old: SafeString
    new: SafeString
    differs: bool
    fits: bool


@dataclass(frozen=True)
class Comparison:
    """The older version on the left; fields in the form's order."""

    old: Side
    new: Side
    pairs: Sequence[Pair]

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.old, self.new

    @property
    def differing(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.differs]

    @property
    def same(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.differs]


def states(schema: Schema, row: Any, *versions: int) -> list[State]:
    """The element as it stood after each of the versions (0: before it was made). One query."""
    known = ElementVersion.objects.filter(element=row.pk, version__gt=min(versions))
    past = list(known.order_by("-version").values_list("version", "changes"))
    now = {field.key: field.to_json(field.read(row)) for field in recorded(schema)}
    return [_as_of(now, past, version) for version in versions]


def _as_of(now: State, past: Sequence[tuple[int, Mapping[str, Any]]], version: int) -> State:
    state = dict(now)
    for number, changes in past:
        if number > version:
            state |= {key: old for key, (old, _new) in changes.items() if key in now}
    return state


def compare(target: Target, first: int, second: int) -> Comparison:
    """Two versions of an element. Raises NotFound for one that never was."""
    old, new = sorted((first, second))
    if old < 1 or new > target.row.version:
        raise NotFound
    before, after = states(target.schema, target.row, old, new)
    fields = recorded(target.schema)
    touched = _touched(target.id, old, new)
    both = [
        (field, natural(field, state[field.key])) for field in fields for state in (before, after)
    ]
    known = [(field, value) for field, value in both if value is not NOTHING]
    titles = titles_of(known, actor=target.actor)
    open_ = {field.key for field in restorable(target.schema)}
    pairs = [
        Pair(
            field,
            drawn(field, before[field.key], titles),
            drawn(field, after[field.key], titles),
            differs=before[field.key] != after[field.key]
            or (field.type.concealed and field.key in touched),
            fits=field.key in open_ and natural(field, before[field.key]) is not NOTHING,
        )
        for field in fields
    ]
    sides = _sides(target, old, new)
    return Comparison(sides[old], sides[new], pairs)


def _touched(element_id: int, old: int, new: int) -> set[str]:
    """Column stems written after `old`: two secrets look alike, but one was changed."""
    rows = ElementVersion.objects.filter(
        element=element_id, version__gt=old, version__lte=new
    ).values_list("changes", flat=True)
    return {key for changes in rows for key in changes}


def _sides(target: Target, *versions: int) -> dict[int, Side]:
    rows = ElementVersion.objects.filter(element=target.id, version__in=versions)
    found = {
        row.version: Side(row.version, row.at, row.actor, row.version == target.row.version)
        for row in rows.select_related("actor")
    }
    if len(found) != len(set(versions)):
        raise NotFound
    return found
