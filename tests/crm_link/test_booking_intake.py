"""Open deals that named an object before there was a rule book it, the oldest first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_link.kinds import DEAL
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_intake import intake_of
from crm_link.services.booking_intake import Intake, take_in
from crm_link.services.booking_rules import STATES, save_booking_rule
from crm_link.services.items import move_to_stage
from crm_link.services.stages import renew
from lists_core.models import Job
from lists_core.services.jobs import run_job
from lists_core.services.outbox import cause
from svod.base.errors import Conflict, Invalid
from tests.crm_link.booking_world import Estate, estate
from tests.crm_link.crm_world import stage

pytestmark = pytest.mark.django_db


def take_all_in(world: Estate) -> Job:
    job = Job.objects.filter(kind="booking_intake").order_by("created_at").last()
    run_job(job.pk)
    job.refresh_from_db()
    return job


def turned_away_twice() -> Any:
    """Others book the same at that moment."""
    errors = iter([Conflict(), Conflict()])

    def takes(*given: Any, **named: Any) -> Intake:
        for error in errors:
            raise error
        return take_in(*given, **named)

    return takes


def asked_for(world: Estate, job: Job, pairs: list[list[int]]) -> int:
    """How many queries it takes to tell of these conflicts."""
    Job.objects.filter(pk=job.pk).update(result={**job.result, "conflicts": pairs})
    with CaptureQueriesContext(connection) as asked:
        found = intake_of(world.rule, world.actor)
    assert found is not None
    assert len(found.conflicts) == len(pairs)
    return len(asked)


def resting(world: Estate, *, active: bool) -> None:
    """The rule rests or works, and its lists know it."""
    BookingRule.objects.filter(pk=world.rule.pk).update(is_active=active)
    for list_ in (world.flats, world.deals):
        renew(list_)


def test_open_deals_that_were_there_before_are_taken_in(admin, admin_client, monkeypatch):
    monkeypatch.setattr("crm_link.services.booking_intake.BATCH", 1)
    world = estate(admin)
    resting(world, active=False)
    wanted, by_hand, other = (world.flat(f"Flat {number}") for number in range(3))
    world.change(by_hand, STATUS=world.state("Booked"))
    world.change(other, STATUS=world.state("Withdrawn"))
    oldest, late = world.deal("Oldest", wanted), world.deal("Late", wanted)
    second, third = world.deal("Second", by_hand), world.deal("Third", other)
    lost, won = world.deal("Lost"), world.deal("Won")
    for deal, code in ((lost, "LOSE"), (won, "WON")):
        world.change(deal, FLAT=world.flat("Closed").pk)
        move_to_stage(DEAL, deal.pk, stage("deal", code).pk, actor=admin)
    resting(world, active=True)
    given = {name: getattr(world.rule, name) for name in ("name", "link", "status", *STATES)}
    save_booking_rule(BookingRule.objects.get(pk=world.rule.pk), given, actor=world.actor)
    monkeypatch.setattr("crm_link.jobs.booking_intake.take_in", turned_away_twice())
    job = take_all_in(world)
    told = {name: job.result[name] for name in ("looked", "booked", "refused", "conflicts")}
    pairs = [[late.pk, wanted.pk], [third.pk, other.pk]]
    assert told == {"looked": 4, "booked": 2, "refused": 2, "conflicts": pairs}
    held = dict(Booking.objects.values_list("element", "deal"))
    assert held == {wanted.pk: oldest.pk, by_hand.pk: second.pk}
    assert world.status(wanted) == "Booked"
    url = reverse("crm_booking_rule", args=[world.rule.pk])
    page = admin_client.get(url).content.decode()
    assert "«Flat 0» уже забронирован для сделки «Oldest»." in page
    assert "Third" in page
    assert asked_for(world, job, pairs[:1]) == asked_for(world, job, pairs)
    world.change(late, FLAT=None)
    assert "Late" not in admin_client.get(url).content.decode()
    mark = cause.set({"instance": 1, "chain": []})  # a process tells others of its failure
    with pytest.raises(Invalid) as refused:
        world.change(late, FLAT=wanted.pk)
    cause.reset(mark)
    assert refused.value.errors == {"FLAT": ["Объект не свободен."]}
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    assert "Third" not in admin_client.get(url).content.decode()
