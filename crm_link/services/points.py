"""Keeping contact points equal to what stands in the items."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import transaction

from crm_link.kinds import Kind
from crm_link.models import ContactPoint
from crm_link.points import PointType, point_type, points_of
from crm_link.selectors.kinds import list_of
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField

BATCH = 1000


def telling_fields(schema: Schema) -> list[SchemaField]:
    """The fields whose values are points."""
    return [field for field in schema.editable if point_type(field)]


def keep_points(kind: Kind, schema: Schema, rows: Collection[Any], *, new: bool = False) -> None:
    """Make the points of these rows what their fields say. Two queries, one for new rows."""
    ids = [row.pk for row in rows]
    if not new:
        drop_points(schema, ids)
    found = (point for row in rows for point in _points(kind, schema, row))
    ContactPoint.objects.bulk_create(found, batch_size=BATCH, ignore_conflicts=True)


def drop_points(schema: Schema, ids: Collection[int]) -> None:
    """Forget what was derived from fields; points of requisites are kept by theirs."""
    own = ContactPoint.objects.filter(element__in=ids)
    own.exclude(field=None, type=PointType.INN).delete()


def fill_points(kind: Kind) -> Iterator[int]:
    """Make the points of all items of a kind anew, a batch a transaction; yields how many."""
    list_ = list_of(kind)
    schema, last = schema_of(list_), 0
    while True:
        with transaction.atomic():
            rows = _next(schema, last)
            keep_points(kind, schema, rows)
        if not rows:
            return
        last = rows[-1].pk
        yield len(rows)


def _next(schema: Schema, last: int) -> list[Any]:
    live = schema.model.objects.filter(deleted_at=None, pk__gt=last)
    return list(live.order_by("pk").select_for_update()[:BATCH])


def _points(kind: Kind, schema: Schema, row: Any) -> Iterable[ContactPoint]:
    for field in telling_fields(schema):
        type_ = point_type(field) or PointType.NAME
        for value in points_of(field, field.read(row)):
            yield ContactPoint(
                element_id=row.pk,
                field_id=None if field.code == "NAME" else field.field.pk,
                kind=kind.slug,
                type=type_,
                value=value,
            )
