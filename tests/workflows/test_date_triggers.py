"""Starts by dates in elements, once each, also moved and late ones; by schedule over a filter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lists_core.services.elements import update_element
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import put
from workflows.models import Instance, Template, Trigger, Wake
from workflows.services.events import handle_events
from workflows.services.templates import create_template, pause, publish, save_draft
from workflows.services.triggers import start_scheduled

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.field("date", "UNTIL")
    made.field("datetime", "CALL")
    return made


def today(days: int = 0, hour: int = 0) -> datetime:
    here = timezone.localtime(timezone.now(), MOSCOW)
    return datetime(here.year, here.month, here.day, hour, tzinfo=MOSCOW) + timedelta(days=days)


def published(world: World, *triggers: dict[str, Any], code: str = "p") -> Template:
    template = Template.objects.filter(code=code).first() or create_template(
        actor=world.anna, name=code, code=code, list_id=world.list.pk
    )
    tree = {**template.draft, "steps": [put("a", "1")], "triggers": list(triggers)}
    save_draft(template.pk, tree, draft_version=template.draft_version, actor=world.anna)
    publish(template.pk, actor=world.anna)
    return Template.objects.get(pk=template.pk)


def before(count: int = 30, unit: str = "days", **more: Any) -> dict[str, Any]:
    shift = {"amount": count, "unit": unit}
    return {"event": "date", "field": "UNTIL", "shift": shift, "at": "09:00", **more}


def look(now: datetime) -> list[int]:
    """Handle events, look at dates; returns the elements started so far, ascending."""
    handle_events(now)
    start_scheduled(now)
    return sorted(Instance.objects.values_list("subject_id", flat=True))  # type: ignore[type-var]


def move(world: World, element: Any, **values: Any) -> None:
    version = world.row(element.pk).version
    update_element(world.list.pk, element.pk, values, version=version, actor=world.anna)


def test_each_element_is_started_so_long_before_its_date(world: World) -> None:
    soon = world.add(UNTIL=today(40).date())
    later = world.add(UNTIL=today(41).date())
    world.add()
    published(world, before())
    assert look(timezone.now()) == []
    assert look(today(10, 8)) == []
    assert look(today(10, 9)) == [soon.pk]
    assert look(today(10, 10)) == [soon.pk]
    assert look(today(11, 9)) == [soon.pk, later.pk]
    assert look(today(90)) == [soon.pk, later.pk]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"direction": "after"}, 40 + 30),
        ({"shift": {"amount": 2, "unit": "weeks"}}, 40 - 14),
        ({"shift": None}, 40),
    ],
)
def test_before_after_and_on_the_day(world: World, rule: dict[str, Any], days: int) -> None:
    element = world.add(UNTIL=today(40).date())
    published(world, before() | rule)
    look(timezone.now())
    assert look(today(days, 8)) == []
    assert look(today(days, 9)) == [element.pk]


def test_working_days_are_counted_by_the_calendar(world: World) -> None:
    from staff.selectors_calendar import working_time

    element = world.add(UNTIL=date(2028, 1, 12))
    published(world, before(3, "working_days"))
    day = working_time().shifted(date(2028, 1, 12), -3)
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=MOSCOW)
    look(timezone.now())
    assert day < date(2028, 1, 1)  # over the New Year
    assert look(moment - timedelta(minutes=1)) == []
    assert look(moment) == [element.pk]


def test_a_moment_of_a_date_with_time(world: World) -> None:
    call = today(5) + timedelta(hours=15, minutes=40)
    element = world.add(CALL=call)
    published(world, before(2, "hours") | {"field": "CALL", "at": ""})
    look(timezone.now())
    assert look(call - timedelta(hours=2, minutes=1)) == []
    assert look(call - timedelta(hours=1, minutes=59)) == [element.pk]


def test_a_moved_date_counts_anew_and_the_old_one_no_more(world: World) -> None:
    element = world.add(UNTIL=today(40).date())
    published(world, before())
    look(timezone.now())
    move(world, element, UNTIL=today(60).date())
    assert look(today(10, 9)) == []
    assert look(today(30, 9)) == [element.pk]
    move(world, element, UNTIL=today(80).date())
    assert look(today(50, 9)) == [element.pk, element.pk]


def test_a_date_that_comes_too_late_starts_at_once_until_its_day_is_over(world: World) -> None:
    published(world, before())
    look(timezone.now())
    late = world.add(UNTIL=today(5).date())
    world.add(UNTIL=today(-1).date())
    assert look(timezone.now()) == [late.pk]
    again = world.add(UNTIL=today(3).date())
    published(world, before(late="skip"), code="skips")
    assert look(timezone.now()) == [late.pk, again.pk]


def test_publishing_takes_up_the_dates_that_are_not_over(world: World) -> None:
    ahead = world.add(UNTIL=today(5).date())
    world.add(UNTIL=today(-5).date())
    published(world, before())
    assert look(timezone.now()) == [ahead.pk]
    published(world, before())
    assert look(timezone.now()) == [ahead.pk]
    published(world, before(20))  # another shift: from now on
    assert look(timezone.now()) == [ahead.pk]


def test_nothing_is_missed_while_nothing_ran(world: World) -> None:
    elements = [world.add(UNTIL=today(40 + day).date()) for day in range(3)]
    published(world, before())
    look(timezone.now())
    assert look(today(20)) == [one.pk for one in elements]


def test_the_filter_chooses(world: World) -> None:
    dear = {"and": [{"field": "PRICE", "op": "gt", "value": ["10"]}]}
    world.add(UNTIL=today(5).date(), PRICE=1)
    wanted = world.add(UNTIL=today(5).date(), PRICE=50)
    published(world, before(filter=dear))
    assert look(timezone.now()) == [wanted.pk]


def test_a_paused_process_lets_its_dates_go_by(world: World) -> None:
    world.add(UNTIL=today(40).date())
    template = published(world, before())
    look(timezone.now())
    pause(template.pk, True, actor=world.anna)
    assert look(today(10, 9)) == []
    pause(template.pk, False, actor=world.anna)
    assert look(today(12, 9)) == []


def test_a_look_costs_the_same_for_many_elements(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _place in range(40):
        world.add(UNTIL=today(5).date())
    published(world, before())
    handle_events(timezone.now())
    with django_assert_max_num_queries(25):
        start_scheduled(timezone.now())
    assert Instance.objects.count() == 40
    assert Wake.objects.filter(kind="start").count() == 40


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_look_at_once_each_element_is_started_once() -> None:
    world = make_world()
    world.field("date", "UNTIL")
    published(world, before())
    start_scheduled()
    for _place in range(30):
        world.add(UNTIL=today(5).date())
    Trigger.objects.update(next_at=timezone.now(), scanned_to=None)

    def looking(place: int) -> None:
        try:
            handle_events() if place % 2 else start_scheduled()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(looking, range(10)))
    while handle_events():
        pass
    assert Instance.objects.count() == 30


def test_a_schedule_starts_on_every_element_found(world: World) -> None:
    dear = {"and": [{"field": "PRICE", "op": "gt", "value": ["10"]}]}
    world.add(PRICE=1)
    wanted = [world.add(PRICE=50).pk for _place in range(3)]
    schedule = {"event": "schedule", "cron": "0 9 * * *", "zone": "Europe/Moscow", "each": True}
    published(world, {**schedule, "filter": dear})
    assert look(timezone.now()) == []
    assert look(today(1, 9)) == wanted
    assert look(today(1, 10)) == wanted
    assert look(today(2, 9)) == sorted(wanted * 2)


def test_a_schedule_goes_on_in_bounded_transactions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.services.triggers.AT_ONCE", 2)
    wanted = [world.add().pk for _place in range(4)]
    schedule = {"event": "schedule", "cron": "0 9 * * *", "zone": "Europe/Moscow", "each": True}
    published(world, schedule)
    handle_events(today(1, 9))
    assert start_scheduled(today(1, 9)) == 3
    assert look(today(1, 10)) == wanted
    assert look(today(2, 9)) == sorted(wanted * 2)


def test_a_change_of_the_section_starts(world: World) -> None:
    from lists_core.services.elements import move_elements
    from lists_core.services.sections import create_section

    section = create_section(world.list.pk, actor=world.anna, name="Архив")
    element = world.add()
    published(world, {"event": "changed", "fields": ["SECTION"]})
    move(world, element, NOTE="x")
    assert look(timezone.now()) == []
    move_elements(world.list.pk, [element.pk], actor=world.anna, section_id=section.pk)
    assert look(timezone.now()) == [element.pk]
