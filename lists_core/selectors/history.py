"""Reading what was written to an element: who, when, old → new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lists_core.field_types.base import Titles, field_types
from lists_core.models import ElementVersion, Field, TypeChange
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from staff.models import Employee

PAGE = 20
SCANNED = 500
COLUMN = re.compile(r"\Af(\d+)")
NOTHING = object()


@dataclass(frozen=True)
class Change:
    """One field of one write; `gone` marks a field that was deleted since."""

    name: str
    gone: bool
    old: SafeString
    new: SafeString


@dataclass(frozen=True)
class Entry:
    """One write to an element."""

    version: ElementVersion
    changes: Sequence[Change]


@dataclass(frozen=True)
class History:
    """Writes, newest first; `before` leads to older ones (0 when there are none)."""

    entries: Sequence[Entry]
    before: int


@dataclass(frozen=True)
class Others:
    """What others did to a field: its value before them (JSON), who wrote last and when."""

    old: Any
    by: Employee | None
    at: datetime


def history_of(
    schema: Schema, element_id: int, *, actor: Employee, before: int = 0, size: int = PAGE
) -> History:
    """A page of the history: a fixed number of queries, however many writes and fields."""
    rows = ElementVersion.objects.filter(element=element_id).select_related("actor")
    if before:
        rows = rows.filter(pk__lt=before)
    versions = list(rows.order_by("-pk")[: size + 1])
    shown = versions[:size]
    reader = _reader(schema, shown, actor)
    entries = [Entry(version, reader.changes(version)) for version in shown]
    return History(entries, shown[-1].pk if len(versions) > size else 0)


def others_since(element_id: int, version: int) -> dict[str, Others]:
    """Column stem → what was written to it after `version`; "" stands for the last write."""
    rows = ElementVersion.objects.filter(element=element_id, version__gt=version)
    newest_first = list(rows.select_related("actor").order_by("-pk")[:SCANNED])
    found: dict[str, Others] = {}
    for row in reversed(newest_first):
        for key, (old, _new) in row.changes.items():
            first = found[key].old if key in found else old
            found[key] = Others(first, row.actor, row.at)
        found[""] = Others(None, row.actor, row.at)
    return found


# --- own steps --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reader:
    """Draws raw values of the history by the types they had when they were written."""

    fields: dict[str, SchemaField]
    names: dict[str, str]
    titles: dict[str, Titles]
    present: frozenset[str]
    order: dict[str, int]

    def changes(self, version: ElementVersion) -> list[Change]:
        return [
            Change(
                name=self.names.get(key) or _("Deleted field"),
                gone=key not in self.present,
                old=self._draw(key, old),
                new=self._draw(key, new),
            )
            for key, (old, new) in sorted(version.changes.items(), key=self._place)
        ]

    def _place(self, change: tuple[str, Any]) -> int:
        """As in the form; former fields come last."""
        return self.order.get(change[0], len(self.order))

    def _draw(self, key: str, raw: Any) -> SafeString:
        value = _value(self.fields.get(key), raw)
        if value is NOTHING:
            return format_html('<span class="sv-unreadable">{}</span>', _plain(raw))
        if value is None:
            return SafeString()
        return self.fields[key].render(value, self.titles.get(key, {}))


def _reader(schema: Schema, versions: Iterable[ElementVersion], actor: Employee) -> _Reader:
    keys = {key for version in versions for key in version.changes}
    fields = {key: schema.by_key[key] for key in keys if key in schema.by_key}
    names = {key: field.name for key, field in fields.items()}
    present = frozenset(fields)
    if keys - present:
        _add_former(schema.list_id, keys - present, fields, names)
    titles = titles_of(_pairs(fields, versions), actor=actor)
    order = {field.key: place for place, field in enumerate(schema.all_fields)}
    return _Reader(fields, names, titles, present, order)


def _pairs(
    fields: dict[str, SchemaField], versions: Iterable[ElementVersion]
) -> list[tuple[SchemaField, Any]]:
    raws = (
        (fields[key], raw)
        for version in versions
        for key, both in version.changes.items()
        if key in fields
        for raw in both
    )
    pairs = ((field, _value(field, raw)) for field, raw in raws)
    return [(field, value) for field, value in pairs if value is not NOTHING]


def _add_former(
    list_id: int, keys: set[str], fields: dict[str, SchemaField], names: dict[str, str]
) -> None:
    """Fields that were deleted, and present ones as they were before their type changed."""
    ids = {int(found[1]) for key in keys if (found := COLUMN.match(key))}
    rows = Field.objects.filter(list=list_id, pk__in=ids).prefetch_related("options").in_bulk()
    by_column = {row.column: row for row in rows.values()}
    by_column |= {
        change.column: _as_it_was(rows[change.field_id], change)
        for change in TypeChange.objects.filter(field__in=rows)
    }
    for key in keys:
        found = COLUMN.match(key)
        former = rows.get(int(found[1])) if found else None
        names[key] = former.name if former else ""
        if key in by_column and by_column[key].type in field_types:
            fields[key] = SchemaField.of(by_column[key])


def _as_it_was(field: Field, change: TypeChange) -> Field:
    former = copy(field)
    former.type, former.column = change.type, change.column
    former.multiple, former.settings = change.multiple, change.settings
    return former


def _value(field: SchemaField | None, raw: Any) -> Any:
    """The natural value, None when empty, NOTHING when it cannot be read any more."""
    if raw is None:
        return None
    if field is None:
        return NOTHING
    try:
        return field.from_json(raw)
    except (ValidationError, TypeError, ValueError, LookupError):
        return NOTHING


def _plain(raw: Any) -> str:
    return "; ".join(map(str, raw)) if isinstance(raw, list) else str(raw)
