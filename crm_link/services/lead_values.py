"""What of a lead goes into the items that it becomes: fields of the same code and type."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from lists_core.field_types.options import by_text, live_options, options_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.references import available
from staff.models import Employee

#: Values of these mean something in their own list only.
OWN_TYPES = frozenset({"section", "crm_stage"})


@dataclass(frozen=True)
class LeadValues:
    """`values` by code for the new item; `left` are names of fields whose value did not fit."""

    values: dict[str, Any]
    left: list[str]


def lead_values(
    source: Schema, row: Any, target: Schema, *, without: Collection[str] = (), actor: Employee
) -> LeadValues:
    """What of `row` goes into a new item of `target`; both schemas are cut to the actor's."""
    given: dict[SchemaField, Any] = {}
    left: list[str] = []
    for field in target.changeable:
        own = source.get(field.code)
        if field.code in {"NAME", *without} or own is None or not _alike(own, field):
            continue
        value = own.read(row)
        try:
            given[field] = field.clean(_converted(own, field, value))
        except ValidationError:
            left.append(own.name)
    kept = available(given, actor=actor)
    filled = {field.code: value for field, value in kept.items() if value is not None}
    return LeadValues(filled, left)


def _alike(source: SchemaField, target: SchemaField) -> bool:
    kind = target.type
    if source.type.slug != kind.slug or kind.concealed or kind.automatic:
        return False
    same_list = source.field.settings.get("list") == target.field.settings.get("list")
    return kind.slug not in OWN_TYPES and same_list


def _converted(source: SchemaField, target: SchemaField, value: Any) -> Any:
    items = source.items(value)
    if source.type.slug == "list":
        items = _same_options(source, target, items)
    if target.multiple:
        return items
    return items[0] if items else None


def _same_options(source: SchemaField, target: SchemaField, items: list[Any]) -> list[Any]:
    """The target's options of the same name. Raises ValidationError when there is none."""
    names, known = options_of(source.field), by_text(live_options(target.field))
    found = [known.get(names[pk].name.strip().casefold()) for pk in items if pk in names]
    if None in found:
        raise ValidationError("no such option")
    return found
