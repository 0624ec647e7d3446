"""Indexes of a list's columns: what each kind answers, and the statements that make it.

They are built and dropped CONCURRENTLY, so never inside a transaction; readers and writers go
on. A change of the table's structure does not wait for a build but ends it (`give_way`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection, models
from django.db.models import F
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Collate, Upper
from psycopg import sql

from lists_core.models import ListIndex
from lists_core.schema.compile import Schema, table_name
from lists_core.schema.fields import SchemaField

Kind = ListIndex.Kind
#: A B-tree keeps no key of more than 2,704 bytes.
LONGEST_KEY = 600
#: Waiting for the table harms nobody: only changes of structure wait behind this kind of lock.
LOCK_TIMEOUT, LONGEST_S = "30s", 45 * 60
TELLS_WHEN = 16_00_00  # the version since which PostgreSQL says when an index was last used
#: Every list's table has an index of these from the beginning.
ALWAYS = {"id", "section", "created_by"}
OWN_NAME = rf"^list_[0-9]+_[a-z0-9_]+_({'|'.join(Kind.values)})$"


class Want(NamedTuple):
    """An index of a list's table; `kind` is a value of `ListIndex.Kind`."""

    column: str
    kind: str


def column_owner(schema: Schema, column: str) -> SchemaField | None:
    """The field whose column it is, in the list as it is now."""
    return next((field for field in schema.all_fields if column in field.columns), None)


def sort_want(field: SchemaField, *, descending: bool) -> Want | None:
    """What sorting by the field reads, when an index can hold its order; by the title of a link
    the rows of each thing, whichever way."""
    if not field.sortable or _sort_key(field) is None or field.main_column == "id":
        return None
    if field.type.sorted_by_title:
        indexed = field.type.indexed or field.main_column in ALWAYS
        return None if indexed else Want(field.main_column, Kind.UP)
    return Want(field.main_column, Kind.DOWN if descending else Kind.UP)


def is_possible(schema: Schema, want: Want) -> bool:
    """Whether such an index can be built: the column is there and its values fit the kind."""
    field = column_owner(schema, want.column)
    if field is None or want.column == "id" or field.type.concealed:
        return False
    column = field.columns[want.column]
    if want.kind == Kind.ITEMS:
        return isinstance(column, ArrayField) and not _is_long(column.base_field)
    if isinstance(column, ArrayField):
        return False
    if want.kind == Kind.LETTERS:
        return isinstance(column, models.TextField | models.CharField)
    return isinstance(_key(field, want.column), Collate) or not _is_long(column)


def _is_long(column: models.Field[Any, Any]) -> bool:
    longest = column.max_length if isinstance(column, models.CharField) else None
    if isinstance(column, models.CharField | models.TextField):
        return longest is None or longest > LONGEST_KEY
    return isinstance(column, models.JSONField)


def _sort_key(field: SchemaField) -> BaseExpression | F | None:
    """None where the order hangs on more than the column, as on the places of options."""
    key = field.type.sort_key(field.field, field.main_column)
    return key if isinstance(key, F | Collate) else None


def _key(field: SchemaField, column: str) -> BaseExpression | F:
    sorts = field.sortable and column == field.main_column
    return (_sort_key(field) if sorts else None) or F(column)


# --- building and dropping --------------------------------------------------------------


def build(schema: Schema, index: ListIndex, *, seconds: float = LONGEST_S) -> None:
    """Make the index within so many seconds; raises a DatabaseError, and then something invalid
    may be left."""
    want = Want(index.column, index.kind)
    field = column_owner(schema, index.column)
    if field is None or not is_possible(schema, want):
        raise ValueError(f"{index.name} cannot be built")
    made = _index(field, want, index.name)
    with connection.schema_editor(atomic=False) as editor:
        statement = made.create_sql(schema.model, editor, concurrently=True)
    _patiently(str(statement), seconds)


def _index(field: SchemaField, want: Want, name: str) -> models.Index:
    if want.kind == Kind.LETTERS:
        return GinIndex(OpClass(Upper(want.column), name="gin_trgm_ops"), name=name)
    if want.kind == Kind.ITEMS:
        return GinIndex(fields=[want.column], name=name)
    key = _key(field, want.column)
    if want.kind == Kind.UP:
        return models.Index(key.asc(), F("id").asc(), name=name)
    return models.Index(key.desc(nulls_last=True), F("id").desc(), name=name)


def drop(name: str) -> None:
    """Let go of an index, built or left half-built."""
    statement = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name))
    _patiently(statement)


def _patiently(statement: str | sql.Composed, seconds: float = LONGEST_S) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        longest = f"{max(1000 * seconds, 1):.0f}ms"  # 0 would be for ever
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [longest])
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")


def give_way(list_id: int) -> None:
    """End the build of an index of this list: it is tried again, a waiting ALTER stops all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_progress_create_index"
            " WHERE datname = current_database() AND relid = to_regclass(%s)",
            [table_name(list_id)],
        )


# --- what stands in the database --------------------------------------------------------


def row_estimates() -> dict[int, int]:
    """List id → about how many rows, of all lists' tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(relname, 6)::bigint, CASE WHEN reltuples < 0"
            " THEN pg_relation_size(oid) / 200 ELSE reltuples END::bigint FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            " AND relname ~ '^list_[0-9]+$'"
        )
        return dict(cursor.fetchall())


def own_indexes(list_id: int | None = None) -> dict[str, bool]:
    """Names of the indexes of this module, of one list or of all → whether each is valid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT made.relname, pg_index.indisvalid FROM pg_index"
            " JOIN pg_class AS made ON made.oid = pg_index.indexrelid"
            " WHERE made.relnamespace = current_schema()::regnamespace AND made.relname ~ %s"
            " AND (%s::text IS NULL OR pg_index.indrelid = to_regclass(%s))",
            [OWN_NAME, *[None if list_id is None else table_name(list_id)] * 2],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Standing:
    """An index as the database has it; `used_at` is None where it cannot tell (before 16)."""

    name: str
    size: int
    scans: int
    used_at: Any
    valid: bool
    definition: str


def standing(list_id: int) -> list[Standing]:
    """Every index of the list's table, whoever made it."""
    used = "last_idx_scan" if _tells_when() else "NULL::timestamptz"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT indexrelname, pg_relation_size(indexrelid), idx_scan, {used}, indisvalid,"  # noqa: S608
            " pg_get_indexdef(indexrelid) FROM pg_stat_user_indexes JOIN pg_index"
            " USING (indexrelid) WHERE pg_index.indrelid = to_regclass(%s) ORDER BY indexrelname",
            [table_name(list_id)],
        )
        return [Standing(*row) for row in cursor.fetchall()]


def last_scans(names: Iterable[str]) -> dict[str, Any]:
    """Name → when the planner last used the index, as far as the database tells."""
    if not _tells_when():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelname, last_idx_scan FROM pg_stat_user_indexes"
            " WHERE schemaname = current_schema() AND indexrelname = ANY(%s)"
            " AND last_idx_scan IS NOT NULL",
            [list(names)],
        )
        return dict(cursor.fetchall())


def _tells_when() -> bool:
    version: int = connection.pg_version  # type: ignore[attr-defined]
    return version >= TELLS_WHEN


def progress(list_id: int) -> int | None:
    """How much of the running build of the list's is done, in per cent; None without one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(100 * greatest(blocks_done::numeric / nullif(blocks_total, 0),"
            " tuples_done::numeric / nullif(tuples_total, 0)), 0)::int"
            " FROM pg_stat_progress_create_index"
            " WHERE datname = current_database() AND relid = to_regclass(%s)",
            [table_name(list_id)],
        )
        row = cursor.fetchone()
    return min(100, row[0]) if row else None
