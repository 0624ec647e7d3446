"""The dashboard: one's own widgets, those of others, the default one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.models import Dashboard, DashboardWidget
from lists_core.reports import answer as answers
from lists_core.selectors.fence import TooSlow
from lists_core.services import dashboards, reports
from staff.models import AuditEntry, Employee
from staff.subjects import EVERYONE
from tests.lists_core.report_world import BY_STAGE, Reports, browser, page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Reports:
    return Reports()


def test_a_dashboard_is_filled_ordered_and_emptied(own: Reports) -> None:
    report = own.report()
    client = browser(own.anna)
    assert "рабочий стол пуст" in text_of(client.get(reverse("dashboard")))
    for _number in range(3):
        client.post(reverse("report_pin", args=[report.pk]))
    first, second, third = DashboardWidget.objects.order_by("sort")
    client.post(reverse("dashboard_order"), {"ids": [third.pk, first.pk, "x", "9" * 30]})
    order = list(DashboardWidget.objects.values_list("pk", flat=True))
    assert order == [third.pk, first.pk, second.pk]
    frame = client.post(reverse("widget_change", args=[first.pk]), {"width": "2"})
    assert "rep-width-2" in text_of(frame)
    client.post(reverse("widget_change", args=[first.pk]), {"look": "number"})
    shown = text_of(client.get(reverse("widget", args=[first.pk])))
    assert '<dl class="rep-numbers">' in shown
    assert client.post(reverse("widget_change", args=[first.pk]), {"look": "x"}).status_code == 422
    client.post(reverse("widget_remove", args=[second.pk]))
    assert DashboardWidget.objects.count() == 2


def test_widgets_of_others_are_not_there(own: Reports) -> None:
    widget = dashboards.add_widget(own.report(EVERYONE).pk, actor=own.anna)
    assert page(own.petr, "widget", widget.pk).status_code == 404
    for name in ("widget_change", "widget_remove"):
        assert browser(own.petr).post(reverse(name, args=[widget.pk])).status_code == 404
    dashboards.order_widgets([widget.pk], actor=own.petr)
    assert DashboardWidget.objects.get().dashboard.owner == own.anna


def test_a_widget_whose_report_is_taken_away_says_so(own: Reports) -> None:
    report = own.report(EVERYONE)
    widget = dashboards.add_widget(report.pk, actor=own.petr)
    reports.update_report(report.pk, "Тайна", BY_STAGE, actor=own.anna)
    shown = page(own.petr, "widget", widget.pk)
    assert shown.status_code == 200
    assert "Отчёт недоступен" in text_of(shown)
    assert "Тайна" not in text_of(shown)


def test_a_widget_that_takes_too_long_says_so(
    own: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*args: Any) -> None:
        raise TooSlow

    widget = dashboards.add_widget(own.report().pk, actor=own.anna)
    monkeypatch.setattr(answers, "rows_of", late)
    shown = page(own.anna, "widget", widget.pk)
    assert shown.status_code == 200
    assert "Сузьте фильтр" in text_of(shown)


def test_an_administrator_sets_the_dashboard_of_who_has_none(own: Reports) -> None:
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
    assert browser(own.anna).post(reverse("dashboard_default")).status_code == 403
    shared = reports.create_report(
        own.list.pk, "Для всех", BY_STAGE, actor=boss, readers=[EVERYONE]
    )
    private = reports.create_report(own.list.pk, "Для себя", BY_STAGE, actor=boss)
    for one in (shared, private):
        dashboards.add_widget(one.pk, actor=boss)
    browser(boss).post(reverse("dashboard_default"))
    browser(boss).post(reverse("dashboard_default"))  # the second replaces the first
    assert AuditEntry.objects.filter(event="dashboard.default", actor=boss).count() == 2
    context = page(own.petr, "dashboard").context
    assert [widget.report for widget in context["widgets"]] == [shared]
    assert page(own.petr, "widget", context["widgets"][0].pk).status_code == 200
    mine = dashboards.add_widget(shared.pk, actor=own.petr)
    assert [row.report for row in mine.dashboard.widgets.all()] == [shared, shared]
    browser(own.petr).post(reverse("dashboard_reset"))
    assert Dashboard.objects.filter(owner=own.petr).count() == 0
    assert len(page(own.petr, "dashboard").context["widgets"]) == 1


def test_a_page_of_many_widgets_costs_the_same(own: Reports) -> None:
    report = own.report()

    def cost() -> int:
        client = browser(own.anna)
        client.get(reverse("dashboard"))
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("dashboard"))
        return len(caught)

    dashboards.add_widget(report.pk, actor=own.anna)
    few = cost()
    for _number in range(6):
        dashboards.add_widget(report.pk, actor=own.anna)
    assert cost() == few
