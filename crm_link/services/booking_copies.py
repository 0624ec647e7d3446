"""Key data of booked objects in the deal's own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from crm_link.carrying import by_pk, carried
from crm_link.models import BookingRule
from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles
from lists_core.services.listeners import Write
from staff.models import Employee
from svod.base.errors import Invalid

Pairs = list[tuple[SchemaField, SchemaField]]


@dataclass(frozen=True)
class Objects:
    """What all deals written together name, or named before: their rows by id, and the titles of
    what the copied fields point to."""

    schema: Schema
    rows: Mapping[int, Any]
    titles: Mapping[str, Titles]


def copy_into(rule: BookingRule, link: SchemaField, write: Write) -> None:
    """Fill the deal's fields from the objects it names now.

    What the person wrote there in the same save stays. Where the link was emptied, what came
    from the object goes with it; what somebody changed since stays.
    """
    objects: Objects = write.once((rule, "copies"), lambda writes: _objects(rule, link, writes))
    pairs = [one for one in _pairs(rule, objects.schema, write.schema) if not _typed(write, one[1])]
    named, before = link.items(link.read(write.row)), _before(link, write)
    if not pairs or not (named or before):
        return
    new = _values(pairs, objects, named, write.actor)
    old = _values(pairs, objects, before, write.actor)
    for _source, target in pairs:
        stays = not named and target.read(write.row) != old[target.code]
        if not stays:
            write.set(target.code, new[target.code])


def _objects(rule: BookingRule, link: SchemaField, writes: Sequence[Write]) -> Objects:
    schema = schema_of(List.objects.get(pk=rule.target_id))
    ids = {pk for one in writes for pk in [*link.items(link.read(one.row)), *_before(link, one)]}
    rows = schema.model.objects.in_bulk(ids)
    sources = [source for source, _target in _pairs(rule, schema, writes[0].schema)]
    return Objects(schema, rows, row_titles(sources, rows.values(), actor=writes[0].actor))


def _pairs(rule: BookingRule, objects: Schema, deals: Schema) -> Pairs:
    """The fields that are still there: the object's, the deal's."""
    known = [(by_pk(objects, one), by_pk(deals, other)) for one, other in rule.copies]
    return [(one, other) for one, other in known if one and other]


def _typed(write: Write, target: SchemaField) -> bool:
    return write.touches(target.code) and target.read(write.row) is not None


def _before(link: SchemaField, write: Write) -> list[int]:
    """The objects that the deal names no longer."""
    value = None if write.is_new else link.from_json(write.old(link.code))
    named = link.items(link.read(write.row))
    return [pk for pk in link.items(value) if pk not in named]


def _values(pairs: Pairs, objects: Objects, ids: Sequence[int], actor: Employee) -> dict[str, Any]:
    """Deal's code → the value for it. Raises Invalid where one cannot go over."""
    rows = [objects.rows[pk] for pk in ids if pk in objects.rows]
    values: dict[str, Any] = {}
    for source, target in pairs:
        items = [item for row in rows for item in source.items(source.read(row))]
        titles = objects.titles.get(source.key, NO_TITLES)
        try:
            value = carried(items, source, target, actor=actor, titles=titles)
            values[target.code] = target.clean(value)
        except ValidationError as error:
            raise Invalid({target.code: error.messages}) from error
    return values
