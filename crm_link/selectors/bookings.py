"""Bookings as a person may see them: on the deal's page, on the object's, where one is chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Value, When
from django.urls import reverse

from crm_link.access import may_manage_crm
from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.scopes.free import free_q
from crm_link.selectors.booking_rules import of_deals, of_objects
from crm_link.selectors.stage_book import FAILURE, meaning_of
from lists_core.access import Right, schema_for
from lists_core.addresses import element_url
from lists_core.element_tabs import Target, open_target
from lists_core.field_types.element import LinkedElements
from lists_core.field_types.pickers import PickerField
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.across import names_across
from lists_core.selectors.elements import elements
from lists_core.selectors.lists import access_list
from lists_core.selectors.suggest import SuggestHint, suggest_hints
from lists_core.selectors.titles import row_titles
from staff.models import Employee
from svod.base.errors import DomainError, NotFound


@dataclass(frozen=True)
class HeldObject:
    """An object that the deal names; `data` are (name of the field, HTML). `booking` is None
    where the deal only remembers it."""

    row: Any
    url: str
    data: Sequence[tuple[str, str]]
    booking: Booking | None


@dataclass(frozen=True)
class DealPlace:
    """One rule on the page of a deal; `choose_url` is "" for who may not choose, and where the
    deal is lost; `is_lost` tells so to who may see the stage."""

    rule: BookingRule
    label: str
    objects: Sequence[HeldObject]
    choose_url: str
    may_change: bool
    is_lost: bool


@dataclass(frozen=True)
class ObjectPlace:
    """One rule on the page of an object. `deal` is (title, address), None for who may not see
    it; `is_free` tells whether it can be booked."""

    rule: BookingRule
    booking: Booking | None
    deal: tuple[str, str] | None
    is_free: bool
    may_release: bool


def has_bookings(target: Target) -> bool:
    return bool(of_deals(target.schema) or of_objects(target.schema))


def of_deal(target: Target) -> list[DealPlace]:
    places = []
    for rule in of_deals(target.schema):
        link = by_pk(target.schema, rule.link_id)
        if link:
            places.append(_deal_place(target, rule, link))
    return places


def _deal_place(target: Target, rule: BookingRule, link: SchemaField) -> DealPlace:
    ids = link.items(link.read(target.row))
    may = target.may(Right.CHANGE) and link.key not in target.schema.locked
    lost = meaning_of(target.schema, target.row) == FAILURE
    choose = reverse("booking_choose", args=[rule.pk, target.id]) if may and not lost else ""
    held = _held(target.actor, rule, target.id, ids)
    told = lost and target.schema.get("STAGE") is not None
    return DealPlace(rule, link.name, held, choose, may_change=may, is_lost=told)


def _held(
    actor: Employee, rule: BookingRule, deal_id: int, ids: Collection[int]
) -> list[HeldObject]:
    try:
        list_ = access_list(actor, Right.VIEW, rule.target_id)
    except DomainError:
        return []
    schema = schema_for(actor, list_)
    rows = list(elements(schema, actor).filter(pk__in=ids).order_by("name", "pk"))
    held = Booking.objects.filter(deal=deal_id, element__in=ids).select_related("booked_by")
    bookings = {one.element_id: one for one in held}
    data = key_data(rule, schema, rows, actor)
    return [
        HeldObject(row, element_url(list_, row.pk), data[row.pk], bookings.get(row.pk))
        for row in rows
    ]


def key_data(
    rule: BookingRule, schema: Schema, rows: Sequence[Any], actor: Employee
) -> Mapping[int, list[tuple[str, str]]]:
    """Row's id → (name, HTML) of the fields that the rule shows, as far as the person may see
    them and they are filled."""
    fields = shown_fields(rule, schema)
    titles = row_titles(fields, rows, actor=actor)
    return {
        row.pk: [
            (one.name, one.render(value, titles.get(one.key, {})))
            for one in fields
            if (value := one.read(row)) is not None
        ]
        for row in rows
    }


def shown_fields(rule: BookingRule, schema: Schema) -> list[SchemaField]:
    """The status first."""
    known = [by_pk(schema, pk) for pk in (rule.status_id, *rule.shown)]
    return list(dict.fromkeys(one for one in known if one))


def of_object(target: Target) -> list[ObjectPlace]:
    rules = of_objects(target.schema)
    booking = Booking.objects.filter(element=target.id).select_related("booked_by", "rule__link")
    held = booking.first() if rules else None
    return [_object_place(target, rule, held) for rule in rules]


def _object_place(target: Target, rule: BookingRule, booking: Booking | None) -> ObjectPlace:
    if booking is None:
        free = free_q(target.schema, rule)
        rows = target.schema.model.objects.filter(pk=target.id)
        is_free = free is not None and rows.filter(free).exists()
        return ObjectPlace(rule, None, None, is_free=is_free, may_release=False)
    place = (booking.rule.link.list_id, booking.deal_id)
    title = names_across(target.actor, {place[0]: [place[1]]}).get(place)
    deal = (title, element_url(List.objects.get(pk=place[0]), place[1])) if title else None
    may = may_manage_crm(target.actor) or _may_change(target.actor, *place)
    return ObjectPlace(rule, booking, deal, is_free=False, may_release=may and not booking.sold)


def _may_change(actor: Employee, list_id: int, element_id: int) -> bool:
    try:
        open_target(actor, Right.CHANGE, list_id, element_id)
    except DomainError:
        return False
    return True


def rule_for(actor: Employee, rule_id: int, deal_id: int) -> tuple[BookingRule, Target]:
    """A working rule and the deal that it may book for. Raises NotFound, Forbidden."""
    rule = BookingRule.objects.filter(pk=rule_id).select_related("link").first()
    if rule is None:
        raise NotFound
    target = open_target(actor, Right.CHANGE, rule.link.list_id, deal_id)
    known = next((one for one in of_deals(target.schema) if one.pk == rule_id), None)
    if known is None or by_pk(target.schema, known.link_id) is None:
        raise NotFound
    return known, target


def deal_picker(actor: Employee) -> str:
    """The control that chooses a deal, as HTML; "" for who sees none."""
    deals = List.objects.filter(system="crm.deal", deleted_at=None).first()
    if deals is None:
        return ""
    url = reverse("element_suggest", args=[deals.pk])
    field = PickerField(url, LinkedElements(deals.pk, "search"), required=True)
    field.for_actor(actor)
    return str(field.widget.render("deal", "", {"id": "booking-deal"}))


# --- where an object is picked by typing ----------------------------------------------------


class FreeFirst(SuggestHint):
    """Free objects come first, with their key data beside the name."""

    slug = "crm.booking"

    def hears(self, schema: Schema) -> bool:
        return bool(of_objects(schema))

    def order(self, schema: Schema) -> Sequence[Any]:
        free = free_q(schema, of_objects(schema)[0])
        return [Case(When(free, then=Value(0)), default=Value(1))] if free else []

    def notes(self, schema: Schema, rows: Sequence[Any], actor: Employee) -> Mapping[int, str]:
        fields = shown_fields(of_objects(schema)[0], schema)
        titles = row_titles(fields, rows, actor=actor)
        return {
            row.pk: " · ".join(
                one.to_text(value, titles.get(one.key, {}))
                for one in fields
                if (value := one.read(row)) is not None
            )
            for row in rows
        }


suggest_hints.register(FreeFirst)
