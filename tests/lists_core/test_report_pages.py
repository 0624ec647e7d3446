"""Pages of reports and the dashboard: who gets in, what a form keeps, what each reader sees."""

from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from lists_core.access import Right
from lists_core.models import Report
from lists_core.schema.cache import forget_schemas
from lists_core.services import reports
from lists_core.services.rights import set_element_rights
from staff.models import AuditEntry, Employee
from staff.subjects import EVERYONE, Subject
from tests.lists_core.element_world import HTMX
from tests.lists_core.report_world import Reports, browser, page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Reports:
    return Reports()


# --- making one -----------------------------------------------------------------------------


FORM = {
    "name": "Сумма по стадиям",
    "group1": "STAGE:value",
    "group2": "",
    "measures": ["count", "sum:PRICE"],
    "time_from": "CREATED_AT",
    "time_to": "MODIFIED_AT",
    "sort": "sum:PRICE",
    "order": "down",
    "limit": "10",
    "chart": "doughnut",
    "filter": '{"and":[{"field":"PRICE","op":"gt","value":["10"]}]}',
}


def test_a_report_is_made_seen_and_changed(own: Reports) -> None:
    client = browser(own.anna)
    made = client.post(reverse("report_add", args=[own.list.pk]), FORM)
    report = Report.objects.get()
    assert made.headers["Location"] == report.get_absolute_url()
    assert report.question == {
        "filter": {"and": [{"field": "PRICE", "op": "gt", "value": ["10"]}]},
        "groups": ["STAGE:value"],
        "measures": ["count", "sum:PRICE", "hours:CREATED_AT:MODIFIED_AT"],
        "sort": "sum:PRICE",
        "descending": True,
        "limit": 10,
        "chart": "doughnut",
    }
    shown = text_of(client.get(report.get_absolute_url()))
    assert "Сумма по стадиям" in shown
    assert "24,00" in shown
    assert "Price: больше 10" in shown
    form = text_of(client.get(reverse("report_edit", args=[report.pk])))
    assert '<option value="sum:PRICE" selected>' in form
    changed = {**FORM, "name": "Иначе", "measures": ["count"], "time_from": "", "filter": ""}
    client.post(reverse("report_edit", args=[report.pk]), changed)
    report.refresh_from_db()
    assert (report.name, report.question["measures"]) == ("Иначе", ["count"])
    assert report.question["sort"] == "group"  # its measure is gone


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"name": ""}, "doughnut"),
        ({"name": "я" * 201}, "doughnut"),
        ({"group1": "NEVER:value"}, "Сумма по стадиям"),
        ({"filter": '{"and":[{"field":"PRICE","op":"gt","value":["много"]}]}'}, "много"),
        ({"readers": ["U999999"]}, "Сумма по стадиям"),
        ({"readers": ["CR"]}, "Сумма по стадиям"),
        ({"limit": "7"}, "Сумма по стадиям"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    own: Reports, wrong: dict[str, Any], kept: str
) -> None:
    response = browser(own.anna).post(reverse("report_add", args=[own.list.pk]), {**FORM, **wrong})
    assert response.status_code == 422
    assert kept in text_of(response)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"group1": "NEVER:value", "measures": ["sum:NEVER", "x"], "filter": "{{{"},
        {"group1": "PRICE:value", "measures": ["sum:STAGE", "hours:PRICE:PRICE"]},
        {"group1": "CREATED_AT:century", "sort": "'; DROP TABLE x; --", "limit": "1e9"},
        {"filter": '{"and":[{"field":"PRICE","op":"gt","value":["\u0000"]}]}', "chart": "x"},
        {"filter": "[" * 500, "measures": ["hours:CREATED_AT:NEVER"]},
    ],
)
def test_the_preview_answers_whatever_it_is_asked(own: Reports, asked: dict[str, Any]) -> None:
    response = browser(own.anna).post(
        reverse("report_preview", args=[own.list.pk]), asked, headers=HTMX
    )
    assert response.status_code == 200
    assert "Сколько элементов" in text_of(response)


def test_the_filter_of_the_grid_comes_along(own: Reports) -> None:
    tree = '{"and":[{"field":"PRICE","op":"gt","value":["12"]}]}'
    shown = text_of(page(own.anna, "report_add", own.list.pk, filter=tree))
    assert 'value="12"' in shown


def test_a_group_opens_its_elements_in_the_grid(own: Reports) -> None:
    tree = {"or": [{"field": "PRICE", "op": "gt", "value": ["11"]}]}
    report = own.report(filter=tree)
    shown = text_of(page(own.anna, "report", report.pk))
    grid = reverse("list", args=[own.list.pk])
    link = next(part for part in shown.split('"') if part.startswith(grid + "?filter="))
    found = text_of(browser(own.anna).get(link.replace("&amp;", "&")))
    assert "Сделка 2" in found
    assert "Сделка 0" not in found
    assert "Сделка 3" not in found


# --- who sees what --------------------------------------------------------------------------


def test_a_report_is_its_owners_until_it_is_shared(own: Reports) -> None:
    report = own.report()
    for name in ("report", "report_edit", "report_file"):
        assert page(own.petr, name, report.pk).status_code == 404
    for name in ("report_copy", "report_delete", "report_pin"):
        assert browser(own.petr).post(reverse(name, args=[report.pk])).status_code == 404
    assert "По стадиям" not in text_of(page(own.petr, "reports"))


def test_a_reader_looks_and_copies_but_does_not_change(own: Reports) -> None:
    report = own.report(EVERYONE)
    shown = text_of(page(own.petr, "report", report.pk))
    assert reverse("report_edit", args=[report.pk]) not in shown
    assert page(own.petr, "report_edit", report.pk).status_code == 403
    assert browser(own.petr).post(reverse("report_delete", args=[report.pk])).status_code == 403
    browser(own.petr).post(reverse("report_copy", args=[report.pk]))
    assert Report.objects.get(owner=own.petr).readers == []


def test_who_does_not_see_the_list_sees_no_report_of_it(own: Reports) -> None:
    from lists_core.models import ListGroupRight

    report = own.report(EVERYONE, Subject("U", own.stranger.pk))
    ListGroupRight.objects.filter(content_object=own.list).delete()
    assert page(own.stranger, "report", report.pk).status_code == 404
    assert "По стадиям" not in text_of(page(own.stranger, "reports"))
    assert page(own.stranger, "report_add", own.list.pk).status_code == 404
    assert page(own.stranger, "report_preview", own.list.pk).status_code == 404


def numbers(who: Employee, report: Report) -> dict[str, list[str]]:
    """Line of the table → its cells."""
    context = page(who, "report", report.pk).context
    return {line.name: [" ".join(c.texts) for c in line.cells] for line in context["table"].lines}


def test_with_whom_a_report_is_shared_is_in_the_audit_log(own: Reports) -> None:
    petr = Subject("U", own.petr.pk)
    report = reports.create_report(own.list.pk, "Сумма", {}, actor=own.anna, readers=[petr])
    reports.update_report(report.pk, "Сумма", {}, actor=own.anna, readers=[EVERYONE])
    reports.update_report(report.pk, "Другая", {}, actor=own.anna, readers=[EVERYONE])
    reports.delete_report(report.pk, actor=own.anna)
    told = AuditEntry.objects.filter(event="report.shared", actor=own.anna).order_by("pk")
    assert [entry.about["shared"] for entry in told] == [
        {petr.code: "added"},
        {EVERYONE.code: "added", petr.code: "removed"},
        {EVERYONE.code: "removed"},
    ]


def test_two_readers_see_two_answers(own: Reports) -> None:
    """Rows and fields of one are not those of the other, and nothing is kept between them."""
    report = own.report(EVERYONE)
    everything = {"Новая": ["2", "22,00"], "В работе": ["2", "24,00"]}
    assert numbers(own.anna, report) == numbers(own.petr, report) == everything
    grants = {Subject("U", own.anna.pk): frozenset({Right.FULL})}
    set_element_rights(own.list.pk, own.rows[0].pk, grants, restricted=True, actor=own.anna)
    assert numbers(own.petr, report) == {"Новая": ["1", "12,00"], "В работе": ["2", "24,00"]}
    assert numbers(own.anna, report) == everything
    own.hide("PRICE")
    response = page(own.petr, "report", report.pk)
    assert numbers(own.petr, report) == {"Новая": ["1"], "В работе": ["2"]}
    assert "построен без него" in text_of(response)
    assert "Price" not in text_of(response)
    assert numbers(own.anna, report) == everything


def test_a_hidden_field_is_as_one_that_was_never_made(own: Reports) -> None:
    asked = {
        "groups": ["STAGE:value", "CREATED_BY:value"],
        "measures": ["sum:PRICE", "filled:PRICE", "count"],
        "sort": "sum:PRICE",
        "filter": {"and": [{"field": "PRICE", "op": "gt", "value": ["11"]}]},
    }
    own.hide("PRICE"), own.hide("STAGE")
    hidden = own.report(EVERYONE, **asked)
    text = json.dumps(asked).replace("PRICE", "NEVER").replace("STAGE", "GONE")
    unknown = reports.create_report(
        own.list.pk, "По стадиям", {}, actor=own.anna, readers=[EVERYONE]
    )
    Report.objects.filter(pk=unknown.pk).update(question=json.loads(text))
    Report.objects.filter(pk=hidden.pk).update(question=asked)
    shown = [
        text_of(page(own.petr, "report", one.pk)).replace(f"/{one.pk}/", "/…/")
        for one in (hidden, unknown)
    ]
    strip = [part.split("csrf")[0] for part in shown]
    assert strip[0] == strip[1]
    context = page(own.petr, "report", hidden.pk).context
    assert len(context["notices"]) == 2
    assert [line.cells[0].texts for line in context["table"].lines] == [["4"]]


def test_saving_does_not_keep_what_its_owner_no_longer_sees(own: Reports) -> None:
    shared = own.report(EVERYONE)
    copied = reports.copy_report(shared.pk, actor=own.petr)
    own.hide("PRICE")
    again = reports.copy_report(copied.pk, actor=own.petr)
    assert again.question["measures"] == ["count"]


# --- files ------------------------------------------------------------------------------------


def test_the_table_as_files(own: Reports) -> None:
    own.options[0].name = "=1+1"
    own.options[0].save()
    forget_schemas()
    report = own.report(EVERYONE)
    csv = page(own.petr, "report_file", report.pk, **{"as": "csv"})
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "Stage;Сколько элементов;Price: сумма",
        "'=1+1;2;22",
        "В работе;2;24",
        "Итого;4;46",
    ]
    assert "filename*=utf-8''" in csv.headers["Content-Disposition"]
    xlsx = page(own.petr, "report_file", report.pk)
    sheet = load_workbook(BytesIO(xlsx.content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][1] == ["=1+1", 2, 22]
    assert sheet["A2"].data_type == "s"
    assert page(own.petr, "report_file", report.pk, **{"as": "exe"}).status_code == 404


def test_pairs_of_groups_as_lines(own: Reports) -> None:
    report = own.report(groups=["STAGE:value", "CREATED_BY:value"], measures=["average:PRICE"])
    csv = page(own.anna, "report_file", report.pk, **{"as": "csv"})
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["Новая;Иванова Анна;11", "В работе;Иванова Анна;12", "Итого;;11,5"]


def test_amounts_of_several_currencies_stand_apart(own: Reports) -> None:
    from moneyed import Money

    own.world.field("money", "PAY")
    for amount, code in ((5, "RUB"), (7, "USD"), (1, "RUB")):
        own.world.add("x", STAGE=own.options[0].pk, PAY=Money(Decimal(amount), code))
    report = own.report(measures=["sum:PAY"])
    table = page(own.anna, "report", report.pk).context["table"]
    first = table.lines[0].cells[0]
    assert len(first.texts) == 2
    assert first.value == "6.0000"
    assert any("RUB" in note for note in table.notes)
    csv = page(own.anna, "report_file", report.pk, **{"as": "csv"}).content.decode("utf-8-sig")
    assert csv.splitlines()[:2] == ["Stage;Pay: сумма, RUB;Pay: сумма, USD", "Новая;6;7"]
