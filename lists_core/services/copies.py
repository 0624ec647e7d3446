"""Copying a list: settings, fields, sections and, when asked, its elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.models import Element, ElementVersion, Field, FieldOption, List, Section
from lists_core.schema import ddl
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.selectors.lists import access_list
from lists_core.services.file_uses import copy_file_uses
from lists_core.services.history import record_versions
from lists_core.services.lists import SETTINGS, create_list
from lists_core.services.outbox import announce
from lists_core.services.readers import sync_readers
from lists_core.services.stored_rights import copy_rights
from lists_core.services.view_copies import copy_views
from staff.models import Employee
from svod.base.errors import Conflict

BATCH = 1000
Report = Callable[[int, int], None]


def copy_list(
    list_id: int,
    *,
    actor: Employee,
    name: str = "",
    with_elements: bool = False,
    report: Report = lambda done, total: None,
) -> List:
    """A new list like this one; with elements, those that the actor may read."""
    source = access_list(actor, Right.FULL, list_id)
    if source.system:
        raise Conflict(_("The program needs this list: it is not copied."))
    settings = {key: getattr(source, key) for key in SETTINGS - {"code"}}
    settings["name"] = name or _("%(name)s (copy)") % {"name": source.name}
    target = create_list(actor=actor, **settings)
    copy_rights(List, {source.pk: target.pk})
    ddl.with_ddl_retry(lambda: _copy_fields(source, target))
    sections = _copy_sections(source, target)
    target.refresh_from_db()
    copy_views(source, target, sections, actor=actor)
    if with_elements:
        try:
            _copy_elements(source, target, sections, actor, report)
        except BaseException:
            _to_bin(target, actor)
            raise
    return target


def _to_bin(target: List, actor: Employee) -> None:
    """Half a copy looks like a whole one. It goes whatever rights the actor has left."""
    List.objects.filter(pk=target.pk).update(deleted_at=timezone.now())
    announce("list.deleted", target.pk, actor=actor.pk)


def _copy_fields(source: List, target: List) -> None:
    for field in source.fields.filter(deleted_at=None).prefetch_related("options"):
        own = copy(field)
        own.pk, own.list, own.fixed = None, target, False
        own._state.adding = True
        own.save()
        own.column = f"f{own.pk}"
        own.save(update_fields=["column"])
        copy_rights(Field, {field.pk: own.pk})
        _copy_options(field, own)
        schema_field = SchemaField.of(Field.objects.get(pk=own.pk))
        ddl.add_columns(target.pk, schema_field)
        if own.unique:
            ddl.add_unique(target.pk, schema_field.main_column)
        schema_field.type.settings_saved(own, {})
    target.schema_version += 1
    target.save(update_fields=["schema_version"])


def _copy_options(field: Field, own: Field) -> None:
    for option in field.options.all():
        FieldOption.objects.create(
            field=own,
            name=option.name,
            code=option.code,
            color=option.color,
            sort=option.sort,
            is_default=option.is_default,
            deleted_at=option.deleted_at,
        )


def _copy_sections(source: List, target: List) -> dict[int, int]:
    """Copies the tree; returns old id → new id."""
    ids: dict[int, int] = {}
    for section in Section.objects.with_tree_fields().filter(list=source):
        own = Section.objects.create(
            list=target,
            parent_id=ids.get(section.parent_id) if section.parent_id else None,
            name=section.name,
            code=section.code,
            description=section.description,
            sort=section.sort,
            restricted=section.restricted,
        )
        ids[section.pk] = own.pk
    copy_rights(Section, ids)
    return ids


def _copy_elements(
    source: List, target: List, sections: dict[int, int], actor: Employee, report: Report
) -> None:
    old, new = schema_of(source), schema_of(target)
    total, done = elements(old, actor).count(), 0
    for batch in _batches(source, old, actor):
        with transaction.atomic():
            ddl.lock_for_write(target.pk)
            copied = [_copied(row, old, new, sections, actor) for row in batch]
            _save(new, target, copied, actor)
            pairs = {row.pk: own.pk for row, own in zip(batch, copied, strict=True)}
            copy_file_uses(new, pairs)
            copy_rights(Element, pairs, list_id=target.pk)
            sync_readers(target.pk, list(pairs.values()))
        done += len(batch)
        report(done, total)


def _batches(source: List, schema: Schema, actor: Employee) -> Iterator[list[Any]]:
    """The elements that the actor may read when their batch comes."""
    last = 0
    while batch := list(elements(schema, actor).filter(pk__gt=last).order_by("pk")[:BATCH]):
        access_list(actor, Right.FULL, source.pk)
        yield batch
        last = batch[-1].pk


def _copied(row: Any, old: Schema, new: Schema, sections: dict[int, int], actor: Employee) -> Any:
    columns: dict[str, Any] = {}
    for field in new.editable:
        origin = old[field.code]
        columns |= field.to_columns(_carried(origin, field, origin.read(row)))
    return new.model(
        section=sections.get(row.section),
        restricted=row.restricted,
        created_by=actor.pk,
        modified_by=actor.pk,
        **columns,
    )


def _carried(origin: SchemaField, field: SchemaField, value: Any) -> Any:
    items = [field.type.carry(origin.field, field.field, item) for item in origin.items(value)]
    kept = [item for item in items if item is not None]
    return (kept or None) if field.multiple else (kept[0] if kept else None)


def _save(schema: Schema, target: List, rows: list[Any], actor: Employee) -> None:
    registered = Element.objects.bulk_create(Element(list=target) for _row in rows)
    now = timezone.now()
    for row, element in zip(rows, registered, strict=True):
        row.pk, row.created_at, row.modified_at = element.pk, now, now
    schema.model.objects.bulk_create(rows)
    created: list[tuple[Any, dict[str, list[Any]]]] = [(row, {}) for row in rows]
    record_versions(ElementVersion.Kind.CREATED, target.pk, created, actor=actor)
    announce("element.created", target.pk, ids=[row.pk for row in rows], actor=actor.pk)
