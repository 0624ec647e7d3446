"""One batch of an import: rows of texts become elements, in one transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right, require
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services import imports_copy
from lists_core.services.elements import apply_values, open_list
from lists_core.services.imports_copy import Kind
from lists_core.services.imports_keys import Keys
from lists_core.services.outbox import announce
from lists_core.services.values import clean_value
from lists_core.transfer.columns import Column, Writer, escaped, noted
from lists_core.transfer.spec import ImportSpec, name_parts
from staff.models import Employee
from svod.base.errors import Invalid

Line = tuple[int, list[str]]
"""A row of the file with its number there."""
ATTEMPTS = 3


@dataclass
class Outcome:
    """What a batch came to; `errors` are (number of the row in the file, reason)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.errors + other.errors,
        )


class Importer:
    """An import at work: what it learned of the texts lasts from batch to batch."""

    def __init__(self, spec: ImportSpec, list_id: int, *, actor: Employee) -> None:
        self.spec = spec
        self.list_id = list_id
        self.actor = actor
        self.version = 0

    def land(self, lines: Sequence[Line]) -> Outcome:
        """Write the rows that fit. Run in a transaction, which is to be committed at once."""
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return self._land(lines)
            except IntegrityError:
                # Somebody took a unique value between our look and our write: look again.
                if attempt + 1 == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _land(self, lines: Sequence[Line]) -> Outcome:
        self._open()
        batch = Batch(self, lines)
        batch.check()
        if self.spec.keys:
            Keys(batch).split()
        else:
            batch.new = batch.good()
        batch.check_unique()
        if self.spec.dry:
            return batch.outcome()
        batch.create()
        batch.update()
        return batch.outcome() + self._land_repeated(batch)

    def _land_repeated(self, batch: Batch) -> Outcome:
        """Rows whose key another row of the batch has just brought into the list."""
        lines = [(batch.numbers[place], batch.rows[place]) for place in batch.repeated]
        return self._land(lines) if lines else Outcome()

    def _open(self) -> None:
        """Hold the list's structure still, and learn it anew when it has changed."""
        list_, schema = open_list(self.list_id)
        for right in self._rights():
            require(self.actor, right, list_)
        if schema.version != self.version:
            self._learn_structure(list_, schema)

    def _rights(self) -> list[Right]:
        needed = {"add": [Right.ADD], "update": [Right.CHANGE]}
        return needed.get(self.spec.mode, [Right.ADD, Right.CHANGE])

    def _learn_structure(self, list_: List, schema: Schema) -> None:
        self.writer = Writer()
        self.schema = schema
        self.columns = [
            Column(spec.index, self._field(list_, spec), lenient=spec.lenient, key=spec.key)
            for spec in self.spec.columns
        ]
        mapped = {column.field.code for column in self.columns}
        self.written = [column for column in self.columns if column.field.code != "ID"]
        rest = [entry for entry in schema.fields if entry.code not in mapped]
        self.automatic = [entry for entry in schema.editable if entry.type.automatic]
        self.defaults = [entry for entry in rest if not entry.type.automatic]
        self.name_pattern = None if "NAME" in mapped else self._name_parts()
        self._check_defaults()
        self.version = schema.version

    def _field(self, list_: List, spec: Any) -> SchemaField:
        found = spec.new.planned(list_) if spec.new else self.schema.get(spec.code)
        if found is None:
            raise Invalid({}, _("A field that the file was to go into no longer exists."))
        return found

    def _name_parts(self) -> list[str | int]:
        try:
            return name_parts(self.spec.name_pattern, self.spec.headings)
        except LookupError as error:
            message = _("The file has no column “%(name)s”.") % {"name": error}
            raise Invalid({"name_pattern": [message]}, message) from None

    def _check_defaults(self) -> None:
        """A required field that the file does not fill must have a default."""
        if self.spec.mode == "update":
            return
        for entry in self.defaults:
            try:
                clean_value(entry, entry.default())
            except ValidationError:
                message = _("The field “%(name)s” is required: choose a column for it.")
                raise Invalid({}, message % {"name": entry.name}) from None


class Batch:
    """Rows of one batch by their place in it; `new` and `changed` hold places and rows."""

    def __init__(self, importer: Importer, lines: Sequence[Line]) -> None:
        self.importer = importer
        self.numbers = [number for number, _row in lines]
        self.rows = [row for _number, row in lines]
        self.errors: dict[int, list[str]] = defaultdict(list)
        self.new: list[int] = []
        self.repeated: list[int] = []
        #: Element id → (row, place of the last line about it, changes so far).
        self.changed: dict[int, tuple[Any, int, dict[str, list[Any]]]] = {}
        self.unchanged = 0

    # --- checking -----------------------------------------------------------------------

    def check(self) -> None:
        """Turn every text and note the rows in which something does not fit."""
        spec, width = self.importer.spec, len(self.importer.spec.headings)
        for place, row in enumerate(self.rows):
            if len(row) < width:
                row.extend([""] * (width - len(row)))
            elif len(row) > width and any(row[width:]):
                self.errors[place].append(_("The row has more cells than there are headings."))
        for column in self.importer.columns:
            texts = self.texts(column)
            column.learn(
                texts, empty=spec.empty, writer=self.importer.writer, actor=self.importer.actor
            )
            if not column.bad.keys().isdisjoint(texts):
                self._note_bad(column, texts)
        self._check_names()

    def _note_bad(self, column: Column, texts: Sequence[str]) -> None:
        for place, text in enumerate(texts):
            if text in column.bad:
                self.fail(place, column.field, column.bad[text])

    def fail(self, place: int, entry: SchemaField, reason: str) -> None:
        self.errors[place].append(f"{entry.name}: {reason}")

    def _check_names(self) -> None:
        if self.importer.name_pattern is not None and self.importer.spec.mode != "update":
            field = self.importer.schema["NAME"]
            for place, name in enumerate(self.names):
                if not name or "\x00" in name:
                    self.fail(place, field, _("The name would be empty."))

    def good(self) -> list[int]:
        return [place for place in range(len(self.rows)) if place not in self.errors]

    def texts(self, column: Column) -> list[str]:
        return [row[column.index] for row in self.rows]

    @cached_property
    def names(self) -> list[str]:
        """The names that the pattern makes, by place."""
        parts, blank = self.importer.name_pattern or [], frozenset(self.importer.spec.empty)
        return [
            "".join(
                part if isinstance(part, str) else "" if row[part] in blank else row[part]
                for part in parts
            ).strip()
            for row in self.rows
        ]

    def value(self, column: Column, place: int) -> Any:
        return column.values[self.rows[place][column.index]]

    def check_unique(self) -> None:
        """Note the rows that would repeat a unique value of the list or of the batch."""
        for column in self.importer.written:
            if column.field.field.unique:
                self._check_unique(column)

    def _check_unique(self, column: Column) -> None:
        own = {place: pk for pk, (_row, place, _changes) in self.changed.items()}
        values = {place: self.value(column, place) for place in [*self.new, *own]}
        stored = {place: _main(column.field, value) for place, value in values.items()}
        taken = self._taken(column.field, {value for value in stored.values() if value is not None})
        for place, value in sorted(stored.items()):
            # New rows have no id yet: a negative number stands for each.
            holder = own.get(place, -place - 1)
            if value is not None and taken.setdefault(value, holder) != holder:
                self.fail(place, column.field, _("This value is already taken."))
        self.new = [place for place in self.new if place not in self.errors]
        self.changed = {
            pk: entry for pk, entry in self.changed.items() if entry[1] not in self.errors
        }

    def _taken(self, entry: SchemaField, values: set[Any]) -> dict[Any, int]:
        """Stored value → the element that has it. The bin does not count."""
        if not entry.key:
            return {}  # a field still to be made
        rows = self.importer.schema.model.objects.filter(deleted_at=None)
        found = rows.filter(Q.create([(f"{entry.main_column}__in", values)]))
        return dict(found.values_list(entry.main_column, "pk"))

    # --- writing ------------------------------------------------------------------------

    def create(self) -> None:
        if not self.new:
            return
        importer = self.importer
        stored, history = self._forms()
        ids = imports_copy.reserve_ids(importer.list_id, len(self.new))
        imports_copy.copy_new(
            importer.schema,
            ids,
            [name for entry, _forms in stored for name in entry.column_names],
            map("\t".join, zip(*(forms for _entry, forms in stored), strict=True)),
            actor=importer.actor,
            writer=importer.writer,
        )
        notes = map(", ".join, (filter(None, parts) for parts in zip(*history, strict=True)))
        imports_copy.copy_history(
            Kind.CREATED,
            ((pk, 1, note) for pk, note in zip(ids, notes, strict=True)),
            actor=importer.actor,
            writer=importer.writer,
        )
        announce("element.created", importer.list_id, ids=ids, actor=importer.actor.pk)

    def _forms(self) -> tuple[list[tuple[SchemaField, list[str]]], list[list[str]]]:
        """Of the new rows, column by column: texts for the table and texts for the history."""
        stored, history = [], []
        for column in self.importer.written:
            texts = [self.rows[place][column.index] for place in self.new]
            if column.field.type.automatic:
                forms, notes = self._numbered(column.field, [column.values[text] for text in texts])
            else:
                forms = list(map(column.stored.__getitem__, texts))
                notes = list(map(column.noted.__getitem__, texts))
            stored.append((column.field, forms))
            history.append(notes)
        for entry, forms, notes in self._rest():
            stored.append((entry, forms))
            history.append(notes)
        return stored, history

    def _rest(self) -> Any:
        """Fields that the file does not fill: the name by its pattern, numbers, defaults."""
        importer, count = self.importer, len(self.new)
        if importer.name_pattern is not None:
            names = [self.names[place] for place in self.new]
            forms = list(map(escaped, names))
            yield importer.schema["NAME"], forms, [noted("name", None, name) for name in names]
        mapped = {column.field.code for column in importer.written}
        for entry in importer.automatic:
            if entry.code not in mapped:
                yield entry, *self._numbered(entry, [None] * count)
        for entry in importer.defaults:
            value = entry.default()
            form, note = importer.writer.stored(entry, value), importer.writer.noted(entry, value)
            yield entry, [form] * count, [note] * count

    def _numbered(self, entry: SchemaField, values: list[Any]) -> tuple[list[str], list[str]]:
        """Values of a counter; those that the file leaves empty get the next numbers."""
        missing = values.count(None)
        numbers = iter(entry.type.next_values(entry.field, missing) if missing else [])
        whole = [next(numbers) if value is None else value for value in values]
        writer = self.importer.writer
        return [writer.stored(entry, value) for value in whole], [
            writer.noted(entry, value) for value in whole
        ]

    def apply(self, row: Any, place: int) -> None:
        """Put a line's values into the row of the element that its key found."""
        fields = {column.field: self.value(column, place) for column in self.importer.written}
        if self.importer.spec.keep_empty:
            fields = {entry: value for entry, value in fields.items() if value is not None}
        changes = apply_values(self.importer.schema, row, fields)
        before = self.changed.get(row.pk, (row, place, {}))[2]
        if changes or before:
            merged = {key: [before.get(key, pair)[0], pair[1]] for key, pair in changes.items()}
            self.changed[row.pk] = (row, place, {**before, **merged})
        else:
            self.unchanged += 1

    def update(self) -> None:
        if not self.changed:
            return
        importer, writer = self.importer, self.importer.writer
        fields = [column.field for column in importer.written]
        now = writer.plain(timezone.now())
        lines, versions = [], []
        for pk, (row, _place, changes) in self.changed.items():
            stored = [writer.stored(entry, entry.read(row)) for entry in fields]
            stamps = [str(pk), str(row.version + 1), str(importer.actor.pk), now]
            lines.append("\t".join([*stamps, *stored]))
            versions.append((pk, row.version + 1, _joined(changes)))
        columns = [name for entry in fields for name in entry.column_names]
        imports_copy.update_rows(importer.schema, columns, lines)
        imports_copy.copy_history(Kind.CHANGED, versions, actor=importer.actor, writer=writer)
        ids = list(self.changed)
        announce("element.changed", importer.list_id, ids=ids, actor=importer.actor.pk)

    def outcome(self) -> Outcome:
        errors = [
            (self.numbers[place], " ".join(dict.fromkeys(texts)))
            for place, texts in sorted(self.errors.items())
        ]
        return Outcome(len(self.new), len(self.changed), self.unchanged, errors)


def _main(entry: SchemaField, value: Any) -> Any:
    return entry.to_columns(value)[entry.main_column]


def _joined(changes: dict[str, list[Any]]) -> str:
    """A version's changes, escaped and without the braces."""
    return escaped(json.dumps(changes, ensure_ascii=False)[1:-1])
