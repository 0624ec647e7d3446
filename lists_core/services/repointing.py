"""Values that point to a thing pointed to another one, as when two of a kind become one.

Structure work: all rows are looked at, those in the bin too, whoever acts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from lists_core.access import forget
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.ddl import lock_for_write
from lists_core.schema.fields import SchemaField
from lists_core.services.bulk import save_changes
from lists_core.services.by_rule import as_rule
from lists_core.services.elements import apply_values
from staff.models import Employee
from svod.base.errors import Conflict


def pointing_q(fields: Collection[SchemaField], value: Any) -> Q:
    """Over a list's table: the rows where one of the fields has the value."""
    found = Q(pk__in=[])
    for field in fields:
        stored = field.type.to_columns(field.field, value)[0]
        lookup, argument = ("contains", [stored]) if field.multiple else ("exact", stored)
        found |= Q.create([(f"{field.main_column}__{lookup}", argument)])
    return found


def repoint(
    list_id: int, keys: Collection[str], old: Any, new: Any, *, actor: Employee, limit: int
) -> int:
    """Put `new` in the place of `old` in at most `limit` rows, by those fields (keys) of the list
    that are there; returns how many rows had it. History and events are as of any change.

    A row that would come to point to itself loses the value.
    """
    with transaction.atomic():
        lock_for_write(list_id)
        forget()
        schema = schema_of(List.objects.get(pk=list_id))
        fields = [field for field in schema.fields if field.key in keys]
        pointing = schema.model.objects.filter(pointing_q(fields, old)).order_by("pk")
        rows = list(pointing.select_for_update()[:limit])
        changes = []
        for row in rows:
            kept = None if row.pk == getattr(new, "id", new) else new
            values = {field: _with(field, row, old, kept) for field in fields}
            changes.append((row, apply_values(schema, row, values)))
        with as_rule():  # what guards fields from people does not guard them from this
            report = save_changes(schema, {}, changes, actor)
        if report.skipped:  # half a merge is none
            raise Conflict(next(iter(report.problems.values())))
    return len(rows)


def _with(field: SchemaField, row: Any, old: Any, new: Any) -> Any:
    """The field's value with `new` for `old`, each thing once; None for `new` takes it out."""
    value = field.read(row)
    if not field.multiple:
        return new if value == old else value
    items = [new if item == old else item for item in field.items(value)]
    return list(dict.fromkeys(item for item in items if item is not None)) or None
