"""Key data of booked objects in the deal's own fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError

from crm_link.carrying import by_pk, carried
from crm_link.models import BookingRule
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles
from lists_core.services.listeners import Write
from staff.models import Employee
from svod.base.errors import Invalid

Pairs = list[tuple[SchemaField, SchemaField]]


def copy_into(rule: BookingRule, link: SchemaField, write: Write) -> None:
    """Fill the deal's fields from the objects it names now.

    What the person wrote there in the same save stays. Where the link was emptied, what came
    from the object goes with it; what somebody changed since stays.
    """
    objects = schema_of(List.objects.get(pk=rule.target_id))
    pairs = [one for one in _pairs(rule, objects, write.schema) if not _typed(write, one[1])]
    named = link.items(link.read(write.row))
    before = [pk for pk in _old(link, write) if pk not in named]
    if not pairs or not (named or before):
        return
    found = objects.model.objects.in_bulk([*named, *before])
    new = _values(pairs, [found[pk] for pk in named if pk in found], write.actor)
    old = _values(pairs, [found[pk] for pk in before if pk in found], write.actor)
    for _source, target in pairs:
        stays = not named and target.read(write.row) != old[target.code]
        if not stays:
            write.set(target.code, new[target.code])


def _pairs(rule: BookingRule, objects: Schema, deals: Schema) -> Pairs:
    """The fields that are still there: the object's, the deal's."""
    known = [(by_pk(objects, one), by_pk(deals, other)) for one, other in rule.copies]
    return [(one, other) for one, other in known if one and other]


def _typed(write: Write, target: SchemaField) -> bool:
    return write.touches(target.code) and target.read(write.row) is not None


def _old(link: SchemaField, write: Write) -> Collection[int]:
    value = None if write.is_new else link.from_json(write.old(link.code))
    return link.items(value)


def _values(pairs: Pairs, rows: list[Any], actor: Employee) -> dict[str, Any]:
    """Deal's code → the value for it. Raises Invalid where one cannot go over."""
    titles = row_titles([source for source, _target in pairs], rows, actor=actor)
    values: dict[str, Any] = {}
    for source, target in pairs:
        items = [item for row in rows for item in source.items(source.read(row))]
        try:
            value = carried(items, source, target, actor=actor, titles=titles.get(source.key, {}))
            values[target.code] = target.clean(value)
        except ValidationError as error:
            raise Invalid({target.code: error.messages}) from error
    return values
