"""Where a file of the Disk is used, as far as the person who asks may see (docs/access.md)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.access import readable_fields, remembering, rights_in, schema_for, visible_lists
from lists_core.models import DiskFile, Field, FileUse
from lists_core.selectors.across import names_across, together
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.registry import Registry

SHOWN = 50


@dataclass(frozen=True)
class Place:
    """One thing that uses the file; `where` says which part of it."""

    title: str
    url: str
    where: str = ""


class DiskUser:
    """A kind of thing that uses files of the Disk; upper apps register theirs."""

    slug: str = ""
    label: str | Promise = ""
    icon: str = "link"

    def places(self, actor: Employee, file: DiskFile) -> Sequence[Place]:
        """Those that the actor may see, at most SHOWN + 1 of them; others are not told of."""
        raise NotImplementedError(f"{type(self).__name__} uses nothing")


disk_users: Registry[DiskUser] = Registry("user of the Disk")


@dataclass(frozen=True)
class UsedBy:
    label: str | Promise
    icon: str
    places: Sequence[Place]
    more: bool


def used_by(actor: Employee, file: DiskFile) -> list[UsedBy]:
    """By each kind that uses it, the places that the actor may see."""
    with remembering():
        found = [(user, user.places(actor, file)) for user in disk_users]
    return [
        UsedBy(user.label, user.icon, places[:SHOWN], len(places) > SHOWN)
        for user, places in found
        if places
    ]


def kept_by(file: DiskFile) -> QuerySet[Any, Any]:
    """Ids of the stored files of all versions, as a part of a statement."""
    return file.versions.order_by().values("file")


@disk_users.register
class Linked(DiskUser):
    """Elements whose fields of the type File (Disk) refer to it."""

    slug = "element"
    label = _("Elements of lists")
    icon = "list-details"

    def places(self, actor: Employee, file: DiskFile) -> Sequence[Place]:
        pointing = _pointing_fields(actor)
        parts = [
            _holding(schema, field, actor, file.pk).values_list(Value(number), "pk", "name")
            for number, (_list, schema, field) in enumerate(pointing)
        ]
        return [
            _place(pointing[number][0], pointing[number][2].name, pk, name)
            for number, pk, name in together(parts)
        ][: SHOWN + 1]


def _pointing_fields(actor: Employee) -> list[tuple[Any, Any, Any]]:
    rows = Field.objects.filter(
        type="disk_file", deleted_at=None, list__in=visible_lists(actor)
    ).select_related("list")
    known = list(rows.order_by("list__name", "pk"))
    rights_in(actor, {row.list_id for row in known})
    found = [(row.list, schema_for(actor, row.list), row.column) for row in known]
    return [
        (list_, schema, schema.by_key[column])
        for list_, schema, column in found
        if column in schema.by_key
    ]


def _holding(schema: Any, field: Any, actor: Employee, file_id: int) -> QuerySet[Any]:
    lookup, value = ("contains", [file_id]) if field.multiple else ("exact", file_id)
    holds = Q.create([(f"{field.main_column}__{lookup}", value)])
    return elements(schema, actor).filter(holds).order_by(F("pk").desc())[: SHOWN + 1]


def _place(list_: Any, where: str, pk: int, name: str) -> Place:
    return Place(name, reverse("element", args=[list_.pk, pk]), f"{list_.name} · {where}")


@disk_users.register
class Kept(DiskUser):
    """Elements that keep one of its versions in a field of the type File."""

    slug = "element_file"
    label = _("Elements that keep it as a file")
    icon = "paperclip"

    def places(self, actor: Employee, file: DiskFile) -> Sequence[Place]:
        uses = FileUse.objects.filter(file__in=kept_by(file), field__deleted_at=None)
        rows = list(uses.select_related("field__list").order_by("-pk")[: 10 * SHOWN])
        wanted: dict[int, set[int]] = {}
        for use in rows:
            wanted.setdefault(use.field.list_id, set()).add(use.element_id)
        names = names_across(actor, wanted)
        shown = _in_tables(actor, rows)
        return [
            _place(use.field.list, use.field.name, use.element_id, names[key])
            for use in rows
            if (key := (use.field.list_id, use.element_id)) in names and use.field_id in shown
        ][: SHOWN + 1]


def _in_tables(actor: Employee, uses: Collection[FileUse]) -> set[int]:
    """Ids of the uses' fields that the actor reads in tables."""
    by_list: dict[int, set[Field]] = {}
    for use in uses:
        by_list.setdefault(use.field.list_id, set()).add(use.field)
    return {
        field_id
        for list_id, fields in by_list.items()
        for field_id in readable_fields(actor, list_id, fields, is_author=False)
    }
