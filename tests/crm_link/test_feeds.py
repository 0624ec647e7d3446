"""Won deals feed the list of deliveries, and the list follows the deals."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_link.models import FeedDue, FeedGroup, FeedLink, FeedRule
from crm_link.services.feed_preview import preview
from crm_link.services.feed_rules import rebuild, save_feed_rule
from crm_link.services.feeds import try_again, work_feeds
from lists_core.models import Element, ElementVersion, Field
from lists_core.schema.cache import schema_of
from lists_core.services.bulk import bulk_update
from lists_core.services.element_bin import empty_element_bins, purge_elements
from lists_core.services.elements import delete_elements, restore_elements
from lists_core.services.fields import create_field, update_field
from lists_core.services.outbox import announce
from staff.models import Employee
from svod.base.errors import Invalid
from tests.crm_link.crm_world import stage
from tests.crm_link.feed_world import MONDAY, TUESDAY, Feeds, feeds, given_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(admin) -> Feeds:
    return feeds(admin)


def test_deals_of_one_day_and_address_are_one_delivery(world):
    world.deal("One", 100)
    world.deal("Two", 50, ADDRESS="  lenin st. ,1. ")
    world.deal("Three", 10, DAY=TUESDAY)
    world.deal("Not won", won=False)
    world.follow()
    assert world.short() == [
        (MONDAY, "Lenin st., 1", 150, 2, "One\nTwo"),
        (TUESDAY, "Lenin st., 1", 10, 1, "Three"),
    ]
    first = world.rows()[0]
    assert len(first["DEALS"]) == 2
    assert first["NAME"].endswith("Lenin st., 1")


def test_changes_of_the_deal_follow_and_what_people_wrote_stays(world):
    one, two = world.deal("One", 100), world.deal("Two", 50)
    world.follow()
    [delivery] = world.rows()
    world.write(delivery, STATUS=world.state("On the way"), DRIVER="Petrov")
    world.change(one, AMOUNT=None)
    world.change(two, NAME="Two boxes")
    world.follow()
    assert world.short() == [(MONDAY, "Lenin st., 1", 50, 2, "One\nTwo boxes")]
    [row] = world.rows()
    assert (row["ID"], row["DRIVER"]) == (delivery["ID"], "Petrov")
    assert row["STATUS"] == world.state("On the way")


def test_another_address_moves_the_deal_to_another_delivery(world):
    one, _two = world.deal("One", 100), world.deal("Two", 50)
    world.follow()
    world.change(one, ADDRESS="Mira st., 5")
    world.follow()
    assert world.short() == [
        (MONDAY, "Lenin st., 1", 50, 1, "Two"),
        (MONDAY, "Mira st., 5", 100, 1, "One"),
    ]


def test_a_deal_taken_back_leaves_and_its_delivery_goes_to_the_bin_and_returns(world):
    one = world.deal("One", 100)
    world.follow()
    [delivery] = world.rows()
    world.write(delivery, DRIVER="Petrov")
    world.change(one, STAGE=stage("deal", "EXECUTING").pk)
    world.follow()
    assert world.rows() == []
    assert [row["ID"] for row in world.rows(binned=True)] == [delivery["ID"]]
    world.change(one, STAGE=stage("deal", "WON").pk)
    world.follow()
    [row] = world.rows()
    assert (row["ID"], row["DRIVER"]) == (delivery["ID"], "Petrov")


def test_an_emptied_delivery_may_be_cancelled_and_revived(admin):
    world = feeds(admin)
    field = Field.objects.get(list=world.deliveries, code="STATUS")
    cancelled = field.options.get(name="Cancelled")
    world.save(empty=FeedRule.Empty.CANCEL, cancel_field=field, cancel_option=cancelled)
    one = world.deal("One")
    world.follow()
    world.write(world.rows()[0], STATUS=world.state("On the way"))
    delete_elements(world.deals.pk, [one.pk], actor=admin)
    world.follow()
    [row] = world.rows()
    assert (row["STATUS"], row["DEALS"]) == (cancelled.pk, None)
    restore_elements(world.deals.pk, [one.pk], actor=admin)
    world.follow()
    [row] = world.rows()
    assert (row["STATUS"], row["DEALS"]) == (world.state("On the way"), [one.pk])


def test_a_cancelled_delivery_that_is_gone_for_good_is_made_anew_and_cancelled_again(admin):
    world = feeds(admin)
    field = Field.objects.get(list=world.deliveries, code="STATUS")
    cancelled = field.options.get(name="Cancelled")
    world.save(empty=FeedRule.Empty.CANCEL, cancel_field=field, cancel_option=cancelled)
    one = world.deal("One")
    world.follow()
    for _time in range(2):
        delete_elements(world.deals.pk, [one.pk], actor=admin)
        world.follow()
        [row] = world.rows()
        assert row["STATUS"] == cancelled.pk
        delete_elements(world.deliveries.pk, [row["ID"]], actor=admin)
        purge_elements(world.deliveries.pk, [row["ID"]], actor=admin)
        restore_elements(world.deals.pk, [one.pk], actor=admin)
        world.follow()
        assert len(world.rows()) == 1


def test_what_an_empty_group_left_in_the_bin_waits_for_its_sources(world, settings):
    settings.ELEMENT_BIN_DAYS = 30
    one = world.deal("One")
    world.follow()
    [row] = world.rows()
    delete_elements(world.deals.pk, [one.pk], actor=world.actor)
    world.follow()
    assert world.rows() == []
    binned = schema_of(world.deliveries).model.objects.filter(pk=row["ID"])
    binned.update(deleted_at=timezone.now() - timedelta(days=300))
    assert empty_element_bins() == 0
    restore_elements(world.deals.pk, [one.pk], actor=world.actor)
    world.follow()
    assert [one["ID"] for one in world.rows()] == [row["ID"]]


def test_events_that_come_twice_or_late_change_nothing(world):
    one = world.deal("One")
    world.follow()
    versions = ElementVersion.objects.count()
    FeedDue.objects.bulk_create(FeedDue(rule=world.rule, source=one.pk) for _ in range(3))
    FeedDue.objects.create(rule=world.rule, source=10**9)  # never was, or is of another list
    work_feeds()
    assert ElementVersion.objects.count() == versions
    assert not FeedDue.objects.exists()


def test_a_bulk_change_of_500_deals_asks_a_bounded_number_of_queries(world):
    deals = [world.deal("First", ADDRESS=None), world.deal("Second", ADDRESS=None)]
    made = world.model(world.deals)
    schema_row = made.objects.get(pk=deals[0].pk)
    ids = copies(world, schema_row, 498) + [one.pk for one in deals]
    world.follow()

    def queries(some: list[int], when: date) -> int:
        for start in range(0, len(some), 250):
            part = some[start : start + 250]
            bulk_update(world.deals.pk, part, {"DAY": when}, actor=world.actor)
        with CaptureQueriesContext(connection) as seen:
            world.follow()
        return len(seen)

    few = queries(ids[:2], MONDAY + timedelta(days=9))
    many = queries(ids, MONDAY + timedelta(days=10))
    assert many <= few + 12
    assert [row[3] for row in world.short()] == [500]


def copies(world: Feeds, row, count: int) -> list[int]:
    """More deals like this one, without going through the services one by one."""
    elements = Element.objects.bulk_create(Element(list=world.deals) for _ in range(count))
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.fields
        if field.attname != "id"
    }
    made = [type(row)(id=one.pk, **values) for one in elements]
    type(row).objects.bulk_create(made)
    ids = [one.pk for one in elements]
    announce("element.created", world.deals.pk, ids=ids, actor=world.actor.pk)
    return ids


def test_rebuilding_makes_all_anew_and_twice_nothing(world):
    world.deal("One")
    world.deal("Two", ADDRESS="Mira st., 5")
    world.follow()
    FeedLink.objects.all().delete()
    FeedGroup.objects.all().delete()
    delete_elements(world.deliveries.pk, [row["ID"] for row in world.rows()], actor=world.actor)
    rebuild(world.rule, actor=world.actor)
    assert world.rebuild() | {"last": 0} == {"created": 2, "changed": 0, "emptied": 0, "last": 0}
    versions = ElementVersion.objects.count()
    rebuild(world.rule, actor=world.actor)
    assert world.rebuild() | {"last": 0} == {"created": 0, "changed": 0, "emptied": 0, "last": 0}
    assert ElementVersion.objects.count() == versions


def test_one_deal_that_fits_not_holds_up_none_and_its_reason_is_told(world):
    address = Field.objects.get(list=world.deliveries, code="ADDRESS")
    update_field(address.pk, actor=world.actor, required=True)
    bad = world.deal("Without an address", ADDRESS=None)
    world.deal("Good")
    world.follow()
    assert [row[4] for row in world.short()] == ["Good"]
    world.rule.refresh_from_db()
    assert world.rule.error
    assert world.failures() == [world.rule.error]
    world.change(bad, ADDRESS="Mira st., 5")
    world.follow()
    assert [row[4] for row in world.short()] == ["Good", "Without an address"]
    assert try_again(world.rule) == 1
    work_feeds(timezone.now() + timedelta(seconds=1))
    world.rule.refresh_from_db()
    assert (world.rule.error, world.failures()) == ("", [])


def test_a_broken_rule_tells_why_and_the_others_go_on(world):
    other = save_feed_rule(None, {**given_of(world), "name": "Broken"}, actor=world.actor)
    day = Field.objects.get(list=world.deals, code="DAY")
    FeedRule.objects.filter(pk=other.pk).update(mapping=[{"field": 10**9, "how": "copy",
                                                          "into": day.pk}])  # fmt: skip
    world.deal("One")
    world.follow()
    assert len(world.rows()) == 1
    other.refresh_from_db()
    assert other.error
    assert other.failed_at


def test_a_day_is_the_portals_whoever_works_and_looks(world):
    """At these moments it is Monday in Moscow; in Vladivostok it is Monday, then Tuesday."""
    at = create_field(world.deals.pk, "datetime", actor=world.actor, code="AT", name="At")
    into = Field.objects.get(list=world.deliveries, code="DAY")
    Employee.objects.filter(pk=world.rule.run_as_id).update(time_zone="Asia/Vladivostok")
    world.save(keys=[{"field": at.pk, "by": "day"}],
               mapping=[{"field": at.pk, "how": "latest", "into": into.pk}])  # fmt: skip
    for hour in (12, 15):
        world.deal(f"At {hour}", AT=datetime(2026, 12, 7, hour, tzinfo=UTC))
    world.follow()
    assert [row["DAY"] for row in world.rows()] == [MONDAY]
    with timezone.override("Asia/Vladivostok"):
        assert [number for number, _drawn in preview(world.rule, actor=world.actor).rows] == [2]


def test_rules_are_checked(world):
    given = given_of(world) | {"name": "Other"}
    for wrong, field in (
        ({"target": world.deals}, "target"),
        ({"source": world.deliveries, "target": world.deals}, "target"),
        ({"keys": []}, "keys"),
        ({"keys": [{"field": 0, "by": "day"}]}, "keys"),
        ({"mapping": [*given["mapping"], given["mapping"][0]]}, "mapping"),
        ({"mapping": [{"field": 0, "how": "sum", "into": 0}]}, "mapping"),
        ({"link": Field.objects.get(list=world.deliveries, code="SUM")}, "link"),
        ({"empty": "cancel"}, "cancel_field"),
        ({"condition": {"and": [{"field": "NOTHING", "op": "eq", "value": ["1"]}]}}, "filter"),
    ):
        with pytest.raises(Invalid) as refused:
            save_feed_rule(None, {**given, **wrong}, actor=world.actor)
        assert set(refused.value.errors) == {field}


def test_the_preview_shows_groups_and_writes_nothing(world):
    world.deal("One", 100)
    world.deal("Two", 50)
    shown = preview(world.rule, actor=world.actor)
    assert (shown.sources, shown.more) == (2, False)
    [(number, cells)] = shown.rows
    assert number == 2
    assert any("150" in cell for cell in cells)
    assert world.rows() == []


def expected(model: dict) -> list:
    groups = defaultdict(list)
    for pk, deal in sorted(model.items()):
        if deal["won"] and not deal["binned"]:
            groups[deal["day"], deal["address"].lower()].append((pk, deal))
    return sorted(
        (
            (day, own[0][1]["address"], sum(one["amount"] for _pk, one in own), len(own),
             "\n".join(dict.fromkeys(one["name"] for _pk, one in own)))
            for (day, _address), own in groups.items()
        ),
        key=lambda row: (str(row[0]), row[1]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_to_deals_the_list_is_what_plain_python_makes_of_them(world, seed):
    chance = random.Random(seed)
    model: dict[int, dict] = {}
    for turn in range(36):
        act(world, model, chance, turn)
        if chance.random() < 0.3:
            world.follow()
            assert world.short() == expected(model)
    world.follow()
    assert world.short() == expected(model)
    rebuild(world.rule, actor=world.actor)
    versions = ElementVersion.objects.count()
    world.rebuild()
    assert ElementVersion.objects.count() == versions


def act(world: Feeds, model: dict, chance: random.Random, turn: int) -> None:
    """One thing that happens, in the portal and in the model."""
    day = MONDAY + timedelta(days=chance.randrange(2))
    address = chance.choice(["Lenin st., 1", "lenin st., 1", "Mira st., 5"])
    live = [pk for pk, deal in model.items() if not deal["binned"]]
    kind = chance.choice(["make", "day", "address", "amount", "stage", "bin", "back"])
    if kind == "make" or not live:
        won = chance.random() < 0.7
        row = world.deal(f"Deal {turn}", turn, won=won, DAY=day, ADDRESS=address)
        model[row.pk] = {"name": f"Deal {turn}", "amount": turn, "won": won, "day": day,
                         "address": address, "binned": False}  # fmt: skip
        return
    pk = chance.choice(live)
    row = world.model(world.deals).objects.get(pk=pk)
    if kind == "day":
        world.change(row, DAY=day)
        model[pk]["day"] = day
    elif kind == "address":
        world.change(row, ADDRESS=address)
        model[pk]["address"] = address
    elif kind == "amount":
        world.change(row, AMOUNT=None)
        model[pk]["amount"] = 0
    elif kind == "stage":
        model[pk]["won"] = not model[pk]["won"]
        world.change(row, STAGE=stage("deal", "WON" if model[pk]["won"] else "NEW").pk)
    elif kind == "bin":
        delete_elements(world.deals.pk, [pk], actor=world.actor)
        model[pk]["binned"] = True
    else:
        binned = [one for one, deal in model.items() if deal["binned"]][:1]
        restore_elements(world.deals.pk, binned, actor=world.actor)
        for one in binned:
            model[one]["binned"] = False
