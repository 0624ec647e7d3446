"""What the actions on elements share: from a designer's mapping to values of fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from moneyed import Money

from lists_core.access import Right
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import Invalid, NotFound


def list_named(actor: Employee, list_id: int) -> List:
    """The list of a step, if the process may see it. Raises NotFound with a plain reason."""
    try:
        return access_list(actor, Right.VIEW, list_id)
    except NotFound:
        raise NotFound(_("The list of this step does not exist any more.")) from None


def field_values(schema: Schema, given: Mapping[str, Any], *, actor: Employee) -> dict[str, Any]:
    """Natural values by code. Texts are read as an imported table would be.

    Raises Invalid, naming the field.
    """
    values: dict[str, Any] = {}
    for code, value in given.items():
        field = schema.get(code)
        if field is None:
            raise Invalid({code: [_("The list has no field “%(code)s”.") % {"code": code}]})
        try:
            values[code] = natural(field, value, actor=actor)
        except ValidationError as error:
            raise Invalid({code: [f"{field.name}: {' '.join(error.messages)}"]}) from None
    return values


def natural(field: SchemaField, value: Any, *, actor: Employee) -> Any:
    """One value as the field holds it: a list for a multiple field, one item otherwise."""
    items = value if isinstance(value, list) else [value]
    items = [item for item in items if item not in (None, "")]
    if not field.multiple and len(items) > 1:
        raise ValidationError(_("The field takes one value."))
    read = [_item(field, item, actor) for item in items]
    if not read:
        return None
    return read if field.multiple else read[0]


def _item(field: SchemaField, item: Any, actor: Employee) -> Any:
    if isinstance(item, Money) and field.type.slug != "money":
        item = item.amount
    if not isinstance(item, str):
        return field.type.clean(field.field, item)
    read = field.type.from_texts(field.field, [item], actor=actor)[item]
    if isinstance(read, ValidationError):
        raise read
    return read
