"""Compiled schemas of this process, by list and version.

The version comes with the `List` row that every request reads anyway, so a field added in
another process is seen at the next request and nothing has to be announced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from threading import Lock

from lists_core.models import List
from lists_core.schema.compile import Schema, compile_schemas

CAPACITY = 500
_schemas: dict[int, Schema] = {}
#: List id → its `system`, which never changes and whose id never comes again.
_systems: dict[int, str] = {}
_lock = Lock()


def schema_of(list_: List) -> Schema:
    """The schema of a list row just read; compiled when the cached one is of another version."""
    _systems[list_.pk] = list_.system
    return schemas_of([list_])[list_.pk]


def schemas_of(lists: Iterable[List]) -> dict[int, Schema]:
    """The schemas of list rows just read, by id: two queries for all that are not known yet."""
    rows = list(lists)
    found = {row.pk: schema for row in rows if (schema := _known(row))}
    for schema in compile_schemas([row for row in rows if row.pk not in found]):
        _remember(schema)
        found[schema.list_id] = schema
    return found


def _known(list_: List) -> Schema | None:
    schema = _schemas.get(list_.pk)
    return schema if schema is not None and schema.version == list_.schema_version else None


def systems_of(list_ids: Collection[int]) -> dict[int, str]:
    """List id → which part of the program keeps it, "" for the lists that people made.

    One query for those that this process has not met yet, none otherwise.
    """
    unmet = [pk for pk in list_ids if pk not in _systems]
    if unmet:
        _systems.update(List.objects.filter(pk__in=unmet).values_list("pk", "system"))
    return {pk: _systems[pk] for pk in list_ids if pk in _systems}


def _remember(schema: Schema) -> None:
    with _lock:
        _schemas.pop(schema.list_id, None)
        if len(_schemas) >= CAPACITY:
            _schemas.pop(next(iter(_schemas)))
        _schemas[schema.list_id] = schema


def forget_schemas() -> None:
    """Empty the cache (tests that roll the database back need it)."""
    with _lock:
        _schemas.clear()
        _systems.clear()
