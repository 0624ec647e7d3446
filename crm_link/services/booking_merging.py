"""Deals that become one: what the others hold goes to the main one, never to nobody between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_link.carrying import by_pk
from crm_link.merge_movers import MergeMover, Uniting, merge_movers
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_rules import of_deals
from crm_link.selectors.stage_book import FAILURE, SUCCESS, meaning_of
from crm_link.services.booking_copies import naming
from crm_link.services.bookings import Ask, settle
from crm_link.services.links import link_value
from crm_link.uniting import united
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.by_rule import change_by_rule
from lists_core.services.elements import open_list
from staff.models import Employee
from svod.base.errors import Conflict

LOST = _("“%(deal)s” holds an object, and the main deal is lost. Make another deal the main one.")
SOLD = _(
    "“%(deal)s” has sold an object that would not stay sold. Make “%(deal)s” the main deal, or take"
    " it back from its final stage first."
)


@dataclass(frozen=True)
class Handing:
    """By one rule: the deals, locked; what they hold by object; what the main one is to name."""

    rule: BookingRule
    link: SchemaField
    deals: Schema
    main: Any
    others: Sequence[Any]
    held: Mapping[int, Booking]
    kept: Sequence[int]

    @property
    def stage(self) -> str:
        return meaning_of(self.deals, self.main)

    @property
    def handed(self) -> list[int]:
        return [pk for pk in self.kept if pk in self.held and not self.is_mains(self.held[pk])]

    def is_mains(self, booking: Booking) -> bool:
        return bool(booking.deal_id == self.main.pk)


@merge_movers.register
class Bookings(MergeMover):
    """An object that the main deal does not come to name is free, unless it is sold."""

    slug = "bookings"

    def before(self, uniting: Uniting, *, actor: Employee) -> None:
        deals = uniting.schema.whole or uniting.schema
        others = [row.pk for row in uniting.rows[1:]]
        for rule in of_deals(deals):
            link = by_pk(deals, rule.link_id)
            if link and Booking.objects.filter(rule=rule, deal__in=others).exists():
                handing = _seen(rule, link, deals, uniting)
                _check(handing)
                _hand_over(handing, actor)
                _take_out(link, uniting)


def _seen(rule: BookingRule, link: SchemaField, deals: Schema, uniting: Uniting) -> Handing:
    ids = [row.pk for row in uniting.rows]
    main, *others = _locked(deals, ids)
    held = {one.element_id: one for one in Booking.objects.filter(rule=rule, deal__in=ids)}
    known = {*held, *link.items(link.read(main))}
    kept = [pk for pk in _named(link, uniting) if pk in known]
    return Handing(rule, link, deals, main, others, held, kept)


def _locked(deals: Schema, ids: Sequence[int]) -> list[Any]:
    """In the order of `ids`; locked in that of their numbers, as all who write several do."""
    rows = deals.model.objects.filter(pk__in=ids).select_for_update().order_by("pk")
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in ids]


def _named(link: SchemaField, uniting: Uniting) -> list[int]:
    """What the main deal is to name: as chosen, by who may; objects that the person does not see
    go over like any others."""
    may = link.code in {field.code for field in uniting.schema.changeable}
    values = united([link], uniting.rows, uniting.chosen if may else {})
    return link.items(values[link.code])


def _check(handing: Handing) -> None:
    """Raise Conflict where the merge would lose an object."""
    names = {one.pk: one.name for one in handing.others}
    held = [one for one in handing.held.values() if not handing.is_mains(one)]
    if held and handing.stage == FAILURE:
        raise Conflict(LOST % {"deal": names[held[0].deal_id]})
    for booking in held:
        stays = handing.stage == SUCCESS and booking.element_id in handing.kept
        if booking.sold and not stays:
            raise Conflict(SOLD % {"deal": names[booking.deal_id]})


def _hand_over(handing: Handing, actor: Employee) -> None:
    rule, link, main = handing.rule, handing.link, handing.main
    Booking.objects.filter(rule=rule, element__in=handing.handed).update(deal=main.pk)
    changes = naming(rule, link, handing.deals, [(main, handing.kept)], actor=actor)
    change_by_rule(handing.deals, changes, actor=actor)
    held = [pk for pk in handing.kept if pk in handing.held]
    own = Ask(main, held, sold=handing.stage == SUCCESS)
    settle(rule, [own, *(Ask(one, []) for one in handing.others)], actor=actor)
    _name_main(handing, actor)


def _name_main(handing: Handing, actor: Employee) -> None:
    """The objects, locked by now, keep the main deal where they keep one."""
    rule = handing.rule
    _list, objects = open_list(rule.target_id)
    if holder := by_pk(objects, rule.holder_id):
        rows = objects.model.objects.filter(pk__in=handing.handed, deleted_at=None)
        value = link_value(holder, rule.link.list_id, [handing.main.pk])
        changes = [(row, {holder.code: value}) for row in rows.order_by("pk")]
        change_by_rule(objects, changes, actor=actor)


def _take_out(link: SchemaField, uniting: Uniting) -> None:
    for field in [one for one in uniting.values if one.code == link.code]:
        del uniting.values[field]
