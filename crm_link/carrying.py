"""Values of a field taken over into a field of another list.

Values of the same type go over as they are, others by their text as an imported table would.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.field_types.money import default_currency
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee

NUMBERS = {"number", "money"}
MIXED = _("Amounts in several currencies have no sum.")


def by_pk(schema: Schema, pk: int | None) -> SchemaField | None:
    """The field of this id, if the list (as far as its reader knows it) still has it."""
    return next((one for one in schema.fields if one.field.pk == pk), None)


def may_be_taken(field: SchemaField) -> bool:
    """Whether its values may go elsewhere: no secrets, and files stay under their own rights."""
    return not (field.type.concealed or field.type.reference in {"file", "disk_file"})


def may_take(field: SchemaField) -> bool:
    return may_be_taken(field) and not field.type.automatic


def carried(
    items: Sequence[Any],
    source: SchemaField,
    target: SchemaField,
    *,
    actor: Employee,
    titles: Titles = NO_TITLES,
) -> Any:
    """The natural value of `target` for these items of `source`; None for none.

    Raises ValidationError for what the target cannot hold.
    """
    kept = [item for item in items if item is not None]
    if not kept:
        return None
    if target.type.slug == "string" and not (target.multiple and source.type.slug == "string"):
        return _joined(kept, source, target, titles)
    same = source.type.slug == target.type.slug and _same_scope(source, target)
    natural = kept if same else [_turned(one, source, target, actor, titles) for one in kept]
    if target.multiple:
        return _distinct(natural)
    return total(natural) if target.type.slug in NUMBERS else natural[0]


def total(items: Sequence[Any]) -> Any:
    """The sum of numbers or of money. Raises ValidationError for several currencies."""
    result = items[0]
    for item in items[1:]:
        if isinstance(result, Money) and item.currency != result.currency:
            raise ValidationError(MIXED)
        result = result + item
    return result


def _same_scope(source: SchemaField, target: SchemaField) -> bool:
    """Ids of options belong to their field, ids of elements to their list."""
    if source.type.slug in {"list", "crm_stage"}:
        return source.field.pk == target.field.pk
    return source.field.settings.get("list") == target.field.settings.get("list")


def _joined(items: Sequence[Any], source: SchemaField, target: SchemaField, titles: Titles) -> Any:
    texts = _distinct([source.type.to_text(source.field, item, titles) for item in items])
    return texts if target.multiple else ", ".join(texts)


def _turned(
    item: Any, source: SchemaField, target: SchemaField, actor: Employee, titles: Titles
) -> Any:
    wanted = target.type.slug
    if wanted == "money" and isinstance(item, Decimal | int):
        return Money(item, default_currency(target.field))
    if wanted == "number" and isinstance(item, Money):
        return item.amount
    if wanted == "date" and isinstance(item, datetime):
        return timezone.localtime(item).date()
    text = source.type.to_text(source.field, item, titles)
    read = target.type.from_texts(target.field, [text], actor=actor)[text]
    if isinstance(read, ValidationError):
        raise read
    return read


def _distinct(items: Sequence[Any]) -> list[Any]:
    seen: list[Any] = []
    for item in items:
        if item not in seen:
            seen.append(item)
    return seen
