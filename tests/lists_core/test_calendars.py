"""A list in a calendar: what a period holds, and dates that are dragged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from lists_core.access import ROLES
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.subjects import EVERYONE, Subject
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db
MARCH = {"start": "2026-03-01T00:00:00+03:00", "end": "2026-04-01T00:00:00+03:00"}


class Plan:
    """A list of works with a day and a moment, as `petr` sees it."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.day = self.world.field("date", "DUE")
        self.world.field("datetime", "VISIT")
        self.client = Client()
        self.client.force_login(self.world.petr)

    def events(self, **params: str) -> list[dict[str, Any]]:
        url = self.world.url("list_calendar_events")
        return list(self.client.get(url, {**MARCH, **params}).json()["events"])

    def drag(self, row: Any, start: str, by: str = "DUE") -> Any:
        url = self.world.url("list_calendar_move", row.pk)
        return self.client.post(f"{url}?by={by}", {"start": start}, headers=HTMX)


@pytest.fixture
def plan() -> Plan:
    return Plan()


def test_a_period_holds_what_lies_in_it(plan: Plan) -> None:
    row = plan.world.add("Замер", DUE=date(2026, 3, 5))
    plan.world.add("Потом", DUE=date(2026, 4, 1))
    plan.world.add("Когда-нибудь")
    (event,) = plan.events()
    assert (event["id"], event["start"], event["day"]) == (row.pk, "2026-03-05", True)
    assert event["movable"]
    assert plan.events(q="нет такого") == []


def test_moments_stand_at_their_hour(plan: Plan) -> None:
    plan.world.add("Визит", VISIT=datetime(2026, 3, 5, 7, 30, tzinfo=UTC))
    (event,) = plan.events(by="VISIT")
    assert event["start"].startswith("2026-03-05T10:30")
    assert not event["day"]


def test_a_dragged_element_has_another_date(plan: Plan) -> None:
    row = plan.world.add("Замер", DUE=date(2026, 3, 5))
    assert plan.drag(row, "2026-03-09").status_code == 204
    assert getattr(plan.world.row(row.pk), plan.day.column) == date(2026, 3, 9)
    for wrong in ("", "вчера", "2026-13-40"):
        refused = plan.drag(row, wrong)
        assert refused.status_code == 409
        assert "toast" in refused["HX-Trigger"]
    assert getattr(plan.world.row(row.pk), plan.day.column) == date(2026, 3, 9)


def test_rights_hold(plan: Plan) -> None:
    row = plan.world.add("Замер", DUE=date(2026, 3, 5))
    world = plan.world
    set_field_rights(
        world.list.pk, plan.day.pk, {}, view_restricted=False, change_restricted=True,
        actor=world.anna,
    )  # fmt: skip
    assert not plan.events()[0]["movable"]
    assert plan.drag(row, "2026-03-09").status_code == 403
    set_field_rights(
        world.list.pk, plan.day.pk, {}, view_restricted=True, change_restricted=True,
        actor=world.anna,
    )  # fmt: skip
    assert plan.events(by="DUE") == []
    owner = {Subject("U", world.anna.pk): ROLES["full"][1], EVERYONE: ROLES["none"][1]}
    set_list_rights(world.list.pk, owner, actor=world.anna)
    assert plan.client.get(world.url("list_calendar")).status_code == 404
    assert plan.client.get(world.url("list_calendar_events"), MARCH).status_code == 404


def test_the_page(plan: Plan) -> None:
    plan.world.add("Замер", DUE=date(2126, 3, 5))
    page = plan.client.get(plan.world.url("list_calendar")).content.decode()
    assert "Замер" in page
    assert "svod-calendar" in page
    assert "by=VISIT" not in page
    chosen = plan.client.get(plan.world.url("list_calendar") + "?by=VISIT").content.decode()
    assert "Замер" not in chosen
    assert "by=VISIT" in chosen


@pytest.mark.parametrize("period", [
    {}, {"start": "x", "end": "y"}, {"start": "2026-03-01", "end": "2029-03-01"},
    {"start": "2026-03-02", "end": "2026-03-01"},
    {"start": "9999-12-01T00:00:00Z", "end": "9999-12-02T00:00:00Z"},
    {"start": "0001-01-01T00:00:00+14:00", "end": "0001-01-02T00:00:00Z"},
])  # fmt: skip
def test_odd_periods_are_refused(plan: Plan, period: dict[str, str]) -> None:
    answer = plan.client.get(plan.world.url("list_calendar_events"), period)
    assert answer.status_code == 422
