"""The end of every write to elements: stamps and columns, then history, listeners, one event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.services.history import record_versions
from lists_core.services.listeners import after_writes
from lists_core.services.outbox import announce
from lists_core.services.row_writes import write_rows
from staff.models import Employee

Kind = ElementVersion.Kind
Changes = dict[str, list[Any]]
Changed = Sequence[tuple[Any, Changes]]
AT_ONCE = 500


def stamp(row: Any, actor: Employee) -> None:
    row.version += 1
    row.modified_by = actor.pk
    row.modified_at = timezone.now()


def save_changed(schema: Schema, changes: Changed, actor: Employee, *more: str) -> None:
    """Rows with their new values, stamped, by a few statements; `more` are columns that are
    written beside those that differ."""
    rows = [row for row, _own in changes]
    for row in rows:
        stamp(row, actor)
    columns = [*columns_of(schema, changes), *more, "version", "modified_by", "modified_at"]
    write_rows(rows, columns, at_once=AT_ONCE)


def told(schema: Schema, kind: Kind, changes: Changed, actor: Employee) -> None:
    """History, listeners and one event of rows just written."""
    if not changes:
        return
    record_versions(kind, schema.list_id, changes, actor=actor)
    after_writes(schema, kind, changes, actor)
    ids = [row.pk for row, _own in changes]
    keys = sorted({key for _row, own in changes for key in own})
    announce(f"element.{kind.value}", schema.list_id, ids=ids, fields=keys, actor=actor.pk)


def columns_of(schema: Schema, changes: Changed) -> list[str]:
    """The columns of everything that differs in any of the rows."""
    keys = {key for _row, own in changes for key in own}
    named = [name for key in keys - {"section"} for name in schema.by_key[key].column_names]
    return [*named, "section"] if "section" in keys else named
