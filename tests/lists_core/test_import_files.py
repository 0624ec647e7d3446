"""A-59: files made to hurt, and files made by other programs, read as they are."""

from __future__ import annotations

import gc
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.core.files.base import ContentFile
from django.db.backends.signals import connection_created
from django.test import Client
from django.urls import reverse

from lists_core import import_uploads
from lists_core.models import List, StoredFile
from lists_core.schema.cache import forget_schemas
from lists_core.services import fields, lists
from lists_core.services.files import keep_file
from lists_core.transfer import tables
from lists_core.transfer.encodings import detect_encoding
from lists_core.transfer.guess import guess
from lists_core.transfer.tables import (
    Layout,
    detect_layout,
    detect_separator,
    find_header,
    open_rows,
    read_ahead,
    sample,
    sheets_of,
)  # fmt: skip
from lists_core.transfer.xlsx_child import MAX_COLUMNS
from staff.models import Employee
from svod.base.collecting import seldom_collected
from svod.base.errors import Invalid
from tests.lists_core.transfer import chosen, errors_of, run_import, upload, values_of

pytestmark = pytest.mark.django_db
RUSSIAN = "Название;Город;Цена\nМолоток слесарный;Санкт-Петербург;1 234,50\nЁлка;МОСКВА;5\n"
PNG_NAME = "t.png"


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


def kept(admin: Employee, content: bytes | str, name: str = "t.csv") -> StoredFile:
    data = content.encode() if isinstance(content, str) else content
    return keep_file(ContentFile(data), name, actor=admin)


def workbook(fill: Any, **options: Any) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, options)
    fill(book, book.add_worksheet("Лист 1"))
    book.close()
    return target.getvalue()


def repacked(data: bytes, change: Any) -> bytes:
    """The workbook with its sheet's XML changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", 8) as new:
        for item in old.infolist():
            content = old.read(item)
            name = item.filename
            new.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return target.getvalue()


def rows_in(file: StoredFile) -> list[list[str]]:
    with open_rows(file, detect_layout(file)) as rows:
        return list(rows)


ENCODINGS = [
    "utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "mac-cyrillic", "utf-16", "utf-16-le",
    "utf-16-be",
]  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_found(admin: Employee, encoding: str) -> None:
    assert rows_in(kept(admin, RUSSIAN.encode(encoding)))[2] == ["Ёлка", "МОСКВА", "5"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Müller;Café;naïve;garçon".encode("cp1252"), "cp1252"),
        ("МОСКВА;ИВАНОВ;СКЛАД".encode("cp1251"), "cp1251"),
        (("й" * 200_000).encode()[:-1], "utf-8-sig"),  # cut in the middle of a letter
        (b"a,b\n1,2\n", "utf-8-sig"),
        (RUSSIAN.encode() * 5 + b"\xff\xfe", "utf-8-sig"),  # two wrong bytes in a good file
    ],
)
def test_unclear_encodings(content: bytes, encoding: str) -> None:
    assert detect_encoding(content) == encoding


def test_a_byte_that_does_not_fit_fails_its_row_only(web: Client, admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Л")
    content = ("Name\n" + "хорошее имя\n" * 30).encode() + b"\xd0\xd0\n"
    job = run_import(web, upload(web, list_, content))
    assert (job.result["created"], job.result["failed"]) == (30, 1)


@pytest.mark.parametrize(
    ("text", "separator"),
    [("a;b\n1,5;2,5\n", ";"), ("a,b\n1,2\n", ","), ("a\tb\n1;2\t3\n", "\t"), ("a|b\n1|2\n", "|"),
     ("a,b\n\"1;2;3\",4\n", ","), ("одна\nколонка\n", ";")],
)  # fmt: skip
def test_the_separator_is_found(text: str, separator: str) -> None:
    assert detect_separator(text) == separator


@pytest.mark.parametrize(
    ("rows", "header"),
    [([["a", "b"], ["1", "2"]], 1), ([["1", "2"], ["3", "4"]], 0), ([["Отчёт", ""], ["", ""],
      ["a", "b"], ["1", "x"]], 3), ([[""]], 0), ([], 0)],
)  # fmt: skip
def test_the_row_of_headings_is_found(rows: list[list[str]], header: int) -> None:
    assert find_header(rows) == header


@pytest.mark.parametrize(
    ("name", "texts", "type_"),
    [
        ("Цена", ["1 234,50", "-5"], "number"), ("Год", ["1999", "2001"], "number"),
        ("ИНН", ["0107", "0108"], "string"), ("КЛАДР", ["7700000000000", "12345678901234567890"],
         "string"), ("Дата", ["31.12.2026", "01.02.2026"], "date"), ("Дата", ["32.12.2026"],
         "string"), ("Время", ["2026-01-02T03:04:05Z"], "datetime"), ("Почта", ["a@b.example"],
         "email"), ("Сайт", ["https://a.example/x"], "url"), ("Тел", ["+7 495 555-01-02"],
         "phone"), ("Да", ["да", "Нет"], "boolean"), ("Цвет", ["red"] * 9 + ["blue"] * 9, "list"),
        ("Имя", ["а", "б"], "string"), ("Пусто", [], "string"),
    ],
)  # fmt: skip
def test_types_are_guessed(name: str, texts: list[str], type_: str) -> None:
    assert guess(name, texts).type == type_


def test_numbers_are_not_rounded(web: Client, admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Л")
    fields.create_field(list_.pk, "number", actor=admin, name="Ч", settings={"precision": 5})
    run_import(web, upload(web, list_, "Name;Ч\nа;12345678901234567890,12345\n"))
    assert values_of(list_, admin, "CH") == [(Decimal("12345678901234567890.12345"),)]


def test_signs_of_every_kind_are_kept_or_refused(web: Client, admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Л")
    text = 'Name\n"две\nстроки"\n\u202eналево\n😀\\N\n"a\x00b"\n\'5\n'
    job = run_import(web, upload(web, list_, text))
    names = [name for (name,) in values_of(list_, admin, "NAME")]
    assert names == ["две\nстроки", "\u202eналево", "😀\\N", "'5"]
    assert job.result["failed"] == 1


def test_workbook_cells_become_texts(admin: Employee) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_row(0, 0, ["Целое", "Дробь", "Дата", "Время", "Да", "Формула", "Ведущий ноль"])
        sheet.write_number(1, 0, 5)
        sheet.write_number(1, 1, 0.1)
        sheet.write_datetime(1, 2, date(2026, 1, 2), day)
        sheet.write_datetime(1, 3, datetime(2026, 1, 2, 3, 4), moment)  # noqa: DTZ001 - as in a cell
        sheet.write_boolean(1, 4, True)
        sheet.write_formula(1, 5, '=HYPERLINK("http://evil.example")', value=2)
        sheet.write_string(1, 6, "007")

    row = ["5", "0.1", "2026-01-02", "2026-01-02 03:04:00", "true", "2", "007"]
    for epoch in (False, True):
        data = workbook(fill, date_1904=epoch)
        assert rows_in(kept(admin, data, "t.xlsx"))[1] == row


def test_sheets_are_chosen_by_name(web: Client, admin: Employee) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Name"])
        other = book.add_worksheet("Второй")
        other.write_column(0, 0, ["Name", "со второго"])

    list_ = lists.create_list(actor=admin, everyone="edit", name="Л")
    url = upload(web, list_, workbook(fill), "t.xlsx")
    file = StoredFile.objects.get()
    assert sheets_of(file) == ["Лист 1", "Второй"]
    run_import(web, f"{url}?sheet=Второй")
    assert values_of(list_, admin, "NAME") == [("со второго",)]


def test_a_lying_dimension_drops_no_rows(admin: Employee) -> None:
    data = workbook(lambda book, sheet: sheet.write_column(0, 0, ["Name", *map(str, range(99))]))
    lying = repacked(data, lambda xml: xml.replace(b'ref="A1:A100"', b'ref="A1:A1"'))
    assert lying != data
    assert len(rows_in(kept(admin, lying, "t.xlsx"))) == 100


def sparse() -> bytes:
    """Two cells in the far corners: 17 thousand million cells between them."""
    data = workbook(lambda book, sheet: sheet.write_row(0, 0, ["a", "b"]))
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(data, lambda xml: xml.replace(b"</sheetData>", last))


def bomb() -> bytes:
    data = workbook(lambda book, sheet: sheet.write_row(0, 0, ["a"]))
    zeros = b"<!--" + b"0" * 30_000_000 + b"--></worksheet>"
    return repacked(data, lambda xml: xml.replace(b"</worksheet>", zeros))


def entities() -> bytes:
    data = workbook(lambda book, sheet: sheet.write_row(0, 0, ["a"]))
    doctype = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return repacked(data, lambda xml: xml.replace(b"?>", doctype, 1))


def wide() -> bytes:
    return workbook(lambda book, sheet: sheet.write_row(0, 0, ["a"] * (MAX_COLUMNS + 1)))


@pytest.mark.parametrize("make", [sparse, bomb, entities, wide, lambda: b"PK\x03\x04broken",
                                  lambda: b"\xd0\xcf\x11\xe0old xls", lambda: b""])  # fmt: skip
def test_hostile_workbooks_are_refused_with_a_reason(web: Client, make: Any) -> None:
    response = web.post(reverse("import_new"), {"file": ContentFile(make(), name="t.xlsx")})
    assert response.status_code == 422
    assert errors_of(response)["file"]


@pytest.mark.parametrize(
    "text", [",".join("a" * (MAX_COLUMNS + 1)), "a,b\n" + "x" * 2_000_000 + ",1\n"]
)
def test_hostile_text_files_are_refused(web: Client, text: str) -> None:
    response = web.post(reverse("import_new"), {"file": ContentFile(text.encode(), name="t.csv")})
    assert response.status_code == 422
    assert errors_of(response)["file"]


def test_a_fault_deep_in_the_file_fails_the_job_and_keeps_what_landed(
    web: Client, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lists_core.services import imports

    monkeypatch.setattr(imports, "BATCH", 100)
    list_ = lists.create_list(actor=admin, everyone="edit", name="Л")
    text = "Name\n" + "имя\n" * 2_000 + '"' + "x" * 2_000_000 + '"\n'
    job = run_import(web, upload(web, list_, text))
    assert job.state == "failed"
    assert "2002" in job.error
    assert job.result["created"] == 2_000


def test_a_layout_of_another_file_is_survived(web: Client, admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Л")
    url = upload(web, list_, workbook(lambda book, sheet: sheet.write_row(0, 0, ["a"])), "t.xlsx")
    assert web.get(f"{url}?sheet=нет&encoding=cp1251&header=999").status_code == 200
    file = StoredFile.objects.get()
    with pytest.raises(Invalid):
        sample(file, Layout(sheet="нет такого"))


def test_a_list_name_too_long_comes_back(web: Client) -> None:
    url = upload(web, None, "Name;x\nа;1\n")
    response = web.post(url, chosen(web, url, list_name="я" * 201))
    assert response.status_code == 422
    assert "list_name" in errors_of(response)
    assert not List.objects.exists()


def room(method: str, path: str, key: str = "") -> int:
    """How many bytes such a request may have."""
    cookie = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": cookie}
    return async_to_sync(import_uploads.room_for)(scope)


def test_a59_a_table_may_be_larger_when_somebody_known_sends_it(
    web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The question runs in a thread of its own, which would not see this test's transaction.
    monkeypatch.setattr(import_uploads, "in_thread", sync_to_async)
    monkeypatch.setattr(import_uploads, "close_old_connections", lambda: None)
    known, usual = web.session.session_key or "", settings.REQUEST_MAX_BYTES
    new, into = reverse("import_new"), reverse("list_import", args=[7])
    assert room("POST", new, known) == room("POST", into, known) > settings.IMPORT_MAX_BYTES
    assert usual < settings.IMPORT_MAX_BYTES
    others = [("GET", new, known), ("POST", new, "x" * 32), ("POST", new, "")]
    others += [("POST", reverse("file_upload"), known), ("POST", "/no/", known)]
    for method, path, key in others:
        assert room(method, path, key) == usual


def test_a59_a_larger_table_than_the_portal_takes(web: Client, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES, settings.FILE_MAX_BYTES = 100, 10
    sent = ContentFile(b"NAME\n" + b"x" * 96, name="t.csv")
    answer = web.post(reverse("import_new"), {"file": sent})
    assert answer.status_code == 422
    assert "100" in answer.context["form"].errors["file"][0]
    assert not StoredFile.objects.exists()
    assert upload(web, None, "NAME\n" + "x" * 90)


@pytest.mark.parametrize(("row", "line"), [("b," * 200, "62"), ('"b\n",' * 200, "82")])
def test_a59_a_row_without_an_end_is_not_read_whole(
    admin: Employee, monkeypatch: pytest.MonkeyPatch, row: str, line: str
) -> None:
    monkeypatch.setattr(tables, "MAX_ROW", 100)
    file = kept(admin, "NAME\n" + "a\n" * 60 + row)
    with pytest.raises(Invalid, match=line), open_rows(file, Layout()) as rows:
        list(rows)


def test_long_rows_make_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BATCH_SIGNS", 400)
    rows = [(number, ["x" * 100]) for number in range(10)]
    assert [len(batch) for batch in read_ahead(iter(rows), 7)] == [3, 3, 3, 1]
    monkeypatch.setattr(tables, "BATCH_SIGNS", 10_000)
    assert [len(batch) for batch in read_ahead(iter(rows), 7)] == [7, 3]


def test_a59_long_rows_make_a_small_sample(
    admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SAMPLE_SIGNS", 400)
    text = kept(admin, "NAME\n" + ("x" * 100 + "\n") * 9)
    lines = ["NAME", *["x" * 100] * 9]
    book = kept(admin, workbook(lambda book, sheet: sheet.write_column(0, 0, lines)), "t.xlsx")
    for file in (text, book):
        assert [len(row[0]) for row in sample(file, detect_layout(file))] == [4, 100, 100, 100]


@pytest.fixture
def connections() -> Iterator[list[Any]]:
    """The connections to the database that are made meanwhile."""
    made: list[Any] = []

    def made_one(connection: Any, **_more: Any) -> None:
        made.append(connection)

    connection_created.connect(made_one)
    yield made
    connection_created.disconnect(made_one)


@pytest.mark.django_db(transaction=True)
def test_a59_whose_request_it_is_is_asked_in_a_thread_of_its_own(
    web: Client, connections: list[Any]
) -> None:
    known, new = web.session.session_key or "", reverse("import_new")
    connections.clear()
    assert room("POST", new, known) > settings.IMPORT_MAX_BYTES
    assert room("POST", new, "x" * 32) == settings.REQUEST_MAX_BYTES
    assert [one.connection for one in connections] == [None, None]


def test_rare_searches_end_with_the_first_of_two() -> None:
    usual = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    for begins in (first, second):
        begins.__enter__()
    assert gc.get_threshold() != usual
    for ends in (first, second):
        ends.__exit__(None, None, None)
        assert gc.get_threshold() == usual
