"""Export: the view as a file; nothing in it runs, nothing is rounded, nobody sees more."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from lists_core.models import Job, List
from lists_core.schema.cache import forget_schemas
from lists_core.services import exports, fields, lists
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.jobs import run_job
from lists_core.transfer.cells import csv_text
from lists_core.transfer.columns import unneutralised
from lists_core.transfer.writers import CELL_SIGNS, sheet_name
from staff.models import Employee
from svod.base.formulas import neutralised
from tests.lists_core.transfer import errors_of, finished, run_import, upload, values_of

pytestmark = pytest.mark.django_db
FORMULAS = [
    '=HYPERLINK("http://evil.example")', "+1", "-2+3", "@SUM(A1)", "＝1", "＋1", "'=1", "''=1",
    "= 1", "'a", "-", "=cmd|' /C calc'!A0", "плюс +1",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def web(client: Client, admin: Employee) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="=Товары [1]")
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", settings={"precision": 2})
    fields.create_field(list_.pk, "number", actor=admin, name="Код", settings={"plain": True})
    fields.create_field(list_.pk, "date", actor=admin, name="+Срок", code="DAY")
    fields.create_field(list_.pk, "datetime", actor=admin, name="Время", code="MOMENT")
    list_.refresh_from_db()
    return list_


def export(web: Client, list_: List, query: str = "", **data: Any) -> Job:
    url = reverse("list_export", args=[list_.pk]) + query
    data = {"format": "csv", "columns": "shown", "separator": ";", **data}
    response = web.post(url, data)
    assert response.status_code == 302, errors_of(response)
    job = finished(response)
    assert job.state == Job.State.DONE, job.error
    return job


def content(job: Job) -> bytes:
    with job.file.content.storage.open(job.file.content.name, "rb") as stored:
        return stored.read()


def csv_rows(job: Job, separator: str = ";") -> list[list[str]]:
    text = content(job).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def sheet(job: Job) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content(job))).active


def test_the_view_decides_rows_order_and_columns(web: Client, admin: Employee, goods: List) -> None:
    for name, price in (("а", 1), ("б", 2), ("в", 3)):
        create_element(goods.pk, {"NAME": name, "TSENA": Decimal(price)}, actor=admin)
    filter_ = json.dumps({"and": [{"field": "TSENA", "op": "gte", "value": ["2"]}]})
    job = export(web, goods, f"?filter={filter_}&sort=-TSENA&columns=TSENA,NAME")
    assert csv_rows(job)[1:] == [["3,00", "в"], ["2,00", "б"]]
    assert job.result["rows"] == 2


def test_values_are_native_and_whole(web: Client, admin: Employee, goods: List) -> None:
    values = {
        "NAME": "а",
        "TSENA": Decimal("-1234.50"),
        "KOD": Decimal("12345678901234567890"),
        "DAY": date(2026, 12, 31),
        "MOMENT": datetime(2026, 12, 31, 12, 30, tzinfo=UTC),
    }
    create_element(goods.pk, values, actor=admin)
    assert csv_rows(export(web, goods))[1] == [
        "а", "-1234,50", "12345678901234567890", "2026-12-31", "2026-12-31 15:30:00",
    ]  # fmt: skip
    assert csv_rows(export(web, goods, separator=","), ",")[1][1] == "-1234.50"
    row = [cell.value for cell in list(sheet(export(web, goods, format="xlsx")).rows)[1]]
    # Excel would round twenty digits: they stay a text.
    assert row[:3] == ["а", -1234.5, "12345678901234567890"]
    assert [str(value) for value in row[3:]] == ["2026-12-31 00:00:00", "2026-12-31 15:30:00"]


def test_a58_nothing_in_an_export_is_a_formula(web: Client, admin: Employee, goods: List) -> None:
    for text in FORMULAS:
        create_element(goods.pk, {"NAME": text, "TSENA": Decimal(-5)}, actor=admin)
    names = [row[0] for row in csv_rows(export(web, goods, "?sort=ID"))]
    dangerous = tuple("=+-@＝＋－＠\t\r")
    assert not [name for name in names if name.lstrip(" ").startswith(dangerous)]
    assert {row[1] for row in csv_rows(export(web, goods))[1:]} == {"-5,00"}
    assert csv_rows(export(web, goods))[0][3] == "'+Срок"
    cells = [cell for row in sheet(export(web, goods, format="xlsx")).rows for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    for options in ({"format": "csv"}, {"format": "xlsx"}):
        job = export(web, goods, "?sort=ID", **options)
        target = lists.create_list(actor=admin, everyone="edit", name="Копия")
        url = upload(web, target, content(job), f"t.{options['format']}") + "?empty="
        run_import(web, url, target_0="field:NAME")
        assert [name for (name,) in values_of(target, admin, "NAME")] == FORMULAS


@pytest.mark.parametrize("text", [*FORMULAS, "\t=1", "\r=1", "\n=1", "", "обычный", "5"])
def test_a58_the_apostrophe_comes_off_again(text: str) -> None:
    assert unneutralised(neutralised(text)) == text
    assert csv_text(Decimal("-5.0"), decimal_sign=",") == "-5,0"


def test_the_hour_that_comes_twice_keeps_its_offset() -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert csv_text(first, decimal_sign=".") == "2026-10-25 02:30:00"
    assert csv_text(second, decimal_sign=".") == "2026-10-25 02:30:00+01:00"


def test_a_damaged_view_is_refused_rather_than_widened(web: Client, goods: List) -> None:
    url = reverse("list_export", args=[goods.pk]) + "?filter=%7Bbroken"
    response = web.post(url, {"format": "csv", "columns": "shown", "separator": ";"})
    assert response.status_code == 422
    assert not Job.objects.exists()


def test_deleted_elements_and_lost_rights_are_left_out(
    web: Client, admin: Employee, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-17: the rows are asked for by the rights of the moment when they are written."""
    made = [create_element(goods.pk, {"NAME": name}, actor=admin) for name in "абв"]
    rows_by_ids = exports.rows_by_ids

    def late(schema: Any, ids: Any, *, actor: Employee) -> Any:
        delete_elements(goods.pk, [made[1].pk], actor=admin)
        return rows_by_ids(schema, ids, actor=actor)

    monkeypatch.setattr(exports, "rows_by_ids", late)
    assert [row[0] for row in csv_rows(export(web, goods, "?sort=ID"))][1:] == ["а", "в"]


def test_a_long_text_is_cut_for_a_sheet_and_told(web: Client, admin: Employee, goods: List) -> None:
    create_element(goods.pk, {"NAME": "я" * (CELL_SIGNS + 1)}, actor=admin)
    job = export(web, goods, format="xlsx")
    assert job.result["cut"] == 1
    assert len(csv_rows(export(web, goods))[1][0]) == CELL_SIGNS + 1


@pytest.mark.parametrize(
    ("title", "name"),
    [("Товары: 1/2", "Товары  1 2"), ("'", "1"), ("я" * 40, "я" * 31), ("\x00[]", "1")],
)
def test_sheet_names_are_those_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title) == name


def test_only_its_maker_downloads_an_export(web: Client, goods: List, client: Client) -> None:
    job = export(web, goods)
    for name in ("job", "job_file"):
        response = web.get(reverse(name, args=[job.pk]))
        assert response.status_code == 200
        if response.streaming:
            assert b"".join(response.streaming_content)
    client.force_login(Employee.objects.create_user("other", "o@svod.example", "x"))
    for name in ("job", "job_file"):
        assert client.get(reverse(name, args=[job.pk])).status_code == 404
    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404


def test_an_interrupted_export_begins_anew(
    web: Client, admin: Employee, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_element(goods.pk, {"NAME": "а"}, actor=admin)
    monkeypatch.setattr(exports, "keep_file", _dies)
    response = web.post(
        reverse("list_export", args=[goods.pk]),
        {"format": "csv", "columns": "shown", "separator": ";"},
    )
    job = Job.objects.get()
    with pytest.raises(KeyboardInterrupt):
        run_job(job.pk)
    monkeypatch.undo()
    assert finished(response).state == Job.State.DONE


def _dies(*args: Any, **options: Any) -> None:
    raise KeyboardInterrupt
