"""Reading what was written to an element: who, when, old → new.

Fields that the reader may not see are left out. A write to nothing else stays as an entry
without changes: when an element was changed and by whom stands on its page in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lists_core.access import Right, list_rights, readable_fields
from lists_core.field_types.base import Titles, field_types
from lists_core.models import ElementVersion, Field, TypeChange
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField, first_key
from lists_core.selectors.recorded import restorable
from lists_core.selectors.titles import titles_of
from staff.models import Employee

PAGE = 20
SCANNED = 500
COLUMN = re.compile(r"\Af(\d+)")
NOTHING = object()


@dataclass(frozen=True)
class Change:
    """One field of one write; `gone` marks a field that was deleted since; `code` stands where
    the reader, if they may change the element, may bring the old value back."""

    name: str
    gone: bool
    old: SafeString
    new: SafeString
    code: str = ""


@dataclass(frozen=True)
class Entry:
    """One write to an element."""

    version: ElementVersion
    changes: Sequence[Change]

    @property
    def before(self) -> int:
        """The version whose values it changed."""
        return self.version.version - 1


@dataclass(frozen=True)
class History:
    """Writes, newest first; `before` leads to older ones (0 when there are none)."""

    entries: Sequence[Entry]
    before: int


@dataclass(frozen=True)
class Others:
    """What others did to a field: its value before them (JSON; NOTHING where it was of another
    type), who wrote last and when."""

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
    entries = entries_of(schema, shown, actor=actor)
    return History(entries, shown[-1].pk if len(versions) > size else 0)


def entries_of(
    schema: Schema, versions: Sequence[ElementVersion], *, actor: Employee
) -> list[Entry]:
    """Writes to one element as the actor may read them."""
    reader = _reader(schema, versions, actor)
    return [Entry(version, reader.changes(version)) for version in versions]


def known_keys(schema: Schema, actor: Employee) -> set[str]:
    """Column stems of everything that the history of the list may tell the actor: fields of the
    schema, and former ones. Three queries."""
    former = Field.objects.filter(list=schema.list_id)
    rows = {row.pk: row for row in former}
    readable = readable_fields(actor, schema.list_id, rows.values(), is_author=False)
    gone = {rows[pk].column for pk in readable}
    types = TypeChange.objects.filter(field__in=readable).values_list("column", flat=True)
    return {field.key for field in schema.all_fields} | gone | set(types)


def others_since(
    schema: Schema, element_id: int, version: int, *, until: int = 0
) -> dict[str, Others]:
    """Column stem, as in the schema → what was written to it after `version` (and before `until`,
    when given), perhaps before its type was changed; "" stands for the last write."""
    rows = ElementVersion.objects.filter(element=element_id, version__gt=version)
    rows = rows.filter(version__lt=until) if until else rows
    newest_first = list(rows.select_related("actor").order_by("-pk")[:SCANNED])
    present = {first_key(key): key for key in schema.by_key}
    found: dict[str, Others] = {}
    for row in reversed(newest_first):
        for stem, (old, _new) in row.changes.items():
            key = present.get(first_key(stem), stem)
            known = found[key].old if key in found else old if key == stem else NOTHING
            found[key] = Others(known, row.actor, row.at)
        found[""] = Others(None, row.actor, row.at)
    return found


def natural(field: SchemaField | None, raw: Any) -> Any:
    """The natural value, None when empty, NOTHING when it cannot be read any more."""
    if raw is None:
        return None
    if field is None:
        return NOTHING
    try:
        return field.from_json(raw)
    except (ValidationError, TypeError, ValueError, LookupError):
        return NOTHING


def drawn(field: SchemaField | None, raw: Any, titles: Mapping[str, Titles]) -> SafeString:
    """A value of the history as HTML; one that cannot be read any more keeps its words."""
    value = natural(field, raw)
    if value is None:
        return SafeString()
    if field is None or value is NOTHING:
        return format_html('<span class="sv-unreadable">{}</span>', _plain(raw))
    return field.render(value, titles.get(field.key, {}))


# --- own steps --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reader:
    """Draws raw values of the history by the types they had when they were written.

    What is not in `names` does not exist for the person.
    """

    fields: dict[str, SchemaField]
    names: dict[str, str]
    titles: dict[str, Titles]
    present: frozenset[str]
    order: dict[str, int]
    codes: dict[str, str]

    def changes(self, version: ElementVersion) -> list[Change]:
        return [
            Change(
                name=self.names.get(key) or _("Deleted field"),
                gone=key not in self.present,
                old=self._draw(key, old),
                new=self._draw(key, new),
                code=self.codes.get(key, ""),
            )
            for key, (old, new) in sorted(version.changes.items(), key=self._place)
            if key in self.names
        ]

    def _place(self, change: tuple[str, Any]) -> int:
        """As in the form; former fields come last."""
        return self.order.get(change[0], len(self.order))

    def _draw(self, key: str, raw: Any) -> SafeString:
        return drawn(self.fields.get(key), raw, self.titles)


def _reader(schema: Schema, versions: Iterable[ElementVersion], actor: Employee) -> _Reader:
    keys = {key for version in versions for key in version.changes}
    fields = {key: schema.by_key[key] for key in keys if key in schema.by_key}
    names = {key: field.name for key, field in fields.items()}
    present = frozenset(fields)
    if keys - present:
        former = _former(schema, keys - present, actor)
        fields |= {key: field for key, (_name, field) in former.items() if field}
        names |= {key: name for key, (name, _field) in former.items()}
    titles = titles_of(_pairs(fields, versions), actor=actor)
    order = {field.key: place for place, field in enumerate(schema.all_fields)}
    codes = {field.key: field.code for field in restorable(schema)}
    return _Reader(fields, names, titles, present, order, codes)


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
    pairs = ((field, natural(field, raw)) for field, raw in raws)
    return [(field, value) for field, value in pairs if value is not NOTHING]


def _former(
    schema: Schema, keys: set[str], actor: Employee
) -> dict[str, tuple[str, SchemaField | None]]:
    """Key → name and field (None when it cannot be read) of what the actor may know of fields
    that were deleted, and of present ones as they were before their type changed.

    Of a field removed for good nobody knows any more who might see it: its values show only to
    those who see every field.
    """
    ids = {key: int(match[1]) for key in keys if (match := COLUMN.match(key))}
    stored = Field.objects.filter(list=schema.list_id, pk__in=ids.values())
    rows = stored.prefetch_related("options").in_bulk()
    readable = readable_fields(actor, schema.list_id, rows.values(), is_author=False)
    readable |= {field.field.pk for field in schema.fields}
    by_column = _by_column({pk: row for pk, row in rows.items() if pk in readable})
    sees_all = Right.FULL in list_rights(actor, schema.list_id).list
    found: dict[str, tuple[str, SchemaField | None]] = {}
    for key in keys:
        row = rows.get(ids.get(key, 0))
        if row.pk in readable if row else sees_all:
            found[key] = (row.name if row else "", by_column.get(key))
    return found


def _by_column(rows: Mapping[int, Field]) -> dict[str, SchemaField]:
    known = {row.column: row for row in rows.values()}
    known |= {
        change.column: _as_it_was(rows[change.field_id], change)
        for change in TypeChange.objects.filter(field__in=rows)
    }
    return {key: SchemaField.of(row) for key, row in known.items() if row.type in field_types}


def _as_it_was(field: Field, change: TypeChange) -> Field:
    former = copy(field)
    former.type, former.column = change.type, change.column
    former.multiple, former.settings = change.multiple, change.settings
    return former


def _plain(raw: Any) -> str:
    return "; ".join(map(str, raw)) if isinstance(raw, list) else str(raw)
