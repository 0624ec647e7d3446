"""Key data of booked objects in the deal's own fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from crm_link.carrying import by_pk, carried
from crm_link.models import BookingRule
from crm_link.products import totals_of
from crm_link.services.links import link_value
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
    what the copied fields point to. `priced` are the deals whose amount follows their products."""

    schema: Schema
    rows: Mapping[int, Any]
    titles: Mapping[str, Titles]
    priced: Collection[int]


def copy_into(rule: BookingRule, link: SchemaField, write: Write) -> None:
    """Fill the deal's fields from the objects it names now.

    What the person wrote there in the same save stays. Where the link was emptied, what came
    from the object goes with it; what somebody changed since stays.
    """
    objects: Objects = write.once((rule, "copies"), lambda writes: _written(rule, link, writes))
    pairs = _pairs(rule, objects, write.schema, write.row)
    pairs = [one for one in pairs if not _typed(write, one[1])]
    named, before = link.items(link.read(write.row)), _before(link, write)
    if not pairs or not (named or before):
        return
    new = _values(pairs, objects, named, write.actor)
    old = _values(pairs, objects, before, write.actor)
    for _source, target in pairs:
        stays = not named and target.read(write.row) != old[target.code]
        if not stays:
            write.set(target.code, new[target.code])


def naming(
    rule: BookingRule,
    link: SchemaField,
    deals: Schema,
    wanted: Sequence[tuple[Any, Sequence[int]]],
    *,
    actor: Employee,
) -> list[tuple[Any, dict[str, Any]]]:
    """Deals and the objects that each is to name → the deals and their new values by code: the
    link, and the fields that still stand as the objects of before filled them."""
    rows = [deal for deal, _ids in wanted]
    ids = {pk for deal, after in wanted for pk in [*link.items(link.read(deal)), *after]}
    objects = _objects(rule, deals, ids, [deal.pk for deal in rows], actor)
    changes = []
    for deal, after in wanted:
        named = (link.items(link.read(deal)), after)
        own = _refilled(_pairs(rule, objects, deals, deal), objects, deal, named, actor)
        changes.append((deal, {link.code: link_value(link, rule.target_id, after), **own}))
    return changes


def _refilled(
    pairs: Pairs,
    objects: Objects,
    deal: Any,
    named: tuple[Sequence[int], Sequence[int]],
    actor: Employee,
) -> dict[str, Any]:
    """`named` are the objects before and after."""
    values = {}
    for pair in pairs:
        with suppress(ValidationError):  # what cannot go over has not come from there
            before, after = (_value(pair, objects, ids, actor) for ids in named)
            if pair[1].read(deal) == before:
                values[pair[1].code] = after
    return values


def _written(rule: BookingRule, link: SchemaField, writes: Sequence[Write]) -> Objects:
    ids = {pk for one in writes for pk in [*link.items(link.read(one.row)), *_before(link, one)]}
    deals = [one.row.pk for one in writes if one.row.pk]
    return _objects(rule, writes[0].schema, ids, deals, writes[0].actor)


def _objects(
    rule: BookingRule,
    deals: Schema,
    ids: Collection[int],
    written: Collection[int],
    actor: Employee,
) -> Objects:
    schema = schema_of(List.objects.get(pk=rule.target_id))
    rows = schema.model.objects.in_bulk(ids)
    sources = [source for source, _target in _known(rule, schema, deals)]
    titles = row_titles(sources, rows.values(), actor=actor)
    return Objects(schema, rows, titles, totals_of(written) if written else {})


def _pairs(rule: BookingRule, objects: Objects, deals: Schema, deal: Any) -> Pairs:
    """What is copied into this deal: an amount that follows products is not."""
    known = _known(rule, objects.schema, deals)
    return [one for one in known if one[1].code != "AMOUNT" or deal.pk not in objects.priced]


def _known(rule: BookingRule, objects: Schema, deals: Schema) -> Pairs:
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
    values: dict[str, Any] = {}
    for pair in pairs:
        try:
            values[pair[1].code] = _value(pair, objects, ids, actor)
        except ValidationError as error:
            raise Invalid({pair[1].code: error.messages}) from error
    return values


def _value(
    pair: tuple[SchemaField, SchemaField], objects: Objects, ids: Sequence[int], actor: Employee
) -> Any:
    """Raises ValidationError where it cannot go over."""
    source, target = pair
    rows = [objects.rows[pk] for pk in ids if pk in objects.rows]
    items = [item for row in rows for item in source.items(source.read(row))]
    titles = objects.titles.get(source.key, NO_TITLES)
    return target.clean(carried(items, source, target, actor=actor, titles=titles))
