"""Migrations of large tables while people work: short locks, small transactions.

A migration made of these has `atomic = False`. It can be killed anywhere and run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import sleep
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import OperationalError, connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

#: Rows that one transaction writes: some tens of milliseconds.
BATCH = 5_000
END = 2**63 - 1
#: A wait for a lock, the pause before it is tried again, about half a minute in all.
LOCK_TIMEOUT_MS, PAUSE_S, ATTEMPTS = 300, 0.2, 60
BUSY = {"55P03", "40P01"}  # the lock was not to be had in time; it would have been a deadlock
STATE = """
    SELECT index.indisvalid FROM pg_index AS index
    WHERE index.indexrelid = to_regclass(%s)
"""


class Together(SeparateDatabaseAndState):
    """Quick operations in one transaction; left out when `made` (SQL) says that they are there."""

    def __init__(self, made: str, operations: Sequence[Operation]) -> None:
        super().__init__(operations, operations)
        self.made = made

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.made, self.database_operations], {}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if _first(schema_editor, self.made):
            return
        with schema_editor.connection.schema_editor(atomic=True) as editor:
            super().database_forwards(app_label, editor, from_state, to_state)


class IndexConcurrently(AddIndexConcurrently):
    """An index that nobody waits for; what a killed build left is dropped first."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        name: str = self.index.name
        valid = _first(schema_editor, STATE, [name])
        if valid is False:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(name)}")
        if not valid:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Locked(Operation):
    """The first operation of a migration that changes what people work with: takes the locks of
    all that follow, each wait a short one, because everybody queues behind a waiting ALTER.

    `modes` is table → mode of lock. Raises the database's own error when the tables stay busy:
    nothing was changed then, and the migration can be run again.
    """

    reversible = True
    reduces_to_sql = False

    def __init__(self, modes: Mapping[str, str]) -> None:
        self.modes = modes

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing of the models changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        take_locks(self.modes)

    database_backwards = database_forwards

    def describe(self) -> str:
        return f"Locks {', '.join(self.modes)}"


def take_locks(modes: Mapping[str, str]) -> None:
    """Take them until the transaction ends; raises OperationalError when they are not to be had."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
                for table, mode in modes.items():
                    name = connection.ops.quote_name(table)
                    cursor.execute(f"LOCK TABLE {name} IN {mode} MODE")
            return
        except OperationalError as error:
            busy = getattr(error.__cause__, "sqlstate", "") in BUSY
            if not busy or attempt == ATTEMPTS:
                raise
        sleep(PAUSE_S)


def in_batches(schema_editor: BaseDatabaseSchemaEditor, table: str, statement: str) -> None:
    """Run the statement for the ids of the table from %(low)s to below %(high)s, bit by bit."""
    step = f"SELECT id FROM {table} WHERE id >= %s ORDER BY id OFFSET %s LIMIT 1"  # noqa: S608
    low = _first(schema_editor, step, [0, 0])
    while low is not None:
        high = _first(schema_editor, step, [low, BATCH])
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(statement, {"low": low, "high": high or END})
        low = high


def until_nothing(schema_editor: BaseDatabaseSchemaEditor, statement: str) -> None:
    """Run the statement, which writes at most %(most)s rows, until it finds none."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statement, {"most": BATCH})
        while cursor.rowcount:
            cursor.execute(statement, {"most": BATCH})


def _first(schema_editor: BaseDatabaseSchemaEditor, query: str, given: Any = ()) -> Any:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(query, given)
        row = cursor.fetchone()
    return row[0] if row else None
