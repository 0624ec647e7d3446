"""Deals book the objects they name: every way in, every way out, and what is copied."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_link.kinds import DEAL
from crm_link.models import Booking
from crm_link.services.booking_deeds import book, free_expired, release
from crm_link.services.booking_rules import delete_booking_rule, save_booking_rule
from crm_link.services.bookings import settle
from crm_link.services.items import move_to_stage
from crm_link.services.stage_removal import delete_stage
from crm_link.services.stages import renew
from lists_core.access import ROLES, Right
from lists_core.models import ElementVersion, OutboxEvent
from lists_core.services.bulk import bulk_delete, bulk_update
from lists_core.services.elements import copy_element, delete_elements, restore_elements
from lists_core.services.fields import delete_field, restore_field
from lists_core.services.many import update_many
from lists_core.services.rights import set_element_rights, set_list_rights
from staff.models import Notification
from staff.subjects import Subject
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.crm_link.booking_world import Estate, estate, roubles
from tests.crm_link.crm_world import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(admin):
    return estate(admin)


def lose(world: Estate, deal, code: str = "LOSE"):
    return move_to_stage(DEAL, deal.pk, stage("deal", code).pk, actor=world.actor)


def test_a_deal_books_the_flat_it_names_and_takes_its_data(world):
    flat = world.flat(AREA=Decimal("45.5"), PRICE=roubles(9_000_000))
    deal = world.deal("Ivanov", flat)
    assert (world.status(flat), world.holder(flat)) == ("Booked", deal.pk)
    assert world.get(flat, "DEAL") == deal.pk
    assert world.get(deal, "AREA") == Decimal("45.5")
    assert world.get(deal, "AMOUNT") == roubles(9_000_000)
    last = ElementVersion.objects.filter(element=flat.pk).first()
    assert last.actor == world.actor
    assert last.changes
    event = OutboxEvent.objects.filter(list=world.flats).last()
    assert (event.topic, event.payload["ids"]) == ("element.changed", [flat.pk])


def test_the_second_deal_is_told_by_whom_it_is_taken(world):
    flat = world.flat()
    world.deal("Ivanov", flat)
    other = world.deal("Petrov")
    with pytest.raises(Invalid) as refused:
        world.change(other, FLAT=flat.pk)
    assert refused.value.errors == {"FLAT": ["«Flat 1» уже забронирован для сделки «Ivanov»."]}
    assert world.get(other, "FLAT") is None
    with pytest.raises(Invalid):
        world.deal("Sidorov", flat)


def test_who_may_not_see_the_deal_is_not_told_its_name(world, employee):
    flat = world.flat()
    deal = world.deal("Secret client", flat)
    role = ROLES["edit"][1]
    give(world, employee, role, deal)
    other = world.deal("Own")
    with pytest.raises(Invalid) as refused:
        world.change(other, actor=employee, FLAT=flat.pk)
    assert refused.value.errors == {"FLAT": ["«Flat 1» не свободен: booked."]}


def give(world, employee, rights, hidden):
    """The employee may edit flats and deals, but for one deal."""
    for list_ in (world.flats, world.deals):
        grants = {Subject("U", employee.pk): rights, Subject("U", world.actor.pk): {Right.FULL}}
        set_list_rights(list_.pk, grants, actor=world.actor)
    set_element_rights(world.deals.pk, hidden.pk, {}, restricted=True, actor=world.actor)


def test_a_flat_that_is_withdrawn_is_not_to_be_had(world):
    flat = world.flat(STATUS=world.state("Withdrawn"))
    with pytest.raises(Invalid) as refused:
        world.deal("Ivanov", flat)
    assert refused.value.errors == {"FLAT": ["«Flat 1» не свободен: withdrawn."]}


def test_another_flat_frees_the_first_and_emptied_the_data_go(world):
    first, second = world.flat(AREA=Decimal(40)), world.flat("Flat 2", AREA=Decimal(50))
    deal = world.deal("Ivanov", first)
    world.change(deal, FLAT=second.pk)
    assert [world.status(one) for one in (first, second)] == ["Free", "Booked"]
    assert world.get(first, "DEAL") is None
    assert world.get(deal, "AREA") == Decimal(50)
    world.change(deal, FLAT=None)
    assert (world.status(second), world.get(deal, "AREA")) == ("Free", None)


def test_losing_frees_and_clears_winning_sells(world):
    flat = world.flat()
    deal = world.deal("Ivanov", flat)
    lose(world, deal)
    assert (world.status(flat), world.get(deal, "FLAT")) == ("Free", None)
    world.change(deal, FLAT=flat.pk)
    assert world.holder(flat) is None  # a lost deal holds nothing
    lose(world, deal, "EXECUTING")
    assert world.status(flat) == "Booked"
    lose(world, deal, "WON")
    assert (world.status(flat), world.holder(flat)) == ("Sold", deal.pk)
    lose(world, deal, "EXECUTING")
    assert world.status(flat) == "Booked"


def test_a_lost_deal_may_keep_its_link_and_take_the_flat_again(admin):
    world = estate(admin, keeps_link=True)
    flat = world.flat()
    deal = world.deal("Ivanov", flat)
    lose(world, deal)
    assert (world.status(flat), world.get(deal, "FLAT")) == ("Free", flat.pk)
    other = world.deal("Petrov", flat)
    with pytest.raises(Invalid):
        lose(world, deal, "EXECUTING")
    world.change(other, FLAT=None)
    lose(world, deal, "EXECUTING")
    assert world.holder(flat) == deal.pk


def test_the_bin_frees_and_restoring_takes_again_or_tells(world, employee):
    flat = world.flat()
    deal = world.deal("Ivanov", flat, RESPONSIBLE=employee.pk)  # sees neither flats nor deals
    delete_elements(world.deals.pk, [deal.pk], actor=world.actor)
    assert world.status(flat) == "Free"
    restore_elements(world.deals.pk, [deal.pk], actor=world.actor)
    assert world.holder(flat) == deal.pk
    delete_elements(world.deals.pk, [deal.pk], actor=world.actor)
    world.deal("Petrov", flat)
    restore_elements(world.deals.pk, [deal.pk], actor=world.actor)
    assert world.get(deal, "FLAT") is None
    told = {one.employee: one.text for one in Notification.objects.filter(kind="booking")}
    assert "Petrov" in told[world.actor]
    assert told[employee] == (
        "Сделка «Ivanov» восстановлена из корзины без объекта: Объект не свободен."
    )


def test_by_hand_nobody_contradicts_a_booking(world):
    flat = world.flat()
    deal = world.deal("Ivanov", flat)
    for values in ({"STATUS": world.state("Free")}, {"DEAL": None}):
        with pytest.raises(Invalid):
            world.change(flat, **values)
    with pytest.raises(Invalid):
        bulk_update(world.flats.pk, [flat.pk], {"STATUS": world.state("Free")}, actor=world.actor)
    with pytest.raises(Conflict):
        delete_elements(world.flats.pk, [flat.pk], actor=world.actor)
    world.change(flat, AREA=Decimal(44))
    free = world.flat("Flat 2")
    with pytest.raises(Invalid):
        world.change(free, DEAL=deal.pk)
    world.change(free, STATUS=world.state("Withdrawn"))
    copied = copy_element(world.flats.pk, flat.pk, actor=world.actor)
    assert (world.status(copied), world.get(copied, "DEAL")) == ("Free", None)


def test_many_deals_cannot_have_one_flat(world):
    flat = world.flat()
    deals = [world.deal(f"Deal {number}") for number in range(3)]
    ids = [one.pk for one in deals]
    report = bulk_update(world.deals.pk, ids, {"FLAT": flat.pk}, actor=world.actor)
    assert (report.changed, set(report.problems)) == (1, {str(pk) for pk in ids[1:]})
    assert report.problems[str(ids[1])] == "Flat: «Flat 1» уже забронирован для сделки «Deal 0»."
    assert world.holder(flat) == ids[0]
    with pytest.raises(Invalid):
        bulk_update(world.deals.pk, ids[1:], {"FLAT": flat.pk}, actor=world.actor)


def test_of_many_only_those_that_contradict_a_booking_are_refused(admin):
    world = estate(admin, keeps_link=True)
    flats = [world.flat(f"Flat {number}") for number in range(3)]
    deal = world.deal("Ivanov", flats[0])
    ids = [one.pk for one in flats]
    withdrawn = {"STATUS": world.state("Withdrawn")}
    report = bulk_update(world.flats.pk, ids[:2], withdrawn, actor=admin)
    assert (report.changed, set(report.problems)) == (1, {str(ids[0])})
    with pytest.raises(Conflict):
        delete_elements(world.flats.pk, ids, actor=admin)
    report = bulk_delete(world.flats.pk, ids, actor=admin)
    assert (report.changed, set(report.problems)) == (2, {str(ids[0])})
    assert "занят сделкой" in report.problems[str(ids[0])]
    other = world.deal("Petrov")
    lose(world, deal)
    world.change(other, FLAT=flats[0].pk)
    back = {"STAGE": stage("deal", "EXECUTING").pk}
    report = bulk_update(world.deals.pk, [deal.pk, other.pk], back, actor=admin)
    assert (report.changed, set(report.problems)) == (1, {str(deal.pk)})


def test_a_flat_changes_hands_within_one_change_unless_its_holder_is_refused(world):
    first, second = world.flat(), world.flat("Flat 2")
    one, other, third = world.deal("One", first), world.deal("Other", second), world.deal("Third")
    swap = {one.pk: {"FLAT": None}, third.pk: {"FLAT": first.pk}}
    update_many(world.deals.pk, swap, actor=world.actor)
    assert world.holder(first) == third.pk
    chain = {third.pk: {"FLAT": second.pk}, one.pk: {"FLAT": first.pk}}
    with pytest.raises(Invalid):
        update_many(world.deals.pk, chain, actor=world.actor)
    assert (world.holder(first), world.holder(second)) == (third.pk, other.pk)


def test_a_bulk_loss_frees_all_in_a_few_queries(world, django_assert_max_num_queries):
    flats = [world.flat(f"Flat {number}") for number in range(12)]
    deals = [world.deal(f"Deal {number}", flat) for number, flat in enumerate(flats)]
    lost = stage("deal", "LOSE").pk
    bulk_update(world.deals.pk, [deals[0].pk], {"STAGE": lost}, actor=world.actor)
    bulk_update(world.deals.pk, [one.pk for one in deals[1:]], {"STAGE": lost}, actor=world.actor)
    assert {world.status(one) for one in flats} == {"Free"}
    assert not Booking.objects.exists()


def test_a_link_to_several_books_each(admin):
    world = estate(admin, multiple=True)
    first, second = world.flat(PRICE=roubles(100)), world.flat("Flat 2", PRICE=roubles(50))
    deal = world.deal("Ivanov")
    world.change(deal, FLAT=[first.pk, second.pk])
    assert world.holder(first) == world.holder(second) == deal.pk
    assert world.get(deal, "AMOUNT") == roubles(150)
    world.change(deal, FLAT=[second.pk])
    assert [world.status(one) for one in (first, second)] == ["Free", "Booked"]
    third = world.flat("Flat 3")
    book(world.rule, deal.pk, third.pk, actor=world.actor)
    assert world.get(deal, "FLAT") == [second.pk, third.pk]


def test_deals_swap_through_a_free_moment(world):
    first, second = world.flat(), world.flat("Flat 2")
    one, other = world.deal("One", first), world.deal("Other", second)
    with pytest.raises(Invalid):
        world.change(one, FLAT=second.pk)
    assert world.holder(first) == one.pk  # the refused write left nothing half done
    world.change(other, FLAT=None)
    world.change(one, FLAT=second.pk)
    world.change(other, FLAT=first.pk)
    assert (world.holder(first), world.holder(second)) == (other.pk, one.pk)


def test_an_expired_booking_is_freed_and_people_are_told(admin, employee):
    world = estate(admin, days=3)
    flat = world.flat()
    deal = world.deal("Ivanov", flat, RESPONSIBLE=employee.pk)
    assert free_expired() == 0
    assert free_expired(timezone.now() + timedelta(days=3, seconds=5)) == 1
    assert (world.status(flat), world.get(deal, "FLAT")) == ("Free", None)
    told = {one.employee: one.text for one in Notification.objects.filter(kind="booking")}
    assert told == {
        admin: "Бронь «Flat 1» для сделки «Ivanov» снята: истёк срок.",
        employee: "Бронь для сделки «Ivanov» снята: истёк срок.",
    }


AFTERWARDS = timedelta(days=3, seconds=5)


def ask_for_flat(world: Estate) -> None:
    """The first stage asks for the flat."""
    stage("deal", "NEW").required.add(world.rule.link)
    renew(world.deals)


def test_a_stage_that_asks_for_the_flat_keeps_none_that_time_or_the_bin_takes(admin):
    world = estate(admin, days=3)
    ask_for_flat(world)
    flat = world.flat()
    deal = world.deal("Ivanov", flat)
    with pytest.raises(Invalid):
        world.change(deal, FLAT=None)
    assert free_expired(timezone.now() + AFTERWARDS) == 1
    assert (world.status(flat), world.get(deal, "FLAT")) == ("Free", None)
    world.change(deal, FLAT=flat.pk)
    release(flat.pk, actor=admin)
    assert world.status(flat) == "Free"
    world.change(deal, FLAT=flat.pk)
    delete_elements(world.deals.pk, [deal.pk], actor=admin)
    world.deal("Petrov", flat)
    restore_elements(world.deals.pk, [deal.pk], actor=admin)
    assert world.get(deal, "FLAT") is None


def test_one_booking_that_cannot_be_freed_keeps_no_other(admin, monkeypatch):
    world = estate(admin, days=3)
    flats = [world.flat(f"Flat {number}") for number in range(3)]
    deals = [world.deal(f"Deal {number}", flat) for number, flat in enumerate(flats)]

    def refuse(rule, asks, *, actor):
        if asks[0].deal.pk == deals[0].pk:
            raise Conflict
        return settle(rule, asks, actor=actor)

    monkeypatch.setattr("crm_link.services.booking_deeds.settle", refuse)
    assert free_expired(timezone.now() + AFTERWARDS) == 2
    assert [world.status(one) for one in flats] == ["Booked", "Free", "Free"]
    assert world.get(deals[0], "FLAT") == flats[0].pk
    monkeypatch.undo()
    delete_field(world.rule.link_id, actor=admin)
    assert free_expired(timezone.now() + AFTERWARDS) == 0  # its rule rests
    restore_field(world.rule.link_id, actor=admin)
    assert free_expired(timezone.now() + AFTERWARDS) == 1


def test_a_sold_flat_does_not_expire(admin):
    world = estate(admin, days=3)
    flat = world.flat()
    lose(world, world.deal("Ivanov", flat), "WON")
    assert free_expired(timezone.now() + timedelta(days=300)) == 0
    assert world.status(flat) == "Sold"


def test_releasing_tells_the_deal_and_needs_its_right(world, employee):
    flat = world.flat()
    deal = world.deal("Ivanov", flat, RESPONSIBLE=employee.pk)
    stranger = type(employee).objects.create_user("stranger", "s@svod.example", "x")
    with pytest.raises(NotFound):
        release(flat.pk, actor=stranger)
    release(flat.pk, actor=world.actor)
    assert (world.status(flat), world.get(deal, "FLAT")) == ("Free", None)
    assert Notification.objects.get(employee=employee, kind="booking").actor == world.actor


def test_the_rule_is_checked_and_gone_it_guards_nothing(world, employee):
    flat = world.flat()
    world.deal("Ivanov", flat)
    rule = world.rule
    given = {name: getattr(rule, name) for name in ("name", "link", "status", "free", "booked")}
    with pytest.raises(Forbidden):
        save_booking_rule(rule, {**given, "sold": rule.sold}, actor=employee)
    with pytest.raises(Invalid) as wrong:
        save_booking_rule(rule, {**given, "sold": rule.free}, actor=world.actor)
    assert set(wrong.value.errors) == {"sold"}
    with pytest.raises(Invalid):
        save_booking_rule(None, {**given, "sold": rule.sold}, actor=world.actor)
    delete_booking_rule(rule.pk, actor=world.actor)
    world.change(flat, STATUS=world.state("Free"))


def test_a_stage_is_removed_though_the_flat_of_a_deal_went_to_another(admin):
    world = estate(admin, keeps_link=True)
    rows = [world.flat(), world.flat("Flat 2")]
    late, lucky = [world.deal("Deal", flat) for flat in rows]
    for deal in (late, lucky):
        lose(world, deal, "APOLOGY")
    quick = world.deal("Quick", rows[0])
    to = stage("deal", "NEW").pk
    delete_stage(stage("deal", "APOLOGY").pk, actor=world.actor, to=to)
    assert [world.get(deal, "STAGE") for deal in (late, lucky)] == [to, to]
    assert [world.holder(flat) for flat in rows] == [quick.pk, lucky.pk]
