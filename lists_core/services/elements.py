"""Writes to elements. Each is one transaction: right, lock, change, history, outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.access import Right, forget, list_rights, rights_on, schema_for
from lists_core.models import Element, ElementVersion, List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import lock_for_write
from lists_core.schema.fields import SchemaField
from lists_core.selectors.bin import binned
from lists_core.selectors.elements import elements
from lists_core.services.audited import tell_elements
from lists_core.services.file_uses import keep_file_uses
from lists_core.services.listeners import (
    Refused,
    Write,
    allowed_writes,
    before_write,
    deletable,
)
from lists_core.services.merging import overwritten
from lists_core.services.readers import sync_readers
from lists_core.services.references import available, check_references
from lists_core.services.saving import save_changed, stamp, told
from lists_core.services.stored_rights import copy_rights
from lists_core.services.values import clean_values, not_unique
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound

Kind = ElementVersion.Kind


class Changed(Conflict):
    """Another person saved the element first; `row` is what stands there now, `keys` are the
    column stems that would be written over: by the writer, or by a rule that their values wake."""

    code = "element_changed"
    message = _("Someone else has changed this element.")

    def __init__(self, row: Any, keys: Collection[str] = ()) -> None:
        super().__init__(version=row.version)
        self.row = row
        self.keys = frozenset(keys)


def open_list(list_id: int) -> tuple[List, Schema]:
    """Lock the list's structure until the transaction ends and read it as it is now."""
    lock_for_write(list_id)
    forget()  # rights are checked as they are now, not as the page read them
    list_ = List.objects.filter(pk=list_id, deleted_at=None).first()
    if list_ is None:
        raise NotFound
    return list_, schema_of(list_)


def create_element(
    list_id: int,
    values: Mapping[str, Any],
    *,
    actor: Employee,
    section_id: int | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> Any:
    """Add an element. `values` maps codes to natural values; absent fields get their defaults.

    `fixed` are values that the place gives where the element is added, whoever may change their
    fields; they too may name only what the actor sees.
    Returns the new row. Raises NotFound, Forbidden, Invalid (errors by code).
    """
    with transaction.atomic():
        list_, schema = open_list(list_id)
        target = place_for(list_, section_id, actor=actor)
        own = schema_for(actor, list_, new=True)
        cleaned = clean_values(schema, values, partial=False, own=own)
        cleaned |= clean_values(schema, fixed or {}, partial=True)
        chosen = {*values, *(fixed or {})}
        given = {field: value for field, value in cleaned.items() if field.code in chosen}
        check_references(given, actor=actor)  # a default may point to what the actor sees not
        row = schema.model(**_columns(cleaned), section=target)
        _stamp_new(row, list_, actor)
        changes = created(schema, row)
        before_write(Write(Kind.CREATED, schema, row, changes, actor))
        with unique_errors(schema):
            row.save(force_insert=True)
        keep_file_uses(schema, row.pk, cleaned, actor=actor)
        told(schema, Kind.CREATED, [(row, changes)], actor)
    return row


def update_element(
    list_id: int,
    element_id: int,
    values: Mapping[str, Any],
    *,
    version: int,
    actor: Employee,
    strict: bool = False,
) -> Any:
    """Change some fields of an element that the actor saw at `version`.

    `values` maps codes to natural values; "SECTION" moves the element (None is the root).
    Returns the row as saved (unchanged when nothing differs); what others wrote to other fields
    meanwhile stays. Raises Changed with the newer row when another person wrote to one of the
    same fields, or to one that a listener fills (`strict`: to any), NotFound, Forbidden, Invalid.
    """
    with transaction.atomic():
        list_, schema = open_list(list_id)
        row = locked_row(schema, element_id, actor)
        require_on(actor, Right.CHANGE, schema, row)
        fields = {code: value for code, value in values.items() if code != "SECTION"}
        own = schema_for(actor, list_, row)
        differing = _differing(own, row, fields)
        met = overwritten(row, version, _keys(own, row, values, differing))
        if met or (strict and row.version != version):
            raise Changed(row, met)
        cleaned = clean_values(schema, differing, partial=True, own=own)
        check_references(cleaned, actor=actor, row=row)
        changes = apply_values(schema, row, cleaned)
        if "SECTION" in values and values["SECTION"] != row.section:
            changes |= put_into(row, place_for(list_, values["SECTION"], actor=actor))
        if changes:
            before_write(Write(Kind.CHANGED, schema, row, changes, actor))
            _refuse_filling(schema, row, version, changes, actor)
            _save(schema, row, actor)
            keep_file_uses(schema, row.pk, cleaned, actor=actor)
            told(schema, Kind.CHANGED, [(row, changes)], actor)
    return row


def delete_elements(list_id: int, ids: Collection[int], *, actor: Employee) -> int:
    """Move elements to the bin; returns how many went. Unreadable ids are passed over.

    All of them go or none: raises what a listener refused.
    """
    with transaction.atomic():
        gone, refused = delete_some(list_id, ids, actor=actor)
        if refused:
            raise next(iter(refused.values()))
    return len(gone)


def delete_some(
    list_id: int, ids: Collection[int], *, actor: Employee, strict: bool = True
) -> tuple[list[Any], Refused]:
    """The same: the rows that went, with what listeners refused; if `strict` their refusal is
    raised when nothing is left."""
    return _mark(list_id, ids, Kind.DELETED, actor=actor, strict=strict)


def restore_elements(list_id: int, ids: Collection[int], *, actor: Employee) -> int:
    """Bring elements back from the bin; returns how many came."""
    return len(restore_some(list_id, ids, actor=actor))


def restore_some(list_id: int, ids: Collection[int], *, actor: Employee) -> list[Any]:
    """The same: the rows that came. Raises Invalid for a unique value taken meanwhile."""
    return _mark(list_id, ids, Kind.RESTORED, actor=actor)[0]


def move_elements(
    list_id: int, ids: Collection[int], *, section_id: int | None, actor: Employee
) -> int:
    """Put elements into a section (None is the root); returns how many moved."""
    return len(move_some(list_id, ids, section_id=section_id, actor=actor)[0])


def move_some(
    list_id: int,
    ids: Collection[int],
    *,
    section_id: int | None,
    actor: Employee,
    strict: bool = True,
) -> tuple[list[Any], Refused]:
    """The same: the rows that moved, with what listeners refused; if `strict` their refusal is
    raised when nothing is left."""
    with transaction.atomic():
        list_, schema = open_list(list_id)
        target = place_for(list_, section_id, actor=actor)
        rows = permitted_rows(schema, elements(schema, actor), ids, Right.CHANGE, actor)
        changes = [(row, put) for row in rows if (put := put_into(row, target))]
        kept, refused = allowed_writes(Kind.CHANGED, schema, changes, actor, strict=strict)
        save_changed(schema, kept, actor)
        told(schema, Kind.CHANGED, kept, actor)
    return [row for row, _own in kept], refused


def copy_element(list_id: int, element_id: int, *, actor: Employee) -> Any:
    """Add a copy of an element; counters give it its own number, unique values and secrets
    are left out."""
    with transaction.atomic():
        list_, schema = open_list(list_id)
        row = locked_row(schema, element_id, actor)
        values = {
            field: field.read(row)
            for field in schema_for(actor, list_, row).changeable
            if not field.field.unique and not (field.type.automatic or field.type.concealed)
        }
        kept = {field.code: value for field, value in available(values, actor=actor).items()}
        copied = create_element(list_id, kept, actor=actor, section_id=row.section)
        close_as(schema, row, copied)
    return copied


# --- shared with bulk changes and import ------------------------------------------------


def locked_row(schema: Schema, element_id: int, actor: Employee) -> Any:
    """The readable row, locked for this transaction; NotFound otherwise."""
    row = elements(schema, actor).filter(pk=element_id).select_for_update().first()
    if row is None:
        raise NotFound
    return row


def require_on(actor: Employee, right: Right, schema: Schema, row: Any) -> None:
    """Raise Forbidden unless the actor holds the right on this element."""
    if right not in rights_on(actor, schema, [row])[row.pk]:
        raise Forbidden


def permitted_rows(
    schema: Schema, rows: QuerySet[Any], ids: Collection[int], right: Right, actor: Employee
) -> list[Any]:
    """Those of the rows on which the actor has the right, locked.

    Raises Forbidden when they have it on none of those that they see.
    """
    seen = list(rows.filter(pk__in=ids).select_for_update().order_by("pk"))
    held = rights_on(actor, schema, seen)
    permitted = [row for row in seen if right in held[row.pk]]
    if seen and not permitted:
        raise Forbidden
    return permitted


def place_for(list_: List, section_id: int | None, *, actor: Employee) -> int | None:
    """Where an element is to be put: a section of the list in which the actor may add.

    Raises Forbidden, Invalid. A section they know nothing of is no section to them.
    """
    rights = list_rights(actor, list_.pk)
    place = rights.place(section_id)
    if section_id is not None:
        known = Section.objects.filter(pk=section_id, list=list_).exists()
        if not known or not place.on_some:
            raise Invalid({"SECTION": [_("There is no such section.")]})
    if Right.ADD not in place.on_some:
        raise Forbidden
    return section_id


def apply_values(
    schema: Schema, row: Any, cleaned: Mapping[SchemaField, Any]
) -> dict[str, list[Any]]:
    """Set the row's columns; returns what differs as history keeps it: key → [old, new]."""
    changes = {}
    for field, value in cleaned.items():
        old = field.read(row)
        if old != value:
            changes[field.key] = [field.to_json(old), field.to_json(value)]
            for name, stored in field.to_columns(value).items():
                setattr(row, name, stored)
    return changes


class unique_errors:
    """Turn a broken unique index into Invalid with the field's own message."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.savepoint.__exit__(kind, error, trace)
        if isinstance(error, IntegrityError):
            field = not_unique(self.schema, error)
            if field is not None:
                raise Invalid({field.code: [_("This value is already taken.")]}) from error


# --- own steps --------------------------------------------------------------------------


def _differing(schema: Schema, row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the values that stand there already: they may be older than today's rules.

    An option or a link removed since would otherwise keep the whole form from being saved.
    """
    known = {field.code: field.read(row) for field in schema.editable if field.code in values}
    return {
        code: value
        for code, value in values.items()
        if value is None or code not in known or known[code] != value
    }


def _keys(
    schema: Schema, row: Any, values: Mapping[str, Any], differing: Collection[str]
) -> set[str]:
    """Column stems of what a write is about to change."""
    moves = "SECTION" in values and values["SECTION"] != row.section
    own = {schema[code].key for code in differing if code in schema.by_code}
    return own | ({"section"} if moves else set())


def _refuse_filling(
    schema: Schema, row: Any, version: int, changes: Collection[str], actor: Employee
) -> None:
    """Raise Changed where a listener would write over what others wrote since `version`."""
    met = overwritten(row, version, changes)
    if met:
        raise Changed(locked_row(schema, row.pk, actor), met)


def _columns(cleaned: Mapping[SchemaField, Any]) -> dict[str, Any]:
    return {
        name: stored
        for field, value in cleaned.items()
        for name, stored in field.to_columns(value).items()
    }


def close_as(schema: Schema, row: Any, copied: Any) -> None:
    """A copy shows to nobody whom the original was closed to."""
    copy_rights(Element, {row.pk: copied.pk}, list_id=schema.list_id)
    sync_readers(schema.list_id, [copied.pk])
    if row.restricted:
        schema.model.objects.filter(pk=copied.pk).update(restricted=True)
        copied.restricted = True


def put_into(row: Any, section_id: int | None) -> dict[str, list[Any]]:
    """Move the row into a section; what differs, as history keeps it."""
    if row.section == section_id:
        return {}
    change = {"section": [row.section, section_id]}
    row.section = section_id
    return change


def _stamp_new(row: Any, list_: List, actor: Employee) -> None:
    row.pk = Element.objects.create(list=list_).pk
    row.created_by = row.modified_by = actor.pk
    row.created_at = row.modified_at = timezone.now()


def _save(schema: Schema, row: Any, actor: Employee) -> None:
    stamp(row, actor)
    with unique_errors(schema):
        row.save(force_update=True)


def created(schema: Schema, row: Any) -> dict[str, list[Any]]:
    """What the history keeps of a new row."""
    values = {field: field.read(row) for field in schema.editable}
    return {
        field.key: [None, field.to_json(value)]
        for field, value in values.items()
        if value is not None
    }


def _mark(
    list_id: int, ids: Collection[int], kind: Kind, *, actor: Employee, strict: bool = True
) -> tuple[list[Any], Refused]:
    """Set or clear `deleted_at` of those ids that may be touched."""
    deleting = kind == Kind.DELETED
    with transaction.atomic():
        list_, schema = open_list(list_id)
        rows = elements(schema, actor) if deleting else binned(schema, actor)
        locked = permitted_rows(schema, rows, ids, Right.DELETE, actor)
        refused: Refused = {}
        if deleting:
            locked, refused = deletable(schema, locked, actor, strict=strict)
        for row in locked:
            row.deleted_at = timezone.now() if deleting else None
        changes: list[tuple[Any, dict[str, list[Any]]]] = [(row, {}) for row in locked]
        with unique_errors(schema):
            save_changed(schema, changes, actor, "deleted_at")
        told(schema, kind, changes, actor)
        tell_elements(f"element.{kind.value}", list_, locked, actor)
    return locked, refused
