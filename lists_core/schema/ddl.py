"""Changes of the lists' tables. Every one runs under `lock_timeout`.

A waiting ALTER would block all readers behind it, so it gives up after 300 ms and the
service tries again (`with_ddl_retry`). Writers hold a shared advisory lock on their list,
schema changes an exclusive one: a write never meets a half-changed table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from lists_core.schema.compile import compile_model, table_name
from lists_core.schema.fields import SchemaField
from lists_core.schema.indexes import give_way
from lists_core.schema.registry import follow
from svod.base.errors import Conflict, NotFound

LOCK_TIMEOUT_MS = 300
ATTEMPTS = 20
FIELD_SPACE = 0x53564F46
LOCK_SPACE = 0x53564F44  # "SVOD": keeps our advisory locks apart from other programs'
LARGEST_KEY = 2**31 - 1  # of an advisory lock with two keys; no list has a larger id
Result = TypeVar("Result")


class ListBusy(Conflict):
    """The list is in use and its structure could not be changed just now."""

    code = "list_busy"
    message = _("The list is busy, its structure could not be changed. Please try again.")


def with_ddl_retry(change: Callable[[], Result]) -> Result:
    """Run a schema change in its own transaction until its locks are free (about 20 s)."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
                return change()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in {"55P03", "40P01"}:
                raise
            time.sleep(0.1 * (attempt % 5 + 1))
    raise ListBusy


def lock_for_write(list_id: int) -> None:
    """Keep the table's structure as it is until the transaction ends."""
    _lock(list_id, "pg_advisory_xact_lock_shared")


def lock_for_change(list_id: int) -> None:
    """Wait for the writers of the list and keep new ones out until the transaction ends; an
    index that is being built is left for later."""
    _lock(list_id, "pg_advisory_xact_lock")
    give_way(list_id)


def lock_for_removal(list_id: int) -> None:
    """The same for elements that go for good (decision 006): the table stays as it is, so that
    an index may go on being built."""
    _lock(list_id, "pg_advisory_xact_lock")


def _lock(list_id: int, function: str) -> None:
    if list_id > LARGEST_KEY:
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK_SPACE, list_id])


def create_table(list_id: int) -> None:
    """The table with the system columns. Its key is that of the registry of elements; the
    triggers of `follow` see to that, and rows go with their elements (decision 006)."""
    with connection.schema_editor() as editor:
        editor.create_model(compile_model(list_id, ()))
    _run(
        "CREATE INDEX {index} ON {table} USING gin (readers) WHERE readers IS NOT NULL",
        list_id,
        index="readers",
    )
    _run("CREATE INDEX {index} ON {table} (section)", list_id, index="section")
    _run("CREATE INDEX {index} ON {table} (created_by)", list_id, index="created_by")
    # The bin's order; who lives costs it nothing.
    _run(
        "CREATE INDEX {index} ON {table} (deleted_at, id) WHERE deleted_at IS NOT NULL",
        list_id,
        index="bin",
    )
    follow(list_id)


def analyze(list_id: int) -> None:
    """Fresh statistics: the planner, and the fence before its traps, go by them."""
    _run("ANALYZE {table}", list_id)


def drop_table(list_id: int) -> None:
    _run("DROP TABLE IF EXISTS {table}", list_id)


def add_columns(list_id: int, field: SchemaField) -> None:
    model = compile_model(list_id, (field,))
    with connection.schema_editor() as editor:
        for column in _columns(model, field.column_names):
            editor.add_field(model, column)
    if field.type.indexed:
        add_lookup(list_id, field)
    if field.type.laned:
        _add_lanes(list_id, field)


def add_lookup(list_id: int, field: SchemaField) -> None:
    """The index that answers "which elements have this value"; it goes with its column. Types
    that are always asked so get it by themselves, the app that keeps a list adds others."""
    method = "gin" if field.multiple else "btree"
    _run(
        f"CREATE INDEX IF NOT EXISTS {{index}} ON {{table}} USING {method} ({{column}})"
        " WHERE {column} IS NOT NULL",
        list_id,
        column=field.main_column,
        index=f"{field.main_column}_lookup",
    )


def _add_lanes(list_id: int, field: SchemaField) -> None:
    """The index that gives the newest elements of each value: the lanes of a board."""
    _run(
        "CREATE INDEX {index} ON {table} ({column}, id DESC) WHERE deleted_at IS NULL",
        list_id,
        column=field.main_column,
        index=f"{field.main_column}_lanes",
    )


def drop_columns(list_id: int, names: Iterable[str]) -> None:
    for name in names:
        _run("ALTER TABLE {table} DROP COLUMN IF EXISTS {column}", list_id, column=name)


def add_unique(list_id: int, column: str) -> None:
    """No two elements outside the bin may share a value; raises IntegrityError if some do."""
    _run(
        "CREATE UNIQUE INDEX {index} ON {table} ({column}) WHERE deleted_at IS NULL",
        list_id,
        column=column,
        index=f"{column}_unique",
    )


def try_unique(list_id: int, column: str) -> bool:
    """`add_unique`, or False when some elements share a value already."""
    try:
        with transaction.atomic():
            add_unique(list_id, column)
    except IntegrityError:
        return False
    return True


@contextmanager
def only_one(field_id: int) -> Iterator[None]:
    """One conversion of a field at a time, across processes; raises ListBusy for the second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [FIELD_SPACE, field_id])
        if not cursor.fetchone()[0]:
            raise ListBusy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [FIELD_SPACE, field_id])


def drop_unique(list_id: int, column: str) -> None:
    _run("DROP INDEX IF EXISTS {index}", list_id, index=f"{column}_unique")


def unique_index_name(list_id: int, column: str) -> str:
    return f"{table_name(list_id)}_{column}_unique"


def _columns(model: Any, names: Iterable[str]) -> list[models.Field[Any, Any]]:
    return [model._meta.get_field(name) for name in names]


def _run(template: str, list_id: int, *, column: str = "", index: str = "") -> None:
    """Execute DDL whose names come from ids: `f12`, `list_3`, never from user text."""
    names = {"table": table_name(list_id), "column": column}
    names["index"] = f"{table_name(list_id)}_{index}"
    statement = sql.SQL(template).format(
        **{key: sql.Identifier(name) for key, name in names.items() if f"{{{key}}}" in template}
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
