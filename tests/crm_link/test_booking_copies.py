"""Data of booked objects in the deal's own fields: what fills them, what takes them out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_link.services.booking_deeds import free_expired, release
from crm_link.services.products import replace_rows
from lists_core.models import Field
from lists_core.services.elements import (
    Changed,
    delete_elements,
    restore_elements,
    update_element,
)
from tests.crm_link.booking_world import Estate, estate, roubles

pytestmark = pytest.mark.django_db
AFTERWARDS = timedelta(days=3, seconds=5)


@pytest.fixture
def world(admin) -> Estate:
    return estate(admin)


def test_what_the_person_writes_in_the_same_save_stays(world):
    flat = world.flat(PRICE=roubles(9_000_000))
    deal = world.deal("Ivanov", flat, AMOUNT=roubles(8_500_000))
    assert world.get(deal, "AMOUNT") == roubles(8_500_000)


def test_what_another_person_wrote_meanwhile_is_not_filled_over(world):
    flat, deal = world.flat(PRICE=roubles(9_000_000)), world.deal("Ivanov")
    seen = world.now(deal).version
    world.change(deal, AMOUNT=roubles(8_500_000))
    with pytest.raises(Changed) as met:
        update_element(
            world.deals.pk, deal.pk, {"FLAT": flat.pk}, version=seen, actor=world.actor
        )  # fmt: skip
    assert met.value.keys == {Field.objects.get(list=world.deals, code="AMOUNT").column}
    assert met.value.row.version == seen + 1
    assert world.get(deal, "AMOUNT") == roubles(8_500_000)
    assert (world.status(flat), world.get(deal, "FLAT")) == ("Free", None)


def test_what_was_changed_by_hand_stays_when_the_flat_goes(world):
    deal = world.deal("Ivanov", world.flat(AREA=Decimal(40), PRICE=roubles(100)))
    world.change(deal, AMOUNT=roubles(90))
    world.change(deal, FLAT=None)
    assert (world.get(deal, "AMOUNT"), world.get(deal, "AREA")) == (roubles(90), None)


def test_what_came_from_the_flat_goes_with_it_whoever_takes_it(admin):
    """By time, by hand on the flat, by the bin; what somebody changed since stays."""
    world = estate(admin, days=3)
    flat = world.flat(AREA=Decimal(40), PRICE=roubles(100))
    deal = world.deal("Ivanov", flat)

    def left():
        return world.get(deal, "FLAT"), world.get(deal, "AREA"), world.get(deal, "AMOUNT")

    assert free_expired(timezone.now() + AFTERWARDS) == 1
    assert left() == (None, None, None)
    world.change(deal, FLAT=flat.pk)
    world.change(deal, AMOUNT=roubles(90))
    release(flat.pk, actor=admin)
    assert left() == (None, None, roubles(90))
    world.change(deal, FLAT=flat.pk)
    delete_elements(world.deals.pk, [deal.pk], actor=admin)
    world.deal("Petrov", flat)
    restore_elements(world.deals.pk, [deal.pk], actor=admin)
    assert left() == (None, None, None)


def test_of_several_flats_the_data_of_those_that_are_left_stay(admin):
    world = estate(admin, multiple=True)
    first, second = world.flat(PRICE=roubles(100)), world.flat("Flat 2", PRICE=roubles(50))
    deal = world.deal("Ivanov")
    world.change(deal, FLAT=[first.pk, second.pk])
    release(first.pk, actor=admin)
    assert (world.get(deal, "FLAT"), world.get(deal, "AMOUNT")) == ([second.pk], roubles(50))
    replace_rows(deal.pk, [{"name": "Flat", "quantity": 1, "price": 50}], actor=admin)
    release(second.pk, actor=admin)  # an amount that follows the products is no copy
    assert (world.get(deal, "FLAT"), world.get(deal, "AMOUNT")) == (None, roubles(50))
