"""Writes to a list's fields. Each renews the schema's version together with the columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.access import visible_lists
from lists_core.field_types.base import field_types
from lists_core.models import Field, List
from lists_core.models.lists import CODE
from lists_core.schema import ddl
from lists_core.schema.fields import SchemaField
from lists_core.schema.system import SYSTEM_CODES
from lists_core.services.listeners import fields_changed
from lists_core.services.lists import locked_list
from lists_core.services.outbox import announce
from lists_core.services.type_changes import before_change
from staff.models import Employee
from svod.base.errors import Conflict, Invalid, NotFound

#: What a designer sets; `type`, `multiple` and `unique` change columns and have own services.
PLAIN = {
    "code", "name", "hint", "sort", "required", "default", "show_in_list", "show_in_add",
    "show_in_edit", "readonly_in_add", "readonly_in_edit", "settings",
}  # fmt: skip
MAX_FIELDS = 400
FIXED = _("The program itself reads this field: it keeps its code and type and is not deleted.")
Result = TypeVar("Result")


def create_field(list_id: int, type_slug: str, *, actor: Employee, **given: Any) -> Field:
    """Add a field with its columns. `given` are PLAIN keys, `multiple`, `unique` and `fixed`.

    Raises Invalid (errors by key), NotFound, Forbidden, ListBusy.
    """

    def create() -> Field:
        list_ = _open(list_id, actor)
        field = Field(list=list_, type=type_slug, **given)
        field.code = field.code or free_code(list_, field.name)
        check_field(field)
        check_target(field, actor=actor)
        field.save()
        field.column = f"f{field.pk}"
        field.save(update_fields=["column"])
        schema_field = SchemaField.of(field)
        ddl.add_columns(list_.pk, schema_field)
        if field.unique:
            ddl.add_unique(list_.pk, schema_field.main_column)
        schema_field.type.settings_saved(field, given.get("settings", {}))
        _renew(list_, "field.created", field, actor)
        fields_changed(list_, field.code)
        return field

    return ddl.with_ddl_retry(create)


def update_field(field_id: int, *, actor: Employee, **given: Any) -> Field:
    """Change a field's settings (PLAIN keys and `unique`). Raises Invalid, NotFound, ListBusy."""

    def update() -> Field:
        list_, field = _open_field(field_id, actor)
        was_unique, target, code = field.unique, field.settings.get("list"), field.code
        for key in (PLAIN | {"unique"}) & set(given):
            setattr(field, key, given[key])
        if field.fixed and field.code != code:
            raise Invalid({"code": [FIXED]})
        check_field(field)
        if field.settings.get("list") != target:
            check_target(field, actor=actor)
        field.save()
        if field.unique != was_unique:
            _switch_unique(list_, field)
        SchemaField.of(field).type.settings_saved(field, given.get("settings", {}))
        _renew(list_, "field.changed", field, actor)
        if field.code != code:
            fields_changed(list_, code, field.code)
        return field

    return ddl.with_ddl_retry(update)


def delete_field(field_id: int, *, actor: Employee) -> Field:
    """Move a field to the bin: it leaves the forms, its columns keep the data."""

    def delete() -> Field:
        list_, field = _open_field(field_id, actor)
        if field.fixed:
            raise Conflict(FIXED)
        if field.unique:  # an index of a field nobody sees would refuse values for no reason
            ddl.drop_unique(list_.pk, SchemaField.of(field).main_column)
        field.deleted_at = timezone.now()
        field.save(update_fields=["deleted_at"])
        _renew(list_, "field.deleted", field, actor)
        fields_changed(list_, field.code)
        return field

    return ddl.with_ddl_retry(delete)


def restore_field(field_id: int, *, actor: Employee) -> Field:
    """Bring a field back with its data; its code must still be free.

    It is unique no longer when values were repeated meanwhile.
    """

    def restore() -> Field:
        list_, field = _open_field(field_id, actor, deleted=True)
        field.deleted_at = None
        check_field(field)
        field.unique = field.unique and ddl.try_unique(list_.pk, SchemaField.of(field).main_column)
        field.save(update_fields=["deleted_at", "unique"])
        _renew(list_, "field.restored", field, actor)
        fields_changed(list_, field.code)
        return field

    return ddl.with_ddl_retry(restore)


def purge_field(field_id: int, *, actor: Employee | None) -> None:
    """Drop the columns of a field of the bin, for good; nobody (None) is the bin's own time."""

    def purge() -> None:
        list_, field = _open_field(field_id, actor, deleted=True)
        for stored in (field, *map(before_change, field.type_changes.all())):
            ddl.drop_columns(list_.pk, SchemaField.of(stored).column_names)
        _renew(list_, "field.purged", field, actor)
        field.delete()

    ddl.with_ddl_retry(purge)


@transaction.atomic
def sort_fields(list_id: int, field_ids: Sequence[int], *, actor: Employee) -> None:
    """Put the fields into this order; ids that are not the list's are passed over."""
    list_ = locked_list(list_id, actor=actor)
    own = {field.pk: field for field in list_.fields.all()}
    ordered = [own[pk] for pk in field_ids if pk in own]
    for place, field in enumerate(ordered, start=1):
        field.sort = place * 10
    Field.objects.bulk_update(ordered, ["sort"])
    list_.schema_version += 1
    list_.save(update_fields=["schema_version"])


def free_code(list_: List, name: str) -> str:
    """A code made of the field's name that no other field of the list has."""
    stem = re.sub(r"[^A-Z0-9]+", "_", transliterate(name).upper()).strip("_")[:40] or "FIELD"
    stem = stem if stem[0].isalpha() else f"F_{stem}"
    taken = set(list_.fields.filter(deleted_at=None).values_list("code", flat=True)) | SYSTEM_CODES
    numbered = (f"{stem}_{number}" for number in range(2, MAX_FIELDS + 2))
    return next(code for code in (stem, *numbered) if code not in taken)


LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r",
         "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya"],
        strict=True,
    )
)  # fmt: skip


def transliterate(text: str) -> str:
    return "".join(LETTERS.get(letter, letter) for letter in text.lower())


def _open(list_id: int, actor: Employee | None) -> List:
    ddl.lock_for_change(list_id)
    return locked_list(list_id, actor=actor)


def _open_field(
    field_id: int, actor: Employee | None, *, deleted: bool = False
) -> tuple[List, Field]:
    found = Field.objects.filter(pk=field_id, deleted_at__isnull=not deleted)
    list_id = found.values_list("list", flat=True).first()
    if list_id is None:
        raise NotFound
    list_ = _open(list_id, actor)
    return list_, found.get()


def _renew(list_: List, topic: str, field: Field, actor: Employee | None) -> None:
    list_.schema_version += 1
    list_.save(update_fields=["schema_version", "modified_at"])
    announce(topic, list_.pk, field=field.pk, actor=actor.pk if actor else None)


def _switch_unique(list_: List, field: Field) -> None:
    column = SchemaField.of(field).main_column
    if not field.unique:
        ddl.drop_unique(list_.pk, column)
        return
    if not ddl.try_unique(list_.pk, column):
        raise Invalid({"unique": [_("Some elements share a value already.")]})


def check_field(field: Field) -> None:
    """Raise Invalid for settings that cannot be kept."""
    errors: dict[str, list[Any]] = {}
    for key, check in CHECKS.items():
        message = check(field)
        if message:
            errors[key] = [message]
    if not errors:
        errors = _check_default(field)
    if errors:
        raise Invalid(errors)


def check_target(field: Field, *, actor: Employee) -> None:
    """Raise Invalid for a link to a list that the actor does not see."""
    target = field.settings.get("list")
    if target is not None and not visible_lists(actor).filter(pk=target).exists():
        raise Invalid({"list": [_("There is no such list.")]})


def _code_error(field: Field) -> Any:
    try:
        CODE(field.code)
    except ValidationError as error:
        return error.message
    others = Field.objects.filter(list=field.list, code=field.code, deleted_at=None)
    if field.code in SYSTEM_CODES or others.exclude(pk=field.pk).exists():
        return _("This code is already taken.")
    return None


def _type_error(field: Field) -> Any:
    return None if field.type in field_types else _("There is no such field type.")


def _multiple_error(field: Field) -> Any:
    allowed = field.type not in field_types or field_types.get(field.type).multiple_allowed
    return _("This type holds one value only.") if field.multiple and not allowed else None


def _unique_error(field: Field) -> Any:
    allowed = field.type not in field_types or field_types.get(field.type).unique_allowed
    refused = field.unique and (field.multiple or not allowed)
    return _("Values of this field cannot be unique.") if refused else None


def _default_error(field: Field) -> Any:
    concealed = field.type in field_types and field_types.get(field.type).concealed
    refused = concealed and field.default not in (None, "", [])
    return _("A secret has no default.") if refused else None


def _count_error(field: Field) -> Any:
    if field.pk is None and field.list.fields.count() >= MAX_FIELDS:
        return _("The list has too many fields.")
    return None


CHECKS: Mapping[str, Callable[[Field], Any]] = {
    "code": _code_error,
    "type": _type_error,
    "multiple": _multiple_error,
    "unique": _unique_error,
    "default": _default_error,
    "name": lambda field: None if field.name.strip() else _("This field is required."),
    "": _count_error,
}


def _check_default(field: Field) -> dict[str, list[Any]]:
    """Bring the default into its stored form, or tell why it does not fit."""
    schema_field = SchemaField.of(field)
    try:
        field.default = schema_field.to_json(
            schema_field.clean(schema_field.from_json(field.default))
        )
    except ValidationError as error:
        return {"default": error.messages}
    return {}
