"""Two hundred takers at the same moment, on real connections."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import DatabaseError, connection, transaction

from crm_link.models import Booking, Stage
from crm_link.presets import FIELDS
from crm_link.services import setup
from lists_core.models import Element, ElementVersion, FieldOption
from lists_core.schema.cache import schema_of
from svod.base.errors import Conflict, Invalid
from tests.crm_link.booking_world import Estate, estate
from tests.crm_link.crm_world import administrator, crm

THREADS, EACH = 20, 10
#: What listeners and the rule read; eighty other columns only take time to make.
NEEDED = {"STAGE", "AMOUNT", "CLOSED_AT", "RESPONSIBLE"}


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    few = {"deal": [one for one in FIELDS["deal"] if one.code in NEEDED]}
    monkeypatch.setattr(setup, "FIELDS", few)
    admin = administrator()
    crm(admin)
    yield estate(admin)
    Booking.objects.all().delete()
    for list_id in Element.objects.order_by().values_list("list_id", flat=True).distinct():
        Element.objects.filter(list_id=list_id).delete()


def deals_of(world: Estate, count: int) -> list[int]:
    """Many deals without a flat, by two statements."""
    schema = schema_of(world.fresh(world.deals))
    new = Stage.objects.get(code="NEW")
    elements = Element.objects.bulk_create(Element(list=world.deals) for _ in range(count))
    column = schema["STAGE"].main_column
    schema.model.objects.bulk_create(
        schema.model(
            id=one.pk, name=f"Deal {one.pk}", section=new.pipeline_id, **{column: new.pk},
            created_by=world.actor.pk, modified_by=world.actor.pk,
        )
        for one in elements
    )  # fmt: skip
    return [one.pk for one in elements]


def together(work: Callable[[int], list[str]]) -> list[str]:
    """What each of THREADS threads, begun at the same moment, came to."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> list[str]:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return [one for own in pool.map(begin, range(THREADS)) for one in own]


def take(world: Estate, deal: int, flat: int | None) -> str:
    """What the person of this deal is told; "" for success."""
    row = schema_of(world.fresh(world.deals)).model.objects.get(pk=deal)
    try:
        world.change(row, FLAT=flat)
    except (Invalid, Conflict) as error:
        return str(error.errors) if isinstance(error, Invalid) else str(error)
    return ""


def check(world: Estate, deals: list[int], flats: list[int]) -> None:
    """Deals, objects, bookings and history tell one story, and no deal is lost."""
    schema, objects = schema_of(world.fresh(world.deals)), schema_of(world.fresh(world.flats))
    rows = schema.model.objects.in_bulk(deals)
    assert set(rows) == set(deals)
    linked = {pk: flat for pk, row in rows.items() if (flat := schema["FLAT"].read(row))}
    held = dict(Booking.objects.values_list("deal", "element"))
    assert linked == held
    assert len(set(held.values())) == len(held)
    free, booked = (FieldOption.objects.get(name=name).pk for name in ("Free", "Booked"))
    holders = {flat: deal for deal, flat in held.items()}
    for pk, row in objects.model.objects.in_bulk(flats).items():
        assert objects["STATUS"].read(row) == (booked if pk in holders else free)
        assert objects["DEAL"].read(row) == holders.get(pk)
        assert row.version == ElementVersion.objects.filter(element=pk).count()


def test_one_flat_has_one_winner_of_two_hundred(world):
    flat = world.flat().pk
    deals = deals_of(world, THREADS * EACH)

    def work(number: int) -> list[str]:
        return [take(world, deals[place], flat) for place in range(number, len(deals), THREADS)]

    told = together(work)
    losers = [text for text in told if text]
    assert len(told) == 200
    assert len(losers) == 199
    winner = Booking.objects.get().deal_id
    assert set(losers) == {f"{{'FLAT': ['«Flat 1» уже забронирован для сделки «Deal {winner}».']}}"}
    check(world, deals, [flat])


def test_twenty_flats_go_round_and_none_is_held_twice(world):
    flats = [world.flat(f"Flat {number}").pk for number in range(20)]
    deals = deals_of(world, THREADS * EACH)

    def work(number: int) -> list[str]:
        chance = random.Random(number)
        own = deals[number * EACH : (number + 1) * EACH]
        return [
            take(world, chance.choice(own), chance.choice([*flats, None])) for _turn in range(EACH)
        ]

    told = together(work)
    assert len(told) == 200
    assert any(told)
    assert not all(told)
    check(world, deals, flats)


def test_a_connection_that_dies_in_the_middle_leaves_nothing(world):
    flat = world.flat()
    [deal] = deals_of(world, 1)
    taken, gone, pid = Event(), Event(), []

    def work() -> bool:
        try:
            with transaction.atomic():
                pid.append(connection.cursor().execute("SELECT pg_backend_pid()").fetchone()[0])
                world.change(world.now(flat).__class__(pk=deal), FLAT=flat.pk)
                taken.set()
                gone.wait(30)
        except DatabaseError:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(1) as pool:
        died = pool.submit(work)
        assert taken.wait(30)
        connection.cursor().execute("SELECT pg_terminate_backend(%s)", pid)
        gone.set()
        assert died.result(30)
    check(world, [deal], [flat.pk])
    assert take(world, deal, flat.pk) == ""
