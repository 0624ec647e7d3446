"""The plain values that fill a template, as the person it is made for may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.html import strip_tags
from moneyed import Money

from lists_core.access import schema_for, visible_lists
from lists_core.field_types.base import Titles
from lists_core.models import Field, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SEPARATOR, SchemaField
from lists_core.selectors.elements import elements, rows_by_ids
from lists_core.selectors.files import files_by_id
from lists_core.selectors.titles import row_titles
from staff.models import Employee
from workflows.documents import plain
from workflows.documents.extra import extra_values
from workflows.documents.names import (
    DOCUMENT,
    OWN,
    PERSON,
    PROCESS,
    ROWS,
    names_of,
    shown_fields,
)
from workflows.values import show

MAX_ROWS = 2_000
MAX_PICTURES = 40
PICTURE_BYTES = 15 * 1024 * 1024
#: Their natural values say all; the others are shown by their texts.
NATURAL = {"number", "money", "date", "datetime", "boolean"}


@dataclass
class Gathered:
    """Values by name, and the pictures they speak of."""

    values: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, StoredFile] = field(default_factory=dict)


class Gatherer:
    """Reads for one person; rows are read by lists, never one by one."""

    def __init__(self, actor: Employee) -> None:
        self.actor = actor
        self.gathered = Gathered()

    def element(self, schema: Schema, row: Any) -> dict[str, Any]:
        """The values of an element under the codes and captions of its fields."""
        return self.rows(schema, [row])[0]

    def rows(self, schema: Schema, rows: Sequence[Any], *, deep: bool = True) -> list[Any]:
        """The same of many elements of one list."""
        fields = shown_fields(schema)
        titles = row_titles(fields, rows, actor=self.actor)
        linked = self._linked(fields, rows) if deep else {}
        people = self._people(fields, rows)
        files = self._files(fields, rows)
        known: dict[str, Any] = {"element": linked, "employee": people, "file": files}
        return [
            _named(
                (one, self._value(one, one.read(row), titles.get(one.key, {}), known))
                for one in fields
            )
            for row in rows
        ]

    def _value(self, of: SchemaField, value: Any, titles: Titles, known: Mapping[str, Any]) -> Any:
        items = of.items(value)
        found = known.get(of.type.slug, {})
        encoded = [self._item(of, item, titles, found) for item in items]
        text = SEPARATOR.join(_text(of, item, titles) for item in items)
        if of.multiple:
            return plain.many(encoded, text)
        if encoded:
            return encoded[0]
        return plain.record(Empty(), "") if of.type.slug in {"element", "employee"} else None

    def _item(self, of: SchemaField, item: Any, titles: Titles, found: Mapping[Any, Any]) -> Any:
        text = _text(of, item, titles)
        if of.type.slug in {"element", "employee"}:
            values = found.get(item, Empty())
            # People go by their full names in documents.
            full = values.get("FULL_NAME", "") if of.type.slug == "employee" else ""
            return plain.record(values, full or text)
        if of.type.slug == "file" and item in found:
            return plain.picture(found[item], text)
        return encode(item) if of.type.slug in NATURAL else text

    def _linked(self, fields: Iterable[SchemaField], rows: Sequence[Any]) -> dict[Any, Any]:
        """Elements that the rows link to, one level down: id → values."""
        wanted: dict[Any, set[int]] = defaultdict(set)
        for one in fields:
            if one.type.slug == "element":
                for row in rows:
                    wanted[one.field.settings.get("list")].update(one.items(one.read(row)))
        found: dict[Any, Any] = {}
        for list_ in visible_lists(self.actor).filter(pk__in=wanted):
            own = rows_by_ids(schema_of(list_), sorted(wanted[list_.pk]), actor=self.actor)
            values = self.rows(schema_for(self.actor, list_), own, deep=False)
            found |= {row.pk: given for row, given in zip(own, values, strict=True)}
        return found

    def _people(self, fields: Iterable[SchemaField], rows: Sequence[Any]) -> dict[Any, Any]:
        ids = _ids("employee", fields, rows)
        people = Employee.objects.select_related("department").in_bulk(ids) if ids else {}
        return {pk: person(one) for pk, one in people.items()}

    def _files(self, fields: Iterable[SchemaField], rows: Sequence[Any]) -> dict[Any, str]:
        """Files that are pictures: id → place in the package."""
        ids = _ids("file", fields, rows)
        found = files_by_id(self.actor, ids) if ids else {}
        for pk, stored in sorted(found.items()):
            pictures = self.gathered.pictures
            if stored.width and stored.size < PICTURE_BYTES and len(pictures) < MAX_PICTURES:
                pictures[f"picture-{pk}"] = stored
        return {pk: f"picture-{pk}" for pk in found if f"picture-{pk}" in self.gathered.pictures}


class Empty(dict[str, Any]):
    """The parts of a link that leads nowhere: marked, for the child makes each of them empty."""

    def __init__(self) -> None:
        super().__init__({"": None})


def _ids(slug: str, fields: Iterable[SchemaField], rows: Sequence[Any]) -> set[int]:
    own = [one for one in fields if one.type.slug == slug]
    return {item for one in own for row in rows for item in one.items(one.read(row))}


def _named(pairs: Iterable[tuple[SchemaField, Any]]) -> dict[str, Any]:
    given = [(names_of(one), value) for one, value in pairs]
    captions = {names[-1]: value for names, value in reversed(given)}
    return captions | {names[0]: value for names, value in given}


def _text(of: SchemaField, item: Any, titles: Titles) -> str:
    if of.type.slug == "html":
        return strip_tags(str(item)).strip()
    return show(item) if of.type.slug in NATURAL else of.type.to_text(of.field, item, titles)


def encode(value: Any) -> Any:
    """Any value of a process as plain JSON with its text in the active language."""
    if isinstance(value, Mapping):
        return plain.record({str(name): encode(one) for name, one in value.items()}, "")
    if isinstance(value, list | tuple):
        return plain.many([encode(one) for one in value], show(value))
    if isinstance(value, bool):
        return plain.flag(value, show(value))
    if isinstance(value, Money):
        return plain.number(value.amount, show(value), str(value.currency))
    if isinstance(value, Decimal | int | float):
        return plain.number(value, show(value))
    return _moment(value)


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return plain.moment(timezone.localtime(value), show(value))
    if isinstance(value, date):
        return plain.moment(value, show(value))
    return show(value) if isinstance(value, time) else value


def person(one: Employee) -> dict[str, Any]:
    """What documents say of a person, under English and Russian names."""
    values = {
        "FULL_NAME": one.get_full_name(), "LAST_NAME": one.last_name,
        "FIRST_NAME": one.first_name, "PATRONYMIC": one.patronymic, "POSITION": one.position,
        "DEPARTMENT": str(one.department or ""), "EMAIL": one.email, "PHONE": one.phone,
    }  # fmt: skip
    return values | {PERSON[code][0]: value for code, value in values.items()}


def own_values(actor: Employee, now: datetime) -> dict[str, Any]:
    """Today, now, and who makes the document."""
    here = timezone.localtime(now)
    values = {
        "today": encode(here.date()),
        "now": encode(here),
        "author": plain.record(person(actor), actor.get_full_name()),
    }
    return values | {OWN[code][0]: value for code, value in values.items()}


def process_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """`Variable`, `Step` and the like; empty ones when there is no process."""
    values = {name: encode(given.get(name, {})) for name in PROCESS}
    return values | {PROCESS[name]: value for name, value in values.items()}


def rows_linking(
    rows_field: Field, element_id: int, *, actor: Employee
) -> tuple[Schema, list[Any]]:
    """The readable elements whose field links to the element, in the order they were made."""
    if not visible_lists(actor).filter(pk=rows_field.list_id).exists():
        return schema_of(rows_field.list), []
    schema = schema_for(actor, rows_field.list)
    own = schema.by_key.get(rows_field.column)
    if own is None:
        return schema, []
    lookup, value = ("contains", [element_id]) if own.multiple else ("exact", element_id)
    linking = Q.create([(f"{own.main_column}__{lookup}", value)])
    return schema, list(elements(schema, actor).filter(linking).order_by("pk")[:MAX_ROWS])


def gather(
    actor: Employee,
    *,
    schema: Schema | None,
    row: Any,
    rows_field: Field | None = None,
    rows: tuple[Schema, Sequence[Any]] | None = None,
    process: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Gathered:
    """Everything a template may name."""
    gatherer = Gatherer(actor)
    values = own_values(actor, now or timezone.now()) | process_values(process or {})
    if rows is None and rows_field is not None and row is not None:
        rows = rows_linking(rows_field, row.pk, actor=actor)
    if schema is not None:
        own = gatherer.element(schema, row)
        whole = dict.fromkeys(DOCUMENT, plain.record(own, str(row.name)))
        values = values | extra_values(actor, schema, row) | own | whole
    of, found = rows or (None, [])
    given = gatherer.rows(of, found) if of is not None and found else []
    named = [
        plain.record(one, str(row_.name)) for one, row_ in zip(given, found, strict=bool(given))
    ]
    values[ROWS] = plain.many(named, "")
    gatherer.gathered.values = values
    return gatherer.gathered
