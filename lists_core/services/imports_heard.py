"""Imports into lists whose writes upper apps hear: each new row is made whole and shown to the
listeners before it is copied, and what they refuse is an error of its line.

Ordinary lists never come here: their rows go from texts to PostgreSQL without being made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from lists_core.schema.fields import SchemaField
from lists_core.services import imports_copy
from lists_core.services.elements import created
from lists_core.services.imports_copy import Kind
from lists_core.services.listeners import (
    Changes,
    Together,
    Write,
    after_writes,
    before_write,
    heard,
    written_together,
)
from lists_core.services.outbox import announce
from lists_core.services.values import reasons
from lists_core.transfer.columns import escaped
from svod.base.errors import DomainError

if TYPE_CHECKING:
    from lists_core.services.imports_batch import Batch


def hear_new(batch: Batch) -> None:
    """Make the rows of `batch.new` and let the listeners see them: they go to `batch.heard`."""
    schema = batch.importer.schema
    if not heard(schema):
        return
    rows = [_row(batch, place) for place in batch.new]
    changes = [(row, created(schema, row)) for row in rows]
    together = Together(is_part=True)
    writes = written_together(Kind.CREATED, schema, changes, batch.importer.actor, together)
    for place, write in zip(batch.new, writes, strict=True):
        if _passes(batch, place, write):
            batch.heard[place] = (write.row, write.changes)
    batch.drop_failed()


def hear_changed(batch: Batch) -> None:
    """Let the listeners see the rows of `batch.changed` with their new values; the new ones go
    before them."""
    schema, actor = batch.importer.schema, batch.importer.actor
    if heard(schema):
        made = [batch.heard[place] for place in batch.new]
        passed = written_together(Kind.CREATED, schema, made, actor)
        changes = [(row, own) for row, _place, own in batch.changed.values()]
        together = Together(passed=passed, is_part=True)
        writes = written_together(Kind.CHANGED, schema, changes, actor, together)
        places = [place for _row, place, _own in batch.changed.values()]
        for place, write in zip(places, writes, strict=True):
            _passes(batch, place, write)
        batch.drop_failed()


def _passes(batch: Batch, place: int, write: Write) -> bool:
    try:
        before_write(write)
    except DomainError as error:
        batch.errors[place].append(reasons(write.schema, error))
        return False
    return True


def _row(batch: Batch, place: int) -> Any:
    """A new element as the line and the defaults have it; numbers come when it is written."""
    importer = batch.importer
    values = {column.field: batch.value(column, place) for column in importer.written}
    values |= {entry: entry.default() for entry in importer.defaults}
    if importer.name_pattern is not None:
        values[importer.schema["NAME"]] = batch.names[place]
    columns = {
        name: stored
        for entry, value in values.items()
        for name, stored in entry.to_columns(value).items()
    }
    now, who = timezone.now(), importer.actor.pk
    stamps = {"created_by": who, "modified_by": who, "created_at": now, "modified_at": now}
    return importer.schema.model(**columns, **stamps)


def create_heard(batch: Batch) -> None:
    """Add the elements of `batch.new`, whose rows are made already."""
    importer, schema = batch.importer, batch.importer.schema
    writes = [batch.heard[place] for place in batch.new]
    for entry in importer.automatic:
        _number(entry, writes)
    ids = imports_copy.reserve_ids(importer.list_id, batch.sections(), actor=importer.actor)
    batch.made = ids
    for pk, (row, _changes) in zip(ids, writes, strict=True):
        row.pk = pk
    fields = [*schema.editable, *([schema["SECTION"]] if "SECTION" in schema.by_code else [])]
    imports_copy.copy_new(
        schema,
        ids,
        [name for entry in fields for name in entry.column_names],
        (importer.writer.row(fields, row) for row, _changes in writes),
        actor=importer.actor,
        writer=importer.writer,
    )
    imports_copy.copy_history(
        Kind.CREATED,
        importer.list_id,
        ((row.pk, 1, joined(changes)) for row, changes in writes),
        actor=importer.actor,
        writer=importer.writer,
    )
    after_writes(schema, Kind.CREATED, writes, importer.actor)
    announce("element.created", importer.list_id, ids=ids, actor=importer.actor.pk)


def _number(entry: SchemaField, writes: Sequence[tuple[Any, Changes]]) -> None:
    """The next numbers for the rows that the file leaves empty; given ones are told."""
    values = [entry.read(row) for row, _changes in writes]
    given = [value for value in values if value is not None]
    if given:
        entry.type.values_given(entry.field, given)
    missing = len(values) - len(given)
    numbers = iter(entry.type.next_values(entry.field, missing) if missing else [])
    for (row, changes), value in zip(writes, values, strict=True):
        if value is None:
            number = next(numbers)
            for name, stored in entry.to_columns(number).items():
                setattr(row, name, stored)
            changes[entry.key] = [None, entry.to_json(number)]


def joined(changes: Changes) -> str:
    """A version's changes, escaped and without the braces."""
    return escaped(json.dumps(changes, ensure_ascii=False)[1:-1])
