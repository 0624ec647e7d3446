"""Deals book the objects they name, whoever writes them; objects' own rows are guarded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm_link import audited_rules  # noqa: F401 - names its events
from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_rules import of_deals, of_objects, rules_of
from crm_link.selectors.stages import all_stages
from crm_link.services.booking_copies import copy_into
from crm_link.services.booking_news import tell_lost_on_restore
from crm_link.services.bookings import Ask, settle
from lists_core.models import ElementVersion, List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.by_rule import change_by_rule, written_by_rule
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.errors import Conflict, Invalid

Kind = ElementVersion.Kind
FAILURE, SUCCESS = "F", "S"


@listeners.register
class Bookings(ElementListener):
    slug = "crm.bookings"

    def hears(self, schema: Schema) -> bool:
        return bool(rules_of(schema))

    def before(self, write: Write) -> None:
        if written_by_rule():
            return
        for rule in of_deals(write.schema):
            link = by_pk(write.schema, rule.link_id)
            if link:
                _drop_if_lost(rule, link, write)
                if write.touches(link.code):
                    copy_into(rule, link, write)

    def after(self, writes: Sequence[Write]) -> None:
        if written_by_rule():
            return
        for rule in of_deals(writes[0].schema):
            _settle(rule, writes)
        for rule in of_objects(writes[0].schema):
            _guard(rule, writes)


# --- deals --------------------------------------------------------------------------------


def _drop_if_lost(rule: BookingRule, link: SchemaField, write: Write) -> None:
    """The link of a lost deal is cleared, where the rule says so."""
    held = not rule.keeps_link and link.read(write.row) is not None
    if held and write.touches("STAGE") and _meaning(write) == FAILURE:
        write.set(link.code, None)


def _meaning(write: Write) -> str:
    return _semantics(all_stages(List(pk=write.schema.list_id)), write.get("STAGE"))


def _semantics(stages: Any, option: int | None) -> str:
    stage = stages.get(option)
    return stage.semantics if stage else ""


def _settle(rule: BookingRule, writes: Sequence[Write]) -> None:
    link = by_pk(writes[0].schema, rule.link_id)
    concerned = [one for one in writes if link and _concerns(link, one)]
    if link is None or not concerned:
        return
    asks = _asks(rule, link, concerned)
    refused = settle(rule, asks, actor=writes[0].actor)
    if refused and writes[0].kind == Kind.RESTORED:
        _restore_without(link, concerned, refused)
    elif refused:
        texts = [text for own in refused.values() for text in own.values()]
        raise Invalid({link.code: list(dict.fromkeys(texts))})


def _concerns(link: SchemaField, write: Write) -> bool:
    """Whether the write can change what the deal holds; most of them do not."""
    if write.kind in {Kind.DELETED, Kind.RESTORED}:
        return link.read(write.row) is not None
    if write.touches(link.code):
        return True
    return write.touches("STAGE") and link.read(write.row) is not None


def _asks(rule: BookingRule, link: SchemaField, writes: Sequence[Write]) -> list[Ask]:
    """What each deal is to hold from now on.

    A deal that only goes on to another stage keeps what it holds: what it names without holding
    it (named before there was a rule) stays as it is.
    """
    stages = all_stages(List(pk=writes[0].schema.list_id))
    deals = [one.row.pk for one in writes]
    held = set(Booking.objects.filter(rule=rule, deal__in=deals).values_list("deal", "element"))
    asks = []
    for write in writes:
        named = link.items(link.read(write.row))
        now = _semantics(stages, write.get("STAGE"))
        new = write.kind == Kind.RESTORED or write.touches(link.code) or _came_back(stages, write)
        objects = named if new else [pk for pk in named if (write.row.pk, pk) in held]
        lost = write.kind == Kind.DELETED or now == FAILURE
        asks.append(Ask(write.row, [] if lost else objects, sold=now == SUCCESS))
    return asks


def _came_back(stages: Any, write: Write) -> bool:
    return write.touches("STAGE") and _semantics(stages, write.old("STAGE")) == FAILURE


def _restore_without(
    link: SchemaField, writes: Sequence[Write], refused: dict[int, dict[int, str]]
) -> None:
    """Deals from the bin whose objects went to others meanwhile come back without them."""
    rows = [one.row for one in writes if one.row.pk in refused]
    changes = [(row, {link.code: without(link, row, refused[row.pk])}) for row in rows]
    change_by_rule(writes[0].schema, changes, actor=writes[0].actor)
    tell_lost_on_restore(writes[0].schema, rows, refused, actor=writes[0].actor)


def without(link: SchemaField, row: Any, ids: Collection[int]) -> Any:
    """The link's value less these objects."""
    kept = [pk for pk in link.items(link.read(row)) if pk not in ids]
    if link.multiple:
        return kept or None
    return kept[0] if kept else None


# --- objects ------------------------------------------------------------------------------


def _guard(rule: BookingRule, writes: Sequence[Write]) -> None:
    """Nobody contradicts a booking by hand; copies of a booked object are free."""
    if writes[0].kind == Kind.CREATED:
        _free_copies(rule, writes)
    elif writes[0].kind == Kind.DELETED:
        _keep_booked(rule, writes)
    elif writes[0].kind == Kind.CHANGED:
        _refuse_by_hand(rule, writes)


def _free_copies(rule: BookingRule, writes: Sequence[Write]) -> None:
    schema = writes[0].schema
    status, holder = by_pk(schema, rule.status_id), by_pk(schema, rule.holder_id)
    if status and holder:
        rows = [one.row for one in writes if holder.read(one.row) is not None]
        free = {status.code: rule.free_id, holder.code: None}
        change_by_rule(schema, [(row, free) for row in rows], actor=writes[0].actor)


def _keep_booked(rule: BookingRule, writes: Sequence[Write]) -> None:
    names = {one.row.pk: one.row.name for one in writes}
    held = Booking.objects.filter(rule=rule, element__in=names).first()
    if held:
        told = _("“%(object)s” is held by a deal. Free it there first.")
        raise Conflict(told % {"object": names[held.element_id]})


def _refuse_by_hand(rule: BookingRule, writes: Sequence[Write]) -> None:
    schema = writes[0].schema
    fields = [one for one in (by_pk(schema, rule.status_id), by_pk(schema, rule.holder_id)) if one]
    touched = {
        one.row.pk: [field.code for field in fields if one.touches(field.code)] for one in writes
    }
    touched = {pk: codes for pk, codes in touched.items() if codes}
    held = Booking.objects.filter(rule=rule, element__in=touched).first() if touched else None
    if held:
        told = _("A deal holds this object: change it in the deal, or free the object first.")
        raise Invalid({code: [told] for code in touched[held.element_id]})
    holder = by_pk(schema, rule.holder_id)
    if holder and any(
        holder.code in touched.get(one.row.pk, []) and holder.read(one.row) for one in writes
    ):
        raise Invalid({holder.code: [_("Choose the object in the deal: this fills itself.")]})
