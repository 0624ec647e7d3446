"""Many elements, each with values of its own, in as many queries as one: for rules and programs.

Unlike a bulk change all of them are written or none: whoever calls this knows what it asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right, rights_on, schema_for
from lists_core.field_types.references import references
from lists_core.models import Element, ElementVersion
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.selectors.titles import titles_of
from lists_core.services.elements import (
    apply_values,
    created,
    open_list,
    place_for,
    unique_errors,
)
from lists_core.services.listeners import before_writes
from lists_core.services.saving import AT_ONCE, save_changed, told
from lists_core.services.values import clean_values
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid

Kind = ElementVersion.Kind
Cleaned = Mapping[SchemaField, Any]


def create_many(list_id: int, many: Sequence[Mapping[str, Any]], *, actor: Employee) -> list[Any]:
    """Add elements to the root; returns their rows in this order.

    Raises NotFound, Forbidden, Invalid (errors by code).
    """
    if not many:
        return []
    with transaction.atomic():
        list_, schema = open_list(list_id)
        place_for(list_, None, actor=actor)
        own = schema_for(actor, list_, new=True)
        cleaned = [clean_values(schema, values, partial=False, own=own) for values in many]
        check_all(cleaned, actor=actor)
        made = Element.objects.bulk_create(Element(list=list_) for _row in many)
        rows = [
            _new(schema, one.pk, own_values, actor)
            for one, own_values in zip(made, cleaned, strict=True)
        ]
        changes = [(row, created(schema, row)) for row in rows]
        before_writes(Kind.CREATED, schema, changes, actor)
        with unique_errors(schema):
            schema.model.objects.bulk_create(rows, batch_size=AT_ONCE)
        told(schema, Kind.CREATED, changes, actor)
    return rows


def update_many(
    list_id: int, many: Mapping[int, Mapping[str, Any]], *, actor: Employee
) -> list[Any]:
    """Set values by code in elements by id; returns the rows that differ now.

    Ids that the actor does not see are left out. Raises NotFound, Forbidden (for any of them),
    Invalid.
    """
    if not many:
        return []
    with transaction.atomic():
        list_, schema = open_list(list_id)
        seen = elements(schema, actor).filter(pk__in=many).select_for_update().order_by("pk")
        rows = list(seen)
        held = rights_on(actor, schema, rows)
        if any(Right.CHANGE not in held[row.pk] for row in rows):
            raise Forbidden
        own = schema_for(actor, list_)
        cleaned = [_differing(schema, own, row, many[row.pk]) for row in rows]
        check_all(cleaned, actor=actor)
        changes = [
            (row, changed)
            for row, values in zip(rows, cleaned, strict=True)
            if (changed := apply_values(schema, row, values))
        ]
        before_writes(Kind.CHANGED, schema, changes, actor)
        with unique_errors(schema):
            save_changed(schema, changes, actor)
        told(schema, Kind.CHANGED, changes, actor)
    return [row for row, _changed in changes]


def check_all(cleaned: Sequence[Cleaned], *, actor: Employee) -> None:
    """Raise Invalid where a value refers to what the actor does not see. One query a kind."""
    pairs = [
        (field, value)
        for values in cleaned
        for field, value in values.items()
        if field.type.reference in references and field.type.reference != "file"
    ]
    titles = titles_of(pairs, actor=actor)
    told_of = _("Choose from the list: this is not available.")
    missing = {
        field.code: [told_of]
        for field, value in pairs
        if any(item not in titles[field.key] for item in field.items(value))
    }
    if missing:
        raise Invalid(missing)


def _new(schema: Schema, pk: int, values: Cleaned, actor: Employee) -> Any:
    columns = {
        name: stored
        for field, value in values.items()
        for name, stored in field.to_columns(value).items()
    }
    now = timezone.now()
    stamps = {"created_by": actor.pk, "modified_by": actor.pk, "created_at": now}
    return schema.model(id=pk, modified_at=now, **stamps, **columns)


def _differing(schema: Schema, own: Schema, row: Any, values: Mapping[str, Any]) -> Cleaned:
    """The checked values that are not there yet: what stands there may be older than a rule."""
    cleaned = clean_values(schema, values, partial=True, own=own)
    return {field: value for field, value in cleaned.items() if field.read(row) != value}
