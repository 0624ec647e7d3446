"""Deals book the objects they name, whoever writes them; objects' own rows are guarded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm_link import audited_rules  # noqa: F401 - names its events
from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_rules import of_deals, of_objects, rules_of
from crm_link.selectors.booking_texts import Taken, why_taken
from crm_link.selectors.stage_book import FAILURE, SUCCESS, book_of
from crm_link.services.booking_copies import copy_into, naming
from crm_link.services.booking_news import tell_lost_on_restore
from crm_link.services.bookings import Ask, foresee, settle
from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.by_rule import change_by_rule, written_by_rule
from lists_core.services.listeners import ElementListener, Refused, Write, listeners
from lists_core.services.outbox import cause
from staff.models import Employee
from svod.base.errors import Conflict, Invalid

Kind = ElementVersion.Kind


@listeners.register
class Bookings(ElementListener):
    """Refuses row by row, before anything is written; `after` it refuses only what others took
    in between."""

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
                _check_taken(rule, link, write)
                if write.touches(link.code):
                    copy_into(rule, link, write)
        for rule in of_objects(write.schema) if write.kind == Kind.CHANGED else ():
            _check_by_hand(rule, write)

    def keep(self, writes: Sequence[Write]) -> Refused:
        refused: Refused = {}
        for rule in of_objects(writes[0].schema):
            refused |= _kept(rule, writes)
        return refused

    def after(self, writes: Sequence[Write]) -> None:
        if written_by_rule():
            return
        for rule in of_deals(writes[0].schema):
            _settle(rule, writes)
        if writes[0].kind == Kind.CREATED:
            for rule in of_objects(writes[0].schema):
                _free_copies(rule, writes)


# --- deals --------------------------------------------------------------------------------


def _drop_if_lost(rule: BookingRule, link: SchemaField, write: Write) -> None:
    """The link of a lost deal is cleared, where the rule says so."""
    held = not rule.keeps_link and link.read(write.row) is not None
    if held and write.touches("STAGE") and _meaning(write.schema, write.get("STAGE")) == FAILURE:
        write.set(link.code, None)


def _meaning(schema: Schema, option: int | None) -> str:
    stage = book_of(schema).lines.get(option or 0)
    return stage.semantics if stage else ""


def _check_taken(rule: BookingRule, link: SchemaField, write: Write) -> None:
    """Raise Invalid where the deal names what is not to be had, as far as one sees by now."""
    told = write.once((rule, "taken"), lambda writes: _foreseen(rule, link, writes))
    if write in told:
        raise Invalid({link.code: told[write]})


def _foreseen(
    rule: BookingRule, link: SchemaField, writes: Sequence[Write]
) -> dict[Write, list[str]]:
    concerned = [one for one in writes if _concerns(link, one)]
    asks = _asks(rule, link, concerned)
    refused = foresee(rule, asks, actor=writes[0].actor) if asks else {}
    texts = _texts(rule, refused, writes[0].actor)
    return {one: texts[ask] for one, ask in zip(concerned, asks, strict=True) if ask in texts}


def _settle(rule: BookingRule, writes: Sequence[Write]) -> None:
    schema, actor = writes[0].schema, writes[0].actor
    link = by_pk(schema, rule.link_id)
    concerned = [one for one in writes if link and _concerns(link, one)]
    if link is None or not concerned:
        return
    refused = settle(rule, _asks(rule, link, concerned), actor=actor)
    if refused and writes[0].kind == Kind.RESTORED:
        _restore_without(rule, link, schema, refused, actor)
    elif refused:
        texts = [text for own in _texts(rule, refused, actor).values() for text in own]
        raise Invalid({link.code: list(dict.fromkeys(texts))})


def _texts(
    rule: BookingRule, refused: Mapping[Ask, Sequence[Taken]], actor: Employee
) -> dict[Ask, list[str]]:
    # Whoever reads why a process failed does not see what its employee sees.
    reader = None if cause.get() else actor
    told = why_taken(rule, [one for own in refused.values() for one in own], reader)
    return {ask: [told[one.object_id] for one in own] for ask, own in refused.items()}


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
    deals = [one.row.pk for one in writes if one.row.pk]
    rows = Booking.objects.filter(rule=rule, deal__in=deals)
    held = set(rows.values_list("deal", "element")) if deals else set()
    asks = []
    for write in writes:
        named = link.items(link.read(write.row))
        now = _meaning(write.schema, write.get("STAGE"))
        new = write.kind == Kind.RESTORED or write.touches(link.code) or _came_back(write)
        objects = named if new else [pk for pk in named if (write.row.pk, pk) in held]
        lost = write.kind == Kind.DELETED or now == FAILURE
        asks.append(Ask(write.row, [] if lost else objects, sold=now == SUCCESS))
    return asks


def _came_back(write: Write) -> bool:
    return write.touches("STAGE") and _meaning(write.schema, write.old("STAGE")) == FAILURE


def _restore_without(
    rule: BookingRule,
    link: SchemaField,
    deals: Schema,
    refused: Mapping[Ask, Sequence[Taken]],
    actor: Employee,
) -> None:
    """Deals from the bin whose objects went to others meanwhile come back without them, and
    without what came from them."""
    kept = [(ask.deal, without(link, ask.deal, own)) for ask, own in refused.items()]
    change_by_rule(deals, naming(rule, link, deals, kept, actor=actor), actor=actor)
    for ask, own in refused.items():
        tell_lost_on_restore(rule, deals, ask.deal, own, actor=actor)


def without(link: SchemaField, deal: Any, taken: Sequence[Taken]) -> list[int]:
    """The objects that the deal names, less these."""
    gone = {one.object_id for one in taken}
    return [pk for pk in link.items(link.read(deal)) if pk not in gone]


# --- objects ------------------------------------------------------------------------------


def _free_copies(rule: BookingRule, writes: Sequence[Write]) -> None:
    schema = writes[0].schema
    status, holder = by_pk(schema, rule.status_id), by_pk(schema, rule.holder_id)
    if status and holder:
        rows = [one.row for one in writes if holder.read(one.row) is not None]
        free = {status.code: rule.free_id, holder.code: None}
        change_by_rule(schema, [(row, free) for row in rows], actor=writes[0].actor)


def _kept(rule: BookingRule, writes: Sequence[Write]) -> Refused:
    names = {one.row.pk: one.row.name for one in writes}
    told = _("“%(object)s” is held by a deal. Free it there first.")
    return {pk: Conflict(told % {"object": names[pk]}) for pk in _held(rule, names)}


def _held(rule: BookingRule, objects: Collection[int]) -> set[int]:
    """Those of the objects, whose rows are locked, that a deal holds."""
    rows = Booking.objects.filter(rule=rule, element__in=objects)
    return set(rows.values_list("element", flat=True)) if objects else set()


def _check_by_hand(rule: BookingRule, write: Write) -> None:
    """Raise Invalid where a person contradicts a booking, or writes one by hand."""
    schema, touched = write.schema, _touched(rule, write)
    if not touched:
        return
    held = write.once(
        (rule, "held"),
        lambda writes: _held(rule, [one.row.pk for one in writes if _touched(rule, one)]),
    )
    if write.row.pk in held:
        told = _("A deal holds this object: change it in the deal, or free the object first.")
        raise Invalid({field.code: [told] for field in touched})
    holder = by_pk(schema, rule.holder_id)
    if holder in touched and holder.read(write.row):
        raise Invalid({holder.code: [_("Choose the object in the deal: this fills itself.")]})


def _touched(rule: BookingRule, write: Write) -> list[SchemaField]:
    """The fields of the object that the rule writes and this write changes."""
    fields = (by_pk(write.schema, rule.status_id), by_pk(write.schema, rule.holder_id))
    return [one for one in fields if one and write.touches(one.code)]
