"""Changing a field's type: preview, conversion beside the old columns, confirm or take back.

Values of another type travel through their text form; between one value and several of the
same type they go as they are. They are written to new columns in batches while
people go on working; the last step, under the list's lock, converts only what was edited
meanwhile and switches the field over. The old columns stay until somebody confirms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, allowed, require
from lists_core.field_types.base import field_types
from lists_core.models import ElementVersion, Field, List, TypeChange
from lists_core.schema import ddl
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import compile_model
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles, scope_of
from lists_core.services.history import forget_values
from lists_core.services.listeners import fields_changed
from lists_core.services.lists import locked_list
from lists_core.services.outbox import announce
from staff.models import Employee
from svod.base.errors import Invalid, NotFound

BATCH = 2000
SAMPLES = 20
FIXED_STAYS = _("The program itself reads this field: its type stays.")
SECRETS_STAY = gettext_lazy("Secrets cannot become values that anybody reads.")
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Target:
    """What the field is to become."""

    type: str
    multiple: bool
    settings: dict[str, Any]


@dataclass(frozen=True)
class Preview:
    """What a change would do: `samples` are (text, how many elements, why it does not fit).

    All rows are counted; the texts are of elements that the actor may read.
    """

    filled: int
    misfits: int
    samples: list[tuple[str, int, str]]


def preview_type_change(
    field_id: int, target: Target, *, actor: Employee, report: Report = lambda done, total: None
) -> Preview:
    """Convert every value without keeping anything. Reads the whole list in batches."""
    list_, field = _open(field_id, actor)
    old, new = SchemaField.of(field), SchemaField.of(_becoming(field, target))
    filled, misfits, reasons, counts = 0, 0, {}, Counter[str]()
    with transaction.atomic():
        for rows in _batches(_filled(list_, old), report):
            bad = _misfits(rows, _converted(old, new, rows, actor))
            readable = _readable(list_, [pk for pk, _text, _reason in bad], actor)
            filled, misfits = filled + len(rows), misfits + len(bad)
            for pk, text, reason in bad:
                if pk in readable:
                    counts[text] += 1
                    reasons[text] = reason
        transaction.set_rollback(True)  # a type may create options while it reads texts
    samples = [(text, number, reasons[text]) for text, number in counts.most_common(SAMPLES)]
    return Preview(filled, misfits, samples)


def change_type(
    field_id: int, target: Target, *, actor: Employee, report: Report = lambda done, total: None
) -> TypeChange:
    """Convert the field; values that do not fit become empty and stay in the old columns."""
    list_, field = _open(field_id, actor)
    becoming = _becoming(field, target)
    becoming.column = _next_column(field)
    old, new = SchemaField.of(field), SchemaField.of(becoming)
    with ddl.only_one(field.pk):
        mark = _add_columns(list_, new)
        try:
            misfits = _convert(list_, old, new, _filled(list_, old), actor, report)
            return _switch(list_, old, new, mark, misfits, actor)
        except BaseException:
            ddl.with_ddl_retry(lambda: ddl.drop_columns(list_.pk, new.column_names))
            raise


def confirm_type_change(list_id: int, change_id: int, *, actor: Employee) -> None:
    """Drop the old columns for good; what became a secret leaves the history as well."""

    def confirm() -> None:
        change, list_ = _open_change(list_id, change_id, actor)
        if field_types.get(change.field.type).concealed:
            forget_values(list_, change.column)
        ddl.drop_columns(list_.pk, SchemaField.of(before_change(change)).column_names)
        change.delete()

    ddl.with_ddl_retry(confirm)


def undo_type_change(list_id: int, change_id: int, *, actor: Employee) -> Field:
    """Return the field to its old type and old values; values entered since are dropped.

    Only the newest change can be taken back.
    """

    def undo() -> Field:
        change, list_ = _open_change(list_id, change_id, actor)
        field = change.field
        if field.type_changes.filter(pk__gt=change.pk).exists():
            raise NotFound
        dropped = SchemaField.of(copy(field)).column_names
        before = before_change(change)
        ddl.drop_columns(list_.pk, dropped)
        before.unique = before.unique and ddl.try_unique(
            list_.pk, SchemaField.of(before).main_column
        )
        before.save()
        change.delete()
        _renew(list_, before, actor)
        return before

    return ddl.with_ddl_retry(undo)


# --- steps --------------------------------------------------------------------------------


def _open(field_id: int, actor: Employee) -> tuple[List, Field]:
    field = Field.objects.filter(pk=field_id, deleted_at=None).select_related("list").first()
    if field is None or field.list.deleted_at:
        raise NotFound
    require(actor, Right.FULL, field.list)
    return field.list, field


def _misfits(rows: list[Any], converted: list[tuple[str, Any]]) -> list[tuple[int, str, str]]:
    """(id, text, reason) of the rows whose value does not fit."""
    return [
        (row.pk, text, " ".join(value.messages))
        for row, (text, value) in zip(rows, converted, strict=True)
        if isinstance(value, ValidationError)
    ]


def _readable(list_: List, ids: list[int], actor: Employee) -> set[int]:
    """Those of the elements, the bin's included, that the actor may read."""
    schema = schema_of(list_)
    rows = schema.model.objects.filter(allowed(actor, Right.VIEW, schema), pk__in=ids)
    return set(rows.values_list("pk", flat=True))


def _becoming(field: Field, target: Target) -> Field:
    """The field as it would be; raises Invalid for a target that cannot be."""
    if target.type not in field_types:
        raise Invalid({"type": [_("There is no such field type.")]})
    if field.fixed:
        raise Invalid({"type": [FIXED_STAYS]})
    if field_types.get(field.type).concealed:
        raise Invalid({"type": [SECRETS_STAY]})
    if target.multiple and not field_types.get(target.type).multiple_allowed:
        raise Invalid({"multiple": [_("This type holds one value only.")]})
    becoming = copy(field)
    becoming.type, becoming.multiple = target.type, target.multiple
    becoming.settings = target.settings
    return becoming


def _next_column(field: Field) -> str:
    """`f12` → `f12v2` → `f12v3`: the column in use always has the highest number."""
    number = int(field.column.partition("v")[2] or 1) + 1
    return f"f{field.pk}v{number}"


def _filled(list_: List, old: SchemaField) -> QuerySet[Any]:
    """The rows, the bin's included, where the field has a value."""
    model = compile_model(list_.pk, (old,))
    rows: QuerySet[Any] = model.objects.exclude(**{f"{old.main_column}__isnull": True})
    return rows.order_by("pk")


def _batches(rows: QuerySet[Any], report: Report) -> Iterator[list[Any]]:
    total, done, last = rows.count(), 0, 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last, done = batch[-1].pk, done + len(batch)
        report(done, total)


def _converted(
    old: SchemaField, new: SchemaField, rows: list[Any], actor: Employee
) -> list[tuple[str, Any]]:
    """(old text, new value or ValidationError) of each row."""
    titles = row_titles([old], rows, actor=actor).get(old.key, {})
    texts = [old.to_text(old.read(row), titles) for row in rows]
    if old.type is new.type and scope_of(old) == scope_of(new):
        # The text of one namesake of two, or of formatted words, would say less than the value.
        values = [_reshaped(new, old.items(old.read(row))) for row in rows]
        return list(zip(texts, values, strict=True))
    known = new.from_texts(set(texts), actor=actor)
    return [(text, known[text]) for text in texts]


def _reshaped(new: SchemaField, items: list[Any]) -> Any:
    """The same values in a field for one or for several, or a ValidationError."""
    try:
        if new.multiple:
            return new.clean(items)
        if len(items) > 1:
            raise ValidationError(_("There are several values here."))
        return new.clean(items[0])
    except ValidationError as error:
        return error


def _add_columns(list_: List, new: SchemaField) -> int:
    """Add the new columns; returns the id of the last version that was there before them.

    Under the exclusive lock no writer is half-way, so whatever is edited during the
    conversion has a later version: no clock is asked.
    """

    def add() -> int:
        ddl.lock_for_change(list_.pk)
        ddl.drop_columns(list_.pk, new.column_names)  # what a killed conversion left
        ddl.add_columns(list_.pk, new)
        last = ElementVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
        return last or 0

    return ddl.with_ddl_retry(add)


def _convert(
    list_: List, old: SchemaField, new: SchemaField, rows: Any, actor: Employee, report: Report
) -> int:
    """Fill the new columns of these rows; returns how many values did not fit."""
    misfits = 0
    model = compile_model(list_.pk, (new,))
    for batch in _batches(rows, report):
        converted = _converted(old, new, batch, actor)
        misfits += sum(isinstance(value, ValidationError) for _text, value in converted)
        filled = [
            model(
                pk=row.pk, **new.to_columns(None if isinstance(value, ValidationError) else value)
            )
            for row, (_text, value) in zip(batch, converted, strict=True)
        ]
        model.objects.bulk_update(filled, list(new.column_names), batch_size=500)
    return misfits


def _switch(
    list_: List,
    old: SchemaField,
    new: SchemaField,
    mark: int,
    misfits: int,
    actor: Employee,
) -> TypeChange:
    def switch() -> TypeChange:
        ddl.lock_for_change(list_.pk)
        locked = locked_list(list_.pk, actor=actor)
        _convert_edited(locked, old, new, mark, actor)
        change = _remember(old.field, misfits, actor)
        field = new.field
        field.default = _default(old, new, actor)
        if old.field.unique:
            ddl.drop_unique(locked.pk, old.main_column)
            field.unique = _still_unique(locked, new)
        field.save()
        new.type.settings_saved(field, field.settings)
        _renew(locked, field, actor)
        return change

    return ddl.with_ddl_retry(switch)


def _convert_edited(
    list_: List, old: SchemaField, new: SchemaField, mark: int, actor: Employee
) -> None:
    """What people wrote since the batches began, emptied values included."""
    later = ElementVersion.objects.filter(pk__gt=mark, element__list=list_)
    ids = list(later.values_list("element", flat=True).distinct())
    edited = compile_model(list_.pk, (old,)).objects.filter(pk__in=ids)
    compile_model(list_.pk, (new,)).objects.filter(pk__in=ids).update(**new.to_columns(None))
    rows = edited.exclude(**{f"{old.main_column}__isnull": True}).order_by("pk")
    _convert(list_, old, new, rows, actor, lambda done, total: None)


def _remember(field: Field, misfits: int, actor: Employee) -> TypeChange:
    keys = ("type", "column", "multiple", "unique", "default", "settings")
    kept = {key: getattr(field, key) for key in keys}
    return TypeChange.objects.create(field=field, misfits=misfits, actor=actor, **kept)


def before_change(change: TypeChange) -> Field:
    field = copy(change.field)
    for key in ("type", "column", "multiple", "unique", "default", "settings"):
        setattr(field, key, getattr(change, key))
    return field


def _default(old: SchemaField, new: SchemaField, actor: Employee) -> Any:
    value = old.default()
    if value is None:
        return None
    if old.type is new.type:
        converted = _reshaped(new, old.items(value))
    else:
        text = old.to_text(value)
        converted = new.from_texts([text], actor=actor)[text]
    return None if isinstance(converted, ValidationError) else new.to_json(converted)


def _still_unique(list_: List, new: SchemaField) -> bool:
    allowed = new.type.unique_allowed and not new.multiple
    return allowed and ddl.try_unique(list_.pk, new.main_column)


def _renew(list_: List, field: Field, actor: Employee) -> None:
    list_.schema_version += 1
    list_.save(update_fields=["schema_version", "modified_at"])
    announce("field.type_changed", list_.pk, field=field.pk, actor=actor.pk)
    fields_changed(list_, field.code)


def _open_change(list_id: int, change_id: int, actor: Employee) -> tuple[TypeChange, List]:
    """The change, if it is of this list. The right comes first: a stranger learns nothing."""
    ddl.lock_for_change(list_id)
    list_ = locked_list(list_id, actor=actor)
    changes = TypeChange.objects.select_related("field").filter(field__list=list_)
    change = changes.filter(pk=change_id).first()
    if change is None:
        raise NotFound
    return change, list_
