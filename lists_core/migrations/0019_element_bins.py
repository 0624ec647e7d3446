"""Elements leave the bins of their lists by themselves: each table gets the index of its bin."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, ProgrammingError, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from svod.base.migrating import BATCH

ATTEMPTS = 10
TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
        AND relname ~ '^list_[0-9]+$' ORDER BY oid
"""
STATE = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
BEGIN = """
    UPDATE {table} SET deleted_at = %(now)s WHERE id IN (
        SELECT id FROM {table} WHERE deleted_at < %(now)s LIMIT %(most)s
    )
"""


def make_indexes(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Beside the work of others. Whoever changes a list meanwhile goes first and ends the build
    (`indexes.give_way`), which is begun again; a list may also have gone."""
    for table in _tables(schema_editor):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                _make_index(schema_editor, table)
                break
            except OperationalError as error:
                ended = getattr(error.__cause__, "sqlstate", "") == "57014"
                if not ended or attempt == ATTEMPTS:
                    raise
            except ProgrammingError as error:
                if getattr(error.__cause__, "sqlstate", "") != "42P01":
                    raise
                break


def _make_index(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """What a killed build left is dropped first."""
    valid = _state(schema_editor, f"{table}_bin")
    if valid is False:
        schema_editor.execute(f"DROP INDEX CONCURRENTLY {table}_bin")
    if not valid:
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY {table}_bin ON {table} (deleted_at, id)"
            " WHERE deleted_at IS NOT NULL"
        )


def begin_now(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now nothing left these bins by itself: what lies there waits its time anew. When it
    was deleted stays in its history."""
    now = timezone.now()
    for table in _tables(schema_editor):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(BEGIN.format(table=table), {"now": now, "most": BATCH})
            while cursor.rowcount:
                cursor.execute(BEGIN.format(table=table), {"now": now, "most": BATCH})


def _tables(schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def _state(schema_editor: BaseDatabaseSchemaEditor, index: str) -> bool | None:
    """Whether the index is valid; None when it is not there."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(STATE, [index])
        row = cursor.fetchone()
    return row[0] if row else None


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lists_core", "0018_import_speed")]
    operations = [
        migrations.RunPython(make_indexes, migrations.RunPython.noop),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
    ]
