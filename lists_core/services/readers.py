"""The `readers` column: who may view an element by a grant on the element itself.

It is derived from the stored rights, in the transaction that changes them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from lists_core.access.granted import codenames
from lists_core.access.rights import Right, bringing
from lists_core.models import Element, ElementGroupRight, ElementUserRight
from lists_core.schema.compile import table_name

# Employees as they are, groups as negatives: one array for both.
WANTED = """
    SELECT id, array_agg(reader ORDER BY reader) AS readers FROM (
        SELECT content_object_id AS id, user_id AS reader FROM {users} AS stored
        JOIN auth_permission ON auth_permission.id = stored.permission_id
        WHERE list_id = %(list)s AND codename = ANY(%(enough)s) {among}
        UNION
        SELECT content_object_id, -group_id FROM {groups} AS stored
        JOIN auth_permission ON auth_permission.id = stored.permission_id
        WHERE list_id = %(list)s AND codename = ANY(%(enough)s) {among}
    ) AS granted GROUP BY id
"""
DIFFERING = """
    SELECT row.id, wanted.readers FROM {table} AS row
    LEFT JOIN ({wanted}) AS wanted ON wanted.id = row.id
    WHERE row.readers IS DISTINCT FROM wanted.readers::integer[] {rows}
"""
UPDATE = """
    UPDATE {table} AS target SET readers = differing.readers
    FROM ({differing}) AS differing WHERE target.id = differing.id
"""


def sync_readers(list_id: int, ids: Collection[int] | None = None) -> int:
    """Make `readers` of these elements (None: of all) equal to the rights; how many differed."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(UPDATE, list_id, ids), _parameters(list_id, ids))
        return int(cursor.rowcount)


def differing(list_id: int) -> Sequence[int]:
    """Ids of the list's elements whose `readers` are not what the rights say."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(DIFFERING, list_id, None), _parameters(list_id, None))
        return [row[0] for row in cursor.fetchall()]


def _statement(template: str, list_id: int, ids: Collection[int] | None) -> sql.Composed:
    some = ids is not None
    names = {
        "table": sql.Identifier(table_name(list_id)),
        "users": sql.Identifier(ElementUserRight._meta.db_table),
        "groups": sql.Identifier(ElementGroupRight._meta.db_table),
        "among": sql.SQL("AND content_object_id = ANY(%(ids)s)" if some else ""),
        "rows": sql.SQL("AND row.id = ANY(%(ids)s)" if some else ""),
    }
    wanted = sql.SQL(WANTED).format(**_only(WANTED, names))
    inner = sql.SQL(DIFFERING).format(wanted=wanted, **_only(DIFFERING, names))
    if template is DIFFERING:
        return inner
    return sql.SQL(UPDATE).format(differing=inner, table=names["table"])


def _only(template: str, names: dict[str, sql.Composable]) -> dict[str, sql.Composable]:
    return {name: part for name, part in names.items() if f"{{{name}}}" in template}


def _parameters(list_id: int, ids: Collection[int] | None) -> dict[str, Any]:
    enough = codenames(Element, bringing(Right.VIEW))
    return {"list": list_id, "enough": enough, "ids": list(ids or ())}
