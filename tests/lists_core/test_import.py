"""Import through its pages: what lands, what is refused, what is kept of the choices."""

from __future__ import annotations

import codecs
import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from lists_core.access import Right
from lists_core.models import Element, ElementVersion, Job, List, OutboxEvent, StoredFile
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services import fields, lists
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.jobs import run_job
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.transfer import (
    chosen,
    errors_of,
    finished,
    rows_of,
    run_import,
    upload,
    values_of,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def web(client: Client, admin: Employee) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары", has_sections=True)
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", settings={"precision": 2})
    fields.create_field(list_.pk, "date", actor=admin, name="Срок")
    fields.create_field(list_.pk, "string", actor=admin, name="Артикул", code="SKU", unique=True)
    list_.refresh_from_db()
    return list_


def test_a_file_becomes_a_list_with_guessed_types(web: Client, admin: Employee) -> None:
    text = "Название;Цена;Дата;Год\nЁлка;1 234,50;31.12.2026;1999\nСосна;7;01.02.2026;2001\n"
    url = upload(web, None, text.encode("cp1251"), "Деревья.csv")
    job = run_import(web, url)
    assert job.state == Job.State.DONE, job.error
    assert job.list.name == "Деревья"
    kinds = {
        field.name: (field.type, field.settings.get("plain")) for field in job.list.fields.all()
    }
    assert kinds == {"Цена": ("number", False), "Дата": ("date", None), "Год": ("number", True)}
    found = values_of(job.list, admin, "NAME", "TSENA")
    assert found == [("Ёлка", Decimal("1234.50")), ("Сосна", Decimal("7.00"))]


def test_rows_land_with_history_and_one_event(web: Client, admin: Employee, goods: List) -> None:
    job = run_import(web, upload(web, goods, 'Name,Цена,Срок,SKU\nа\\"\tб,5,2026-01-02,1\nв,,,\n'))
    assert job.result["created"] == 2
    row, _second = rows_of(goods, admin)
    schema = schema_of(goods)
    version = ElementVersion.objects.get(element=row.pk)
    assert version.changes[schema["NAME"].key] == [None, 'а\\"\tб']
    assert version.changes[schema["TSENA"].key] == [None, "5.00"]
    assert (row.created_by, row.version, row.restricted) == (admin.pk, 1, False)
    event = OutboxEvent.objects.get(topic="element.created")
    assert len(event.payload["ids"]) == 2
    assert Element.objects.filter(list=goods).count() == 2


def test_the_planner_knows_the_new_rows_at_once(web: Client, admin: Employee, goods: List) -> None:
    run_import(web, upload(web, goods, "Name\nа\nб\nв\n"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [f"list_{goods.pk}"])
        assert cursor.fetchone() == (3,)


def test_bad_rows_are_listed_and_good_ones_land(web: Client, admin: Employee, goods: List) -> None:
    text = (
        "Name;Цена;Срок;Артикул\nа;5;2026-01-02;1\nб;дорого;когда-то;2\nв;1,234;;3\n;1;;4\nг;1;;1\n"
    )
    job = run_import(web, upload(web, goods, text))
    assert (job.result["created"], job.result["failed"]) == (1, 4)
    with job.file.content.open("rb") as content:
        table = list(csv.reader(io.StringIO(content.read().decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in table[1:]] == ["б", "в", "", "г"]
    assert [row[-2] for row in table[1:]] == ["3", "4", "5", "6"]
    assert "Цена" in table[1][-1]
    assert "Срок" in table[1][-1]
    page = web.get(job.get_absolute_url()).content.decode()
    assert "Цена" in page
    download = web.get(reverse("job_file", args=[job.pk]))
    assert download["Content-Disposition"].startswith("attachment")
    assert b"".join(download.streaming_content).startswith(codecs.BOM_UTF8)


def test_the_file_of_refused_rows_has_all_of_them(
    web: Client, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lists_core.services.imports.BATCH", 2_000)
    text = "Name;Цена\n" + "".join(f"т{number};много\n" for number in range(5_003)) + "г;1\n"
    job = run_import(web, upload(web, goods, text))
    assert (job.result["created"], job.result["failed"]) == (1, 5_003)
    assert len(job.result["errors"]) == 20
    with job.file.content.open("rb") as content:
        table = list(csv.reader(io.StringIO(content.read().decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in table[1:]] == [f"т{number}" for number in range(5_003)]
    assert not job.lines.exists()


def test_the_page_offers_only_files_that_are_there(web: Client, goods: List) -> None:
    job = run_import(web, upload(web, goods, "Name;Цена\nа;много\n"))
    page = web.get(job.get_absolute_url()).content.decode()
    assert ("исправьте их" in page, "Импортировать файл ещё раз" in page) == (True, True)
    Job.objects.update(file=None)
    StoredFile.objects.filter(pk=job.params["file_id"]).delete()
    page = web.get(job.get_absolute_url()).content.decode()
    assert ("исправьте их" in page, "Импортировать файл ещё раз" in page) == (False, False)
    assert "хранится сутки" in page


def test_who_may_only_change_imports_into_what_is_there(
    web: Client, admin: Employee, goods: List
) -> None:
    create_element(goods.pk, {"NAME": "а", "SKU": "1", "TSENA": Decimal(5)}, actor=admin)
    petr = Employee.objects.create_user("petr", "petr@svod.example", "x")
    changer = {Subject("U", petr.pk): frozenset({Right.VIEW, Right.CHANGE})}
    set_list_rights(goods.pk, changer, actor=admin)
    web.force_login(petr)
    assert (
        reverse("list_import", args=[goods.pk])
        in web.get(goods.get_absolute_url()).content.decode()
    )
    url = upload(web, goods, "Артикул;Цена\n1;7\n2;8\n")
    assert [mode for mode, _label in web.get(url).context["form"].fields["mode"].choices] == [
        "update"
    ]
    job = run_import(web, url, key_0="on")
    assert (job.state, job.result["updated"], job.result["failed"]) == ("done", 1, 1)
    assert values_of(goods, admin, "NAME", "TSENA") == [("а", Decimal(7))]


def test_lenient_columns_leave_the_value_empty(web: Client, admin: Employee, goods: List) -> None:
    url = upload(web, goods, "Name;Цена\nа;дорого\n")
    job = run_import(web, url, lenient_1="on")
    assert job.result["created"] == 1
    assert values_of(goods, admin, "NAME", "TSENA") == [("а", None)]


def test_update_by_key_changes_adds_and_records(web: Client, admin: Employee, goods: List) -> None:
    create_element(goods.pk, {"NAME": "а", "SKU": "1", "TSENA": Decimal(5)}, actor=admin)
    create_element(goods.pk, {"NAME": "б", "SKU": "2", "TSENA": Decimal(5)}, actor=admin)
    url = upload(web, goods, "SKU;Name;Цена\n1;а;6\n2;б;5\n3;в;7\n3;вв;8\n")
    job = run_import(web, url, mode="both", key_0="on")
    counts = {key: job.result[key] for key in ("created", "updated", "unchanged", "failed")}
    assert counts == {"created": 1, "updated": 2, "unchanged": 1, "failed": 0}
    assert values_of(goods, admin, "NAME", "TSENA") == [
        ("а", Decimal(6)), ("б", Decimal(5)), ("вв", Decimal(8)),
    ]  # fmt: skip
    changed = ElementVersion.objects.filter(kind="changed").order_by("pk").first()
    assert changed.changes == {schema_of(goods)["TSENA"].key: ["5.00", "6.00"]}
    assert [row.version for row in rows_of(goods, admin)] == [2, 1, 2]


def test_update_only_names_the_rows_without_an_element(
    web: Client, admin: Employee, goods: List
) -> None:
    """A-60: what the actor cannot see is not found, and nothing is written."""
    gone = create_element(goods.pk, {"NAME": "а", "SKU": "1"}, actor=admin)
    delete_elements(goods.pk, [gone.pk], actor=admin)
    url = upload(web, goods, f"ID;Name\n{gone.pk};новое\n999999;б\n")
    job = run_import(web, url, mode="update", target_0="field:ID", key_0="on")
    assert job.result["failed"] == 2
    assert rows_of(goods, admin) == []


def test_empty_cells_may_leave_old_values(web: Client, admin: Employee, goods: List) -> None:
    create_element(goods.pk, {"NAME": "а", "SKU": "1", "TSENA": Decimal(5)}, actor=admin)
    for keep, price in (("on", Decimal(5)), (None, None)):
        url = upload(web, goods, "SKU;Цена\n1;\n")
        run_import(web, url, mode="update", key_0="on", keep_empty=keep)
        assert values_of(goods, admin, "TSENA") == [(price,)]


def test_an_empty_cell_leaves_a_counters_number(web: Client, admin: Employee, goods: List) -> None:
    """Empty asks for the next number, and the element has its own already."""
    fields.create_field(goods.pk, "counter", actor=admin, name="Номер", code="NUM")
    create_element(goods.pk, {"NAME": "а", "SKU": "1"}, actor=admin)
    url = upload(web, goods, "SKU;Цена;Номер\n1;6;\n")
    job = run_import(web, url, mode="update", key_0="on")
    assert job.result["updated"] == 1
    assert values_of(goods, admin, "TSENA", "NUM") == [(Decimal(6), 1)]


def test_zero_is_a_key(web: Client, admin: Employee, goods: List) -> None:
    create_element(goods.pk, {"NAME": "а", "TSENA": Decimal(0)}, actor=admin)
    url = upload(web, goods, "Цена;Name\n0;б\n")
    run_import(web, url, mode="both", key_0="on")
    assert values_of(goods, admin, "NAME") == [("б",)]


def test_sections_and_composed_names(web: Client, admin: Employee, goods: List) -> None:
    section = goods.sections.create(name="Склад")
    url = upload(web, goods, "Раздел;Цена;Марка\nсклад;5;А\nнет такого;6;Б\n")
    job = run_import(
        web, url, target_0="field:SECTION", target_2="", name_pattern="Товар {марка} – {Цена}"
    )
    assert job.result["failed"] == 1
    (row,) = rows_of(goods, admin)
    assert (row.name, row.section) == ("Товар А – 5", section.pk)


def test_a_trial_run_writes_nothing(web: Client, admin: Employee, goods: List) -> None:
    url = upload(web, goods, "Name;Цена;Новое\nа;5;1\nб;x;2\n")
    before = goods.fields.count()
    job = run_import(web, url, target_2="new:number", dry="1")
    assert (job.result["created"], job.result["failed"], job.result["dry"]) == (1, 1, True)
    assert rows_of(goods, admin) == []
    assert goods.fields.count() == before
    page = web.get(f"{url}?job={job.pk}")
    assert page.context["form"]["target_2"].value() == "new:number"


def test_wrong_choices_come_back_with_what_was_chosen(web: Client, goods: List) -> None:
    url = upload(web, goods, "Name;Цена\nа;5\n")
    cases = [
        ({"target_1": "field:NAME"}, "target_1"),
        ({"target_0": "", "name_pattern": "{нет такой}"}, "name_pattern"),
        ({"target_0": "", "name_pattern": ""}, "name_pattern"),
        ({"target_1": "field:ID"}, "target_1"),
        ({"mode": "update"}, "__all__"),
        ({"target_1": "field:NOPE"}, "target_1"),
    ]
    for changes, field in cases:
        data = chosen(web, url, **changes)
        response = web.post(url, data)
        assert response.status_code == 422
        assert field in errors_of(response), changes
        assert response.context["form"]["target_0"].value() == data.get("target_0")
    assert not Job.objects.filter(kind="import_table").exists()


def test_the_layout_stands_in_the_address(web: Client, goods: List) -> None:
    url = upload(web, goods, "Отчёт;;\n\nName;Цена;x\nа;5;1\n")
    assert web.get(url).context["draft"].headings == ("Name", "Цена", "x")
    page = web.get(f"{url}?header=0")
    assert page.context["draft"].headings == ("1", "2", "3")
    assert web.get(f"{url}?header=-1&separator=zz&encoding=nope").status_code == 200


def test_missing_words_are_empty(web: Client, admin: Employee, goods: List) -> None:
    url = upload(web, goods, "Name;Цена\nа;NA\n")
    run_import(web, url)
    assert values_of(goods, admin, "TSENA") == [(None,)]


def test_a_killed_import_goes_on_where_it_stopped(
    web: Client, admin: Employee, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-29: batches landed before the worker died are neither lost nor repeated."""
    from lists_core.services import imports

    monkeypatch.setattr(imports, "BATCH", 2)
    url = upload(web, goods, "Name;Цена\n" + "".join(f"т{n};{n}\n" for n in range(9)))
    response = web.post(url, chosen(web, url))
    job = Job.objects.get()
    calls = []

    def dies(job: Job) -> None:
        calls.append(job.done)
        if len(calls) == 3:
            raise imports_killed

    imports_killed = KeyboardInterrupt()
    monkeypatch.setattr(imports, "stop_if_asked", dies)
    with pytest.raises(KeyboardInterrupt):
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.result["created"]) == ("running", 6, 6)
    job = finished(response)
    assert (job.state, job.done, job.result["created"]) == ("done", 9, 9)
    assert [row.name for row in rows_of(goods, admin)] == [f"т{n}" for n in range(9)]


def test_cancel_between_batches_says_what_landed(
    web: Client, admin: Employee, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lists_core.services import imports, imports_batch

    monkeypatch.setattr(imports, "BATCH", 2)
    land = imports_batch.Importer.land

    def cancelling(self: object, lines: object) -> object:
        Job.objects.update(cancel_requested=True)
        return land(self, lines)

    monkeypatch.setattr(imports_batch.Importer, "land", cancelling)
    url = upload(web, goods, "Name;Цена\nа;1\nб;x\nв;3\n")
    job = run_import(web, url)
    assert (job.state, job.result["created"], job.result["failed"]) == ("cancelled", 1, 1)
    assert len(rows_of(goods, admin)) == 1
    assert job.file is not None


def test_a_right_lost_in_the_queue_stops_the_import(
    web: Client, admin: Employee, goods: List
) -> None:
    """A-60: rights are asked for again when the work is done."""
    url = upload(web, goods, "Name\nа\n")
    response = web.post(url, chosen(web, url))
    Employee.objects.update(is_active=False)
    job = finished(response)
    assert job.state == "cancelled"
    assert rows_of(goods, Employee(pk=1, is_active=True)) == []


def test_a_right_lost_between_batches_stops_the_import(
    web: Client, admin: Employee, goods: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-60: what landed before stays, nothing lands after."""
    from lists_core.services import imports

    monkeypatch.setattr(imports, "BATCH", 2)
    stops = imports.stop_if_asked

    def dismissed(job: Job) -> None:
        Employee.objects.update(is_active=False)
        stops(job)

    monkeypatch.setattr(imports, "stop_if_asked", dismissed)
    job = run_import(web, upload(web, goods, "Name\nа\nб\nв\nг\n"))
    assert (job.state, job.result["created"]) == ("cancelled", 2)
    assert schema_of(goods).model.objects.count() == 2


def test_a_counter_goes_on_above_imported_numbers(
    web: Client, admin: Employee, goods: List
) -> None:
    fields.create_field(goods.pk, "counter", actor=admin, name="Номер", code="NUMBER")
    create_element(goods.pk, {"NAME": "первый"}, actor=admin)
    job = run_import(web, upload(web, goods, "Name;Номер\nа;50\nб;\n"))
    assert job.result["failed"] == 0
    create_element(goods.pk, {"NAME": "после"}, actor=admin)
    numbers = [number for (number,) in values_of(goods, admin, "NUMBER")]
    assert len(set(numbers)) == 4
    assert (numbers[1], numbers[3]) == (50, 52)


def test_another_persons_upload_does_not_exist(web: Client, goods: List, client: Client) -> None:
    url = upload(web, goods, "Name\nа\n")
    other = Employee.objects.create_user("other", "o@svod.example", "x")
    client.force_login(other)
    assert client.get(url).status_code == 404


def test_structure_changed_while_the_import_waits(
    web: Client, admin: Employee, goods: List
) -> None:
    url = upload(web, goods, "Name;Цена\nа;5\n")
    response = web.post(url, chosen(web, url))
    fields.delete_field(goods.fields.get(code="TSENA").pk, actor=admin)
    job = finished(response)
    assert job.state == "failed"
    assert "no longer exists" in job.error or "больше нет" in job.error
