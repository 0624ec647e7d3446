"""The contacts and companies of an item as small cards, and the items that link to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from crm_link.kinds import Kind, kind_of
from lists_core.access import rights_in, schema_for, visible_lists
from lists_core.element_tabs import Target
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import Count, capped_count, elements, rows_by_ids
from lists_core.selectors.titles import row_titles
from staff.models import Employee

WAYS = ("PHONE", "EMAIL")
BRIEF = ("STAGE", "AMOUNT")
SHOWN = 5


@dataclass(frozen=True)
class LinkedItem:
    """One contact or company; `ways` are its phones and e-mails as HTML links."""

    id: int
    name: str
    url: str
    icon: str
    ways: Sequence[SafeString]


def linked_items(target: Target) -> dict[str, list[LinkedItem]]:
    """Code of the field → what it links to and the reader may see, for links to CRM items.
    One query for the lists and one for each of them."""
    fields = [field for field in target.schema.fields if field.type.slug == "element"]
    wanted: dict[int, set[int]] = {}
    for field in fields:
        wanted.setdefault(field.field.settings.get("list") or 0, set()).update(
            field.items(field.read(target.row))
        )
    lists = visible_lists(target.actor).filter(pk__in=wanted, system__startswith="crm.")
    found: dict[int, LinkedItem] = {}
    for list_ in lists:
        found |= _cards(list_, wanted[list_.pk], target.actor) if wanted[list_.pk] else {}
    cards = {field.code: [found[pk] for pk in _ids(field, target) if pk in found]
             for field in fields}  # fmt: skip
    return {code: items for code, items in cards.items() if items}


def _ids(field: SchemaField, target: Target) -> list[int]:
    return field.items(field.read(target.row))


def _cards(list_: List, ids: set[int], actor: Employee) -> dict[int, LinkedItem]:
    kind = kind_of(list_.system)
    if kind is None:
        return {}
    schema = schema_for(actor, list_)
    rows = rows_by_ids(schema_of(list_), sorted(ids), actor=actor)
    ways = [field for code in WAYS if (field := schema.get(code))]
    return {
        row.pk: LinkedItem(
            row.pk,
            row.name,
            reverse("crm_card", args=[kind.slug, row.pk]),
            kind.icon,
            [field.type.render(field.field, one, {}) for field in ways
             for one in field.items(field.read(row))],
        )
        for row in rows
    }  # fmt: skip


@dataclass(frozen=True)
class Linking:
    """Items of one kind that link to this one by one field: the newest, how many, and where
    all of them are found."""

    kind: Kind
    field: SchemaField
    rows: Sequence[Mapping[str, Any]]
    count: Count
    url: str


def linking_items(target: Target) -> list[Linking]:
    """Deals, leads and contacts of this contact or company, through the reader's rights. Two
    queries for each field that points here, beside those for rights."""
    return [
        _linking(target, list_, schema, field, kind)
        for list_, schema, field, kind in _pointing(target)
    ]


def _pointing(target: Target) -> list[tuple[List, Schema, SchemaField, Kind]]:
    rows = Field.objects.filter(
        type="element", settings__list=target.list.pk, deleted_at=None,
        list__in=visible_lists(target.actor).filter(system__startswith="crm."),
    )  # fmt: skip
    known = list(rows.select_related("list").order_by("-list__system", "sort", "pk"))
    rights_in(target.actor, {row.list_id for row in known})
    found = []
    for row in known:
        schema, kind = schema_for(target.actor, row.list), kind_of(row.list.system)
        if row.column in schema.by_key and kind is not None:
            found.append((row.list, schema, schema.by_key[row.column], kind))
    return found


def _linking(
    target: Target, list_: List, schema: Schema, field: SchemaField, kind: Kind
) -> Linking:
    lookup, value = ("contains", [target.id]) if field.multiple else ("exact", target.id)
    points = Q.create([(f"{field.main_column}__{lookup}", value)])
    rows = elements(schema_of(list_), target.actor).filter(points)
    shown = list(rows.order_by("-pk")[:SHOWN])
    brief = [one for code in BRIEF if (one := schema.get(code))]
    titles = row_titles(brief, shown, actor=target.actor)
    drawn = [
        {
            "id": row.pk,
            "name": row.name,
            "url": reverse("crm_card", args=[kind.slug, row.pk]),
            "brief": [one.render(one.read(row), titles.get(one.key, {})) for one in brief],
        }
        for row in shown
    ]
    asked = {"and": [{"field": field.code, "op": "any_of", "value": [str(target.id)]}]}
    query = urlencode({"filter": json.dumps(asked)})
    url = f"{reverse('crm_list', args=[kind.slug])}?{query}"
    return Linking(kind, field, drawn, capped_count(rows), url)
