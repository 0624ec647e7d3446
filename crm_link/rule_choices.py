"""Choices that the forms of rules between lists share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm_link.carrying import may_be_taken, may_take
from lists_core.models import FieldOption, List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField

Choices = list[tuple[Any, Any]]
NONE = ("", "—")
ID_DIGITS = 9


def field_choices(fields: Iterable[SchemaField]) -> Choices:
    return [(str(one.field.pk), one.name) for one in fields]


def taken_choices(schema: Schema) -> Choices:
    """Fields whose values may go elsewhere, the name as 0."""
    own = [one for one in schema.fields if may_be_taken(one)]
    return [NONE, ("0", schema["NAME"].name), *field_choices(own)]


def filled_choices(schema: Schema) -> Choices:
    """Fields that a rule may fill, the name as 0."""
    own = [one for one in schema.fields if may_take(one) and one.type.slug != "crm_stage"]
    return [NONE, ("0", schema["NAME"].name), *field_choices(own)]


def state_fields(schema: Schema) -> list[SchemaField]:
    """Choices of one of several states."""
    return [one for one in schema.fields if one.type.slug == "list" and not one.multiple]


def option_choices(schema: Schema) -> Choices:
    """The states of every such field, grouped by the field."""
    fields = {one.field.pk: one.name for one in state_fields(schema)}
    rows = FieldOption.objects.filter(field__in=fields, deleted_at=None).order_by("sort", "pk")
    groups: dict[int, Choices] = {pk: [] for pk in fields}
    for row in rows:
        groups[row.field_id].append((str(row.pk), row.name))
    return [NONE, *((fields[pk], own) for pk, own in groups.items() if own)]


def list_choices(lists: Iterable[List]) -> Choices:
    return [("", _("Choose a list")), *((str(row.pk), row.name) for row in lists)]


def whole(value: Any) -> int | None:
    """The id that a select sent; None for none."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS else None
