"""Bringing former values of an element back: a write like any other, with a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, schema_for
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.recorded import recorded, restorable
from lists_core.selectors.versions import State, states
from lists_core.services.elements import (
    locked_row,
    open_list,
    place_for,
    require_on,
    update_element,
)
from lists_core.services.file_uses import put_back_file_uses
from lists_core.services.references import check_references
from lists_core.services.values import clean_values
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid, NotFound


@dataclass(frozen=True)
class Restored:
    """The row as saved; `left` maps codes of fields that stay as they are to the reasons."""

    row: Any
    left: Mapping[str, list[str]] = field(default_factory=dict)


def restore_version(list_id: int, element_id: int, version: int, *, actor: Employee) -> Restored:
    """Give the element the values that it had after `version`.

    Fields to which a former value fits no more, or that the actor may not change, stay and are
    told. Raises NotFound, Forbidden, Invalid (nothing is saved).
    """
    with transaction.atomic():
        own, row, state = _opened(list_id, element_id, version, actor=actor)
        differing = [one for one in recorded(own) if state[one.key] != one.to_json(one.read(row))]
        values, left = _fitting(own, row, differing, state, actor=actor)
        row = update_element(list_id, element_id, values, version=row.version, actor=actor)
    return Restored(row, left)


def restore_field(
    list_id: int, element_id: int, version: int, code: str, *, actor: Employee
) -> Restored:
    """Give one field the value that it had after `version`.

    Raises NotFound (also for a field that the actor may not see), Forbidden, Invalid.
    """
    with transaction.atomic():
        own, row, state = _opened(list_id, element_id, version, actor=actor)
        found = own.get(code)
        if found is None or found not in recorded(own):
            raise NotFound
        if found not in restorable(own):
            raise Forbidden
        values, left = _fitting(own, row, [found], state, actor=actor)
        if left:
            raise Invalid(left)
        row = update_element(list_id, element_id, values, version=row.version, actor=actor)
    return Restored(row)


def _opened(
    list_id: int, element_id: int, version: int, *, actor: Employee
) -> tuple[Schema, Any, State]:
    """The schema as the actor may know it, the locked row, and its values after `version`."""
    list_, schema = open_list(list_id)
    row = locked_row(schema, element_id, actor)
    require_on(actor, Right.CHANGE, schema, row)
    if not 0 < version <= row.version:
        raise NotFound
    own = schema_for(actor, list_, row)
    return own, row, states(own, row, version)[0]


def _fitting(
    own: Schema, row: Any, fields: list[SchemaField], state: State, *, actor: Employee
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Natural values by code of those that may be brought back, and why others may not."""
    values: dict[str, Any] = {}
    left: dict[str, list[str]] = {}
    open_ = restorable(own)
    for found in fields:
        try:
            if found not in open_:
                raise Invalid({found.code: [_("You may not change this field.")]})
            values[found.code] = _checked(own, row, found, state[found.key], actor=actor)
        except ValidationError as error:
            left[found.code] = error.messages
        except (Invalid, Forbidden) as error:
            left[found.code] = _reasons(error, found.code)
    return values, left


def _checked(own: Schema, row: Any, found: SchemaField, raw: Any, *, actor: Employee) -> Any:
    """The former value, if it fits today's rules; files that the element let go are its own
    again, whoever uploaded them. Raises ValidationError, Invalid, Forbidden."""
    if found.code == "SECTION":
        return raw if raw == row.section else place_for(found.field.list, raw, actor=actor)
    value = _former(found, raw)
    cleaned = clean_values(own, {found.code: value}, partial=True, own=own)
    check_references(cleaned, actor=actor, row=row)
    put_back_file_uses(own, row.pk, cleaned)
    return value


def _former(found: SchemaField, raw: Any) -> Any:
    try:
        return found.from_json(raw)
    except (TypeError, ValueError, LookupError):
        raise ValidationError(_("The former value does not fit this field any more.")) from None


def _reasons(error: Invalid | Forbidden, code: str) -> list[str]:
    if isinstance(error, Invalid):
        return error.errors.get(code) or [str(error)]
    return [str(error)]
