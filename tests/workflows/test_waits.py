"""Waiting: for a period, until a date that may move, for a change of the element."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lists_core.services.elements import delete_elements, restore_elements, update_element
from staff.models import CalendarDay, WorkCalendar
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import START, begin, put, step, template_of, variables
from workflows.engine.work import work_all
from workflows.models import Instance, Wake, Watch
from workflows.services.events import handle_events
from workflows.services.instances import retry

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
AFTER = put("after", "1")


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.field("date", "UNTIL")
    made.field("datetime", "CALL")
    return made


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def went_on(instance: Instance, now: datetime) -> bool:
    handle_events(now)
    work_all(now)
    instance.refresh_from_db()
    return instance.status == "done" and variables(instance).get("after") == "1"


def waiting(world: World, *steps: Any, **values: Any) -> Instance:
    """An instance on a new element, begun on Tuesday, 24 November 2026 at 9:00."""
    element = world.add(**values)
    handle_events(START)
    return begin(template_of(list(steps), list_=world.list), world.anna, element.pk)


def change(world: World, instance: Instance, **values: Any) -> None:
    version = world.row(instance.subject_id or 0).version
    update_element(
        world.list.pk, instance.subject_id or 0, values, version=version, actor=world.anna
    )


def span(amount: Any, unit: str) -> dict[str, Any]:
    return {"amount": amount, "unit": unit}


def test_a_period_is_waited_for(world: World) -> None:
    one = waiting(world, step("wait", period=span(3, "days")), AFTER)
    assert one.status == "waiting"
    assert not went_on(one, START + timedelta(days=3, seconds=-1))
    assert went_on(one, START + timedelta(days=3))


def test_a_period_may_come_from_a_value(world: World) -> None:
    wait = step("wait", period=span("{{Document.PRICE}}", "hours"))
    one = waiting(world, wait, AFTER, PRICE=2)
    assert not went_on(one, START + timedelta(minutes=119))
    assert went_on(one, START + timedelta(hours=2))


def test_a_period_that_is_none_stops_the_process_with_a_reason(world: World) -> None:
    one = waiting(world, step("wait", period=span("{{Document.NAME}}", "hours")), AFTER)
    assert one.status == "failed"
    assert one.error


def test_a_changed_calendar_moves_a_wait_by_working_days(world: World) -> None:
    from staff.services.calendars import mark_day

    calendar = WorkCalendar.objects.create(name="Портал", is_default=True)
    one = waiting(world, step("wait", period=span(1, "working_days")), AFTER)
    world.anna.is_superuser = True
    world.anna.save()
    mark_day(calendar, date(2026, 11, 25), CalendarDay.Kind.OFF, actor=world.anna)
    Wake.objects.filter(kind="event").update(due_at=START)
    assert not went_on(one, START + timedelta(days=1))
    assert went_on(one, START + timedelta(days=2))


@pytest.mark.parametrize(
    ("params", "moment"),
    [
        ({}, "2026-12-10T09:00"),
        ({"at": "14:30"}, "2026-12-10T14:30"),
        ({"shift": span(3, "days")}, "2026-12-07T09:00"),
        ({"shift": span(3, "days"), "direction": "after"}, "2026-12-13T09:00"),
        ({"shift": span(4, "days"), "day_off": "forward"}, "2026-12-07T09:00"),
        ({"shift": span(4, "days"), "day_off": "backward"}, "2026-12-04T09:00"),
        ({"shift": span(5, "working_days")}, "2026-12-03T09:00"),
        ({"shift": span(2, "hours"), "at": "09:00"}, "2026-12-10T07:00"),
        ({"shift": span(1, "months"), "direction": "after"}, "2027-01-10T09:00"),
    ],
)
def test_until_a_date(world: World, params: dict[str, Any], moment: str) -> None:
    wait = step("wait_until", date="{{Document.UNTIL}}", **params)
    one = waiting(world, wait, AFTER, UNTIL=date(2026, 12, 10))
    assert not went_on(one, at(moment) - timedelta(seconds=1))
    assert went_on(one, at(moment))


@pytest.mark.parametrize(
    ("params", "moment"),
    [({}, "2026-12-10T18:40"), ({"at": "10:00"}, "2026-12-10T10:00"),
     ({"shift": span(1, "days")}, "2026-12-09T18:40")],
)  # fmt: skip
def test_until_a_moment(world: World, params: dict[str, Any], moment: str) -> None:
    wait = step("wait_until", date="{{Document.CALL}}", **params)
    one = waiting(world, wait, AFTER, CALL=at("2026-12-10T18:40"))
    assert not went_on(one, at(moment) - timedelta(seconds=1))
    assert went_on(one, at(moment))


def test_the_zone_is_that_of_the_employee_or_the_portal(world: World) -> None:
    world.anna.time_zone = "Asia/Vladivostok"
    world.anna.save()
    own = waiting(world, step("wait_until", date="2026-12-10"), AFTER)
    assert not went_on(own, datetime(2026, 12, 9, 22, 59, tzinfo=ZoneInfo("UTC")))
    assert went_on(own, datetime(2026, 12, 9, 23, 0, tzinfo=ZoneInfo("UTC")))
    element = world.add()
    template = template_of(
        [step("wait_until", date="2027-01-10", zone="portal"), AFTER], code="q", list_=world.list
    )
    portal = begin(template, world.anna, element.pk)
    assert went_on(portal, at("2027-01-10T09:00"))


def test_the_moment_follows_the_date_when_it_is_moved_later(world: World) -> None:
    wait = step("wait_until", date="{{Document.UNTIL}}", shift=span(3, "days"))
    one = waiting(world, wait, AFTER, UNTIL=date(2026, 12, 10))
    change(world, one, UNTIL=date(2026, 12, 20))
    assert not went_on(one, at("2026-12-07T09:00"))
    assert not went_on(one, at("2026-12-10T09:00"))
    assert went_on(one, at("2026-12-17T09:00"))
    assert one.log.filter(event="moved").count() == 1
    assert not Wake.objects.exists()
    assert not Watch.objects.exists()


def test_the_moment_follows_the_date_when_it_is_moved_earlier(world: World) -> None:
    wait = step("wait_until", date="{{Document.UNTIL}}", shift=span(3, "days"))
    one = waiting(world, wait, AFTER, UNTIL=date(2026, 12, 20))
    change(world, one, UNTIL=date(2026, 12, 10))
    assert not went_on(one, at("2026-12-06T09:00"))
    assert went_on(one, at("2026-12-07T09:00"))


def test_a_date_moved_so_that_the_moment_is_past_ends_the_wait_at_once(world: World) -> None:
    wait = step("wait_until", "w", date="{{Document.UNTIL}}", shift=span(30, "days"))
    one = waiting(world, wait, put("after", "1"), UNTIL=date(2027, 6, 1))
    change(world, one, UNTIL=date(2026, 12, 1))
    assert went_on(one, START + timedelta(minutes=1))
    assert one.state["results"]["w"]["late"] is True


def test_a_change_of_another_field_leaves_the_moment(world: World) -> None:
    one = waiting(
        world, step("wait_until", date="{{Document.UNTIL}}"), AFTER, UNTIL=date(2026, 12, 10)
    )
    change(world, one, NOTE="x")
    assert not went_on(one, at("2026-12-09T09:00"))
    assert Wake.objects.filter(kind="timer").count() == 1
    assert not one.log.filter(event="moved").exists()


def test_a_change_between_reading_and_watching_is_not_missed(world: World) -> None:
    """The event is handled before the watch is there; the step looks once more by itself."""
    element = world.add(UNTIL=date(2026, 12, 20))
    template = template_of([step("wait_until", date="{{Document.UNTIL}}"), AFTER], list_=world.list)
    from workflows.engine.work import work
    from workflows.services.instances import launch

    one = launch(template, world.anna, subject_id=element.pk, now=START)
    work(START)  # the step has read the date and waits
    Watch.objects.all().delete()
    change(world, one, UNTIL=date(2026, 12, 10))
    handle_events(START)
    assert went_on(one, at("2026-12-10T09:00"))


@pytest.mark.parametrize(
    ("past", "status", "came"), [("go_on", "done", True), ("fail", "failed", False)]
)
def test_a_moment_that_is_past(world: World, past: str, status: str, came: bool) -> None:
    wait = step("wait_until", date="{{Document.UNTIL}}", shift=span(30, "days"), past=past)
    one = waiting(world, wait, AFTER, UNTIL=date(2026, 12, 1))
    assert one.status == status
    assert ("after" in variables(one)) is came


def test_a_moment_that_is_past_may_leave_out_the_rest_of_the_branch(world: World) -> None:
    inner = [step("wait_until", date="2020-01-01", past="skip"), put("inner", "1")]
    block = step("block", branches=[inner])
    one = waiting(world, block, AFTER)
    assert variables(one) == {"after": "1"}
    loop = step("foreach", branches=[[*inner]], values=["a", "b"], variable="x")
    element = world.add()
    other = begin(template_of([loop, AFTER], code="l", list_=world.list), world.anna, element.pk)
    assert variables(other) == {"x": "b", "after": "1"}


def test_an_empty_date_is_waited_for_until_it_is_filled_in(world: World) -> None:
    one = waiting(world, step("wait_until", date="{{Document.UNTIL}}"), AFTER)
    assert one.status == "waiting"
    assert not went_on(one, at("2030-01-01T00:00"))
    change(world, one, UNTIL=date(2031, 1, 1))
    assert not went_on(one, at("2030-12-31T00:00"))
    change(world, one, UNTIL=None)
    assert not went_on(one, at("2032-01-01T00:00"))
    change(world, one, UNTIL=date(2031, 1, 1))
    assert went_on(one, at("2032-01-01T00:01"))


@pytest.mark.parametrize(("empty", "status"), [("go_on", "done"), ("fail", "failed")])
def test_an_empty_date(world: World, empty: str, status: str) -> None:
    wait = step("wait_until", date="{{Document.UNTIL}}", empty=empty)
    assert waiting(world, wait, AFTER).status == status


def test_an_empty_date_that_cannot_be_filled_in_is_an_error(world: World) -> None:
    one = waiting(world, step("wait_until", date="{{Variable.x}}"), AFTER)
    assert one.status == "failed"


def test_a_moment_in_the_hour_that_summer_time_skips(world: World) -> None:
    world.anna.time_zone = "Europe/Berlin"
    world.anna.save()
    one = waiting(world, step("wait_until", date="2027-03-28", at="02:30"), AFTER)
    berlin = ZoneInfo("Europe/Berlin")
    assert not went_on(one, datetime(2027, 3, 28, 1, 59, tzinfo=berlin))
    assert went_on(one, datetime(2027, 3, 28, 3, 30, tzinfo=berlin))


# --- changes of the element ---------------------------------------------------------------


def test_a_change_of_a_chosen_field_is_waited_for(world: World) -> None:
    one = waiting(world, step("wait_event", "w", fields=["PRICE"]), AFTER)
    change(world, one, NOTE="x")
    assert not went_on(one, START + timedelta(hours=1))
    change(world, one, PRICE=5)
    assert went_on(one, START + timedelta(hours=2))
    assert one.state["results"]["w"] == {"event": "changed", "fields": ["PRICE"]}


def test_a_condition_is_waited_for(world: World) -> None:
    when = {"and": [{"field": "PRICE", "op": "gt", "value": ["10"]}]}
    one = waiting(world, step("wait_event", when=when), AFTER, PRICE=1)
    change(world, one, PRICE=5)
    assert not went_on(one, START + timedelta(hours=1))
    change(world, one, PRICE=50)
    assert went_on(one, START + timedelta(hours=2))


def test_a_condition_that_holds_already_is_not_waited_for(world: World) -> None:
    when = {"and": [{"field": "PRICE", "op": "gt", "value": ["10"]}]}
    assert waiting(world, step("wait_event", when=when), AFTER, PRICE=50).status == "done"


def test_a_change_has_its_time_out(world: World) -> None:
    one = waiting(world, step("wait_event", "w", timeout=span(2, "days")), AFTER)
    assert not went_on(one, START + timedelta(days=1))
    assert went_on(one, START + timedelta(days=2))
    assert one.state["results"]["w"]["event"] == "timeout"


def test_without_an_element_there_is_no_change_to_wait_for(world: World) -> None:
    assert begin(template_of([step("wait_event")]), world.anna).status == "failed"


@pytest.mark.parametrize("fields", [[], ["NOTE"]])
def test_a_deleted_element_is_told_and_may_come_back(world: World, fields: list[str]) -> None:
    one = waiting(world, step("wait_event", fields=fields), AFTER)
    delete_elements(world.list.pk, [one.subject_id or 0], actor=world.anna)
    assert not went_on(one, START)
    assert (one.status, one.error) == ("failed", "Элемент удалён.")
    restore_elements(world.list.pk, [one.subject_id or 0], actor=world.anna)
    retry(one.pk, actor=world.anna)
    assert not went_on(one, timezone.now())
    assert one.status == "waiting"
    change(world, one, NOTE="x")
    assert went_on(one, timezone.now())


def test_a_step_that_asks_a_deleted_element_says_so(world: World) -> None:
    ask = put("after", "{{Document.NAME}}")
    one = waiting(world, step("wait", period=span(1, "days")), ask)
    delete_elements(world.list.pk, [one.subject_id or 0], actor=world.anna)
    assert not went_on(one, START + timedelta(days=1))
    assert (one.status, one.error) == ("failed", "Элемент удалён.")
