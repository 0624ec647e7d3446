"""Writing a checked batch of an import: new elements and changed ones.

New rows are made lazily, line by line, while PostgreSQL already takes in the ones before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from lists_core.schema.fields import SchemaField
from lists_core.services import imports_copy
from lists_core.services.imports_copy import Kind
from lists_core.services.imports_heard import create_heard, joined
from lists_core.services.listeners import after_writes
from lists_core.services.outbox import announce
from lists_core.transfer.columns import Column, escaped, noted

if TYPE_CHECKING:
    from lists_core.services.imports_batch import Batch

Forms = tuple[SchemaField, Iterable[str], Iterable[str]]
"""A field with its values of the new rows, for the table and for the history."""


def create_elements(batch: Batch) -> None:
    """Add the elements of `batch.new`."""
    if not batch.new:
        return
    if batch.heard:
        create_heard(batch)
        return
    importer = batch.importer
    fields, stored, history = zip(*_forms(batch), strict=True)
    ids = imports_copy.reserve_ids(importer.list_id, batch.sections(), actor=importer.actor)
    batch.made = ids
    imports_copy.copy_new(
        importer.schema,
        ids,
        [name for entry in fields for name in entry.column_names],
        map("\t".join, zip(*stored, strict=False)),
        actor=importer.actor,
        writer=importer.writer,
    )
    notes = map("".join, zip(*history, strict=False))
    imports_copy.copy_history(
        Kind.CREATED,
        importer.list_id,
        ((pk, 1, note[:-1]) for pk, note in zip(ids, notes, strict=True)),
        actor=importer.actor,
        writer=importer.writer,
    )
    announce("element.created", importer.list_id, ids=ids, actor=importer.actor.pk)


def _forms(batch: Batch) -> Iterator[Forms]:
    for column in batch.importer.written:
        texts = _of_new(batch, batch.texts[column.index])
        if column.field.type.automatic:
            yield _numbered(batch, column.field, [column.values[text] for text in texts])
        else:
            stored = _stored(batch, column, texts)
            yield column.field, stored, map(column.noted.__getitem__, texts)
    yield from _unmapped(batch)


def _stored(batch: Batch, column: Column, texts: Sequence[str]) -> Iterable[str]:
    if not column.field.type.concealed:
        return map(column.stored.__getitem__, texts)
    # Rows with the same secret must not look the same, so each gets a form of its own.
    writer = batch.importer.writer
    return (writer.stored(column.field, column.values[text]) for text in texts)


def _unmapped(batch: Batch) -> Iterator[Forms]:
    """Fields that the file does not fill: the name by its pattern, numbers, defaults."""
    importer = batch.importer
    if importer.name_pattern is not None:
        names = _of_new(batch, batch.names)
        notes = (noted("name", None, name) for name in names)
        yield importer.schema["NAME"], map(escaped, names), notes
    mapped = {column.field.code for column in importer.written}
    for entry in importer.automatic:
        if entry.code not in mapped:
            yield _numbered(batch, entry, [None] * len(batch.new))
    for entry in importer.defaults:
        value = entry.default()
        stored, note = importer.writer.stored(entry, value), importer.writer.noted(entry, value)
        yield entry, repeat(stored), repeat(note)


def _numbered(batch: Batch, entry: SchemaField, values: Sequence[Any]) -> Forms:
    """Values of a counter; those that the file leaves empty get the next numbers."""
    writer = batch.importer.writer
    _tell_given(entry, values)
    missing = sum(1 for value in values if value is None)
    numbers = iter(entry.type.next_values(entry.field, missing) if missing else [])
    whole = [next(numbers) if value is None else value for value in values]
    notes = (writer.noted(entry, value) for value in whole)
    return entry, (writer.stored(entry, value) for value in whole), notes


def _tell_given(entry: SchemaField, values: Iterable[Any]) -> None:
    given = [value for value in values if value is not None]
    if given:
        entry.type.values_given(entry.field, given)


def _of_new(batch: Batch, items: Sequence[str]) -> Sequence[str]:
    """Those of the rows that become elements."""
    if len(batch.new) == len(items):
        return items
    return [items[place] for place in batch.new]


def change_elements(batch: Batch) -> None:
    """Save the rows of `batch.changed`, which have their new values already."""
    if not batch.changed:
        return
    importer, writer = batch.importer, batch.importer.writer
    fields = [column.field for column in importer.written]
    for entry in fields:
        if entry.type.automatic:
            _tell_given(entry, [entry.read(row) for row, *_rest in batch.changed.values()])
    fields += _heard_fields(batch, fields)
    now = writer.plain(timezone.now())
    lines, versions = [], []
    for pk, (row, _place, changes) in batch.changed.items():
        stored = [writer.stored(entry, entry.read(row)) for entry in fields]
        stamps = [str(pk), str(row.version + 1), str(importer.actor.pk), now]
        lines.append("\t".join([*stamps, *stored]))
        versions.append((pk, row.version + 1, joined(changes)))
    columns = [name for entry in fields for name in entry.column_names]
    imports_copy.update_rows(importer.schema, columns, lines)
    imports_copy.copy_history(
        Kind.CHANGED, importer.list_id, versions, actor=importer.actor, writer=writer
    )
    ids = list(batch.changed)
    written = ((row, own) for row, _place, own in batch.changed.values())
    after_writes(importer.schema, Kind.CHANGED, written, importer.actor)
    keys = [entry.key for entry in fields]
    announce("element.changed", importer.list_id, ids=ids, fields=keys, actor=importer.actor.pk)


def _heard_fields(batch: Batch, fields: Sequence[SchemaField]) -> list[SchemaField]:
    """What listeners changed beyond the columns of the file."""
    known = {entry.key for entry in fields}
    keys = {key for _row, _place, own in batch.changed.values() for key in own}
    return [batch.importer.schema.by_key[key] for key in sorted(keys - known)]
