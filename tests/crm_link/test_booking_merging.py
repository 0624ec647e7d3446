"""Deals that hold objects become one: the objects stay held, the sold ones sold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_link.kinds import DEAL
from crm_link.models import Booking
from crm_link.services import merging
from crm_link.services.merging import merge_items
from lists_core.models import Job
from lists_core.services.elements import restore_elements
from lists_core.services.jobs import run_job
from svod.base.errors import Conflict
from tests.crm_link.booking_world import estate, roubles
from tests.crm_link.crm_world import stage

pytestmark = pytest.mark.django_db


def merge(world, main, *others, **chosen) -> None:
    merge_items(DEAL, main.pk, [one.pk for one in others], actor=world.actor, chosen=chosen)


def test_the_main_deal_takes_over_what_the_other_holds(admin):
    world = estate(admin, days=3)
    flat = world.flat(AREA=Decimal(40), PRICE=roubles(100))
    main, other = world.deal("Main", AMOUNT=roubles(90)), world.deal("Other", flat)
    until = Booking.objects.get().until
    merge(world, main, other)
    assert Booking.objects.get().until == until
    assert (world.status(flat), world.holder(flat)) == ("Booked", main.pk)
    assert (world.get(flat, "DEAL"), world.get(main, "FLAT")) == (main.pk, flat.pk)
    assert (world.get(main, "AREA"), world.get(main, "AMOUNT")) == (Decimal(40), roubles(90))
    restore_elements(world.deals.pk, [other.pk], actor=admin)
    assert (world.holder(flat), world.get(other, "FLAT")) == (main.pk, None)


def test_of_two_flats_the_one_that_is_chosen_stays(admin):
    world = estate(admin)
    flats = [world.flat(f"Flat {number}", AREA=Decimal(40 + number)) for number in range(3)]
    main, other, third = [world.deal(f"Deal {number}", one) for number, one in enumerate(flats)]
    merge(world, main, other)
    assert [world.status(one) for one in flats] == ["Booked", "Free", "Booked"]
    merge(world, main, third, FLAT=third.pk)
    assert [world.status(one) for one in flats] == ["Free", "Free", "Booked"]
    assert [world.get(one, "DEAL") for one in flats] == [None, None, main.pk]
    assert (world.holder(flats[2]), world.get(main, "AREA")) == (main.pk, Decimal(42))


def test_a_sold_flat_stays_sold_or_the_merge_is_refused(admin):
    world = estate(admin, multiple=True)
    first, second = world.flat(), world.flat("Flat 2")
    main, other = [world.deal(name, FLAT=[one.pk]) for name, one in
                   (("Main", first), ("Other", second))]  # fmt: skip
    world.change(other, STAGE=stage("deal", "WON").pk)
    with pytest.raises(Conflict, match="«Other»"):
        merge(world, main, other)
    assert (world.status(second), world.holder(second)) == ("Sold", other.pk)
    world.change(main, STAGE=stage("deal", "WON").pk)
    merge(world, main, other)
    assert [world.status(one) for one in (first, second)] == ["Sold", "Sold"]
    assert world.holder(first) == world.holder(second) == main.pk
    lost = world.deal("Lost", STAGE=stage("deal", "LOSE").pk)
    with pytest.raises(Conflict, match="проиграна"):
        merge(world, lost, main)


def test_a_long_merge_hands_over_too(admin, admin_client, monkeypatch):
    monkeypatch.setattr(merging, "INLINE", 1)  # the flat itself links to its deal
    world = estate(admin)
    flat = world.flat()
    main, other = world.deal("Main"), world.deal("Other", flat)
    admin_client.post("/crm/deal/merge/", {"id": [main.pk, other.pk], "main": main.pk})
    job = Job.objects.get(kind="merge_items")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert (world.holder(flat), world.get(flat, "DEAL")) == (main.pk, main.pk)
