"""Files: what is taken in, who gets it back and with which headers, and what is removed."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from lists_core import file_kinds
from lists_core.filters.tree import parse_filter
from lists_core.models import FileUse, Job, List, StoredFile
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors import elements
from lists_core.selectors.files import readable_files
from lists_core.selectors.titles import row_titles
from lists_core.services import fields, lists
from lists_core.services.elements import (
    copy_element,
    create_element,
    delete_elements,
    restore_elements,
    update_element,
)
from lists_core.services.files import delete_orphans, keep_file
from staff.models import Employee
from svod.base.errors import Invalid
from tests.lists_core.file_samples import HTML, PDF, PROGRAM, SVG, bomb, picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def other() -> Employee:
    return Employee.objects.create_user("other", "other@svod.example", "x", last_name="Другой")


@pytest.fixture
def papers(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, name="Договоры")
    make = {"actor": admin, "name": "Файлы", "code": "FILES", "multiple": True}
    fields.create_field(list_.pk, "file", settings={"kinds": "any"}, **make)
    list_.refresh_from_db()
    return list_


class Browser(Client):
    """Reads streamed answers to their end, as a browser does, into `response.body`."""

    def get(self, *args: object, **kwargs: object) -> HttpResponse:
        response = super().get(*args, **kwargs)
        if response.streaming:
            response.body = b"".join(response.streaming_content)
        return response


def browser(employee: Employee | None = None, **more: object) -> Client:
    client = Browser(**more)
    if employee:
        client.force_login(employee)
    return client


def send(actor: Employee, name: str, content: bytes) -> HttpResponse:
    return browser(actor).post(reverse("file_upload"), {"file": upload(name, content)})


def stored(actor: Employee, name: str = "акт.pdf", content: bytes = PDF) -> StoredFile:
    answer = send(actor, name, content)
    assert answer.status_code == 201, answer.content
    return StoredFile.objects.get(pk=answer.json()["id"])


# --- taking in --------------------------------------------------------------------------


def test_an_upload_is_kept_under_a_random_name(admin: Employee, storage: Path) -> None:
    answer = send(admin, "Отчёт за май.png", picture())
    said = answer.json()
    assert (said["name"], said["mime"]) == ("Отчёт за май.png", "image/png")
    file = StoredFile.objects.get(pk=said["id"])
    assert (file.width, file.height, file.size) == (64, 48, len(picture()))
    assert len(file.sha256) == 64
    names = [path.relative_to(storage).as_posix() for path in storage.rglob("*") if path.is_file()]
    assert len(names) == 2
    assert not any("png" in name or "май" in name for name in names)
    shown = browser(admin).get(said["thumb"])
    assert shown["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(shown.body)).size == (64, 48)


def test_thumbnails_are_bounded_and_upright(admin: Employee) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = stored(admin, "фото.jpg", picture("JPEG", (1200, 600), exif=exif))
    assert (file.width, file.height) == (600, 1200)
    with file.thumbnail.open("rb") as thumbnail:
        assert Image.open(thumbnail).size == (160, 320)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../x.txt", "x.txt"),
        ("..\\..\\y.txt", "y.txt"),
        ("a\0b.txt", "ab.txt"),
        ("счёт\u202efdp.txt", "счётfdp.txt"),
        ("a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
        ('цитата"; filename="x.txt', 'цитата"; filename="x.txt'),
        ("CON", "CON"),
        (".htaccess", ".htaccess"),
        ("  много   места .txt ", "много места .txt"),
        ("/", "Untitled"),
        ("\u200f", "Untitled"),
        ("..", "Untitled"),
    ],
)
def test_a46_names(sent: str, kept: str) -> None:
    assert str(file_kinds.safe_name(sent)) in {kept, "Без имени"}


def test_a46_long_names_keep_their_extension() -> None:
    assert file_kinds.safe_name("я" * 300 + ".docx") == "я" * 195 + ".docx"


def test_a46_the_name_comes_back_in_a_safe_header(admin: Employee) -> None:
    file = stored(admin, 'Акт "№ 1"; filename=x.txt', b"text")
    header = browser(admin).get(file.get_absolute_url())["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''%D0%90%D0%BA%D1%82%20%22")
    assert header.isascii()
    assert "\n" not in header


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("фото.png", HTML),
        ("фото.png", PROGRAM),
        ("фото.png", picture()[:60]),
        ("фото.jpg", SVG),
        ("фото.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("фото.tif", b"\x00" * 40),
        ("договор.pdf", HTML),
        ("договор.pdf", b"\n\n" + PDF),
        ("договор.docx", PROGRAM),
        ("таблица.xls", b"\xef\xbb\xbf  <HTML><body>"),
        ("таблица.xlsx", "<html>".encode("utf-16")),
        ("заметка.txt", b"#!/bin/sh\nrm -rf /"),
        ("архив.zip", b"\x7fELF\x02\x01\x01"),
        ("запись.mp3", b"<?xml version='1.0'?><svg/>"),
        ("пусто.txt", b""),
    ],
)
def test_a47_fake_types_are_refused(admin: Employee, name: str, content: bytes) -> None:
    answer = send(admin, name, content)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_pictures_are_known_by_their_content(admin: Employee, kind: str) -> None:
    file = stored(admin, "неверное имя.png", picture(kind))
    assert file.mime == file_kinds.PICTURE_FORMATS[kind]


@pytest.mark.parametrize("side", [30_000, 8_000])
def test_a47_pixel_bombs_are_refused(admin: Employee, side: int, storage: Path) -> None:
    answer = send(admin, "бомба.png", bomb(side))
    assert answer.status_code == 422
    assert "60" in answer.json()["error"], "refused for its pixels, not for being damaged"
    assert not [path for path in storage.rglob("*") if path.is_file()]


def test_a47_size_limit(admin: Employee, settings) -> None:
    settings.FILE_MAX_BYTES = 1000
    assert send(admin, "a.txt", b"x" * 1000).status_code == 201
    for size in (1001, 200_000):
        answer = send(admin, "a.txt", b"x" * size)
        assert answer.status_code == 413
        assert "1000" in answer.json()["error"]


def test_a47_unused_uploads_are_bounded(admin: Employee, settings) -> None:
    settings.FILE_UNUSED_MAX_BYTES = 1500
    assert [send(admin, "a.txt", b"x" * 1000).status_code for _time in range(3)] == [201, 201, 413]


def test_a47_one_file_a_request(admin: Employee) -> None:
    client, url = browser(admin), reverse("file_upload")
    two = {"file": [upload("a.txt", b"1"), upload("b.txt", b"2")]}
    assert client.post(url, two).status_code == 400
    assert client.post(url, {"other": upload("a.txt", b"1")}).status_code == 400
    assert client.post(url, {}).status_code == 400
    many = {f"f{number}": upload("a.txt", b"1") for number in range(1001)}
    assert client.post(url, many).status_code == 400
    assert not StoredFile.objects.exists()


def test_row19_json_instead_of_a_form(admin: Employee) -> None:
    client, url = browser(admin), reverse("file_upload")
    evil = {"files": {"file": {"filepath": "/etc/passwd"}}, "file": "/etc/passwd"}
    assert client.post(url, evil, content_type="application/json").status_code == 415
    assert client.post(url, {"file": "/etc/passwd"}).status_code == 400
    assert not StoredFile.objects.exists()


def test_uploads_need_a_person_a_post_and_a_token(admin: Employee) -> None:
    url = reverse("file_upload")
    assert browser().post(url, {"file": upload("a.txt", b"1")}).status_code == 302
    assert browser(admin).get(url).status_code == 405
    strict = browser(admin, enforce_csrf_checks=True)
    assert strict.post(url, {"file": upload("a.txt", b"1")}).status_code == 403
    assert not StoredFile.objects.exists()


def test_no_bytes_stay_when_the_row_fails(admin: Employee, storage: Path, monkeypatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(RuntimeError):
        send(admin, "a.png", picture())
    assert not [path for path in storage.rglob("*") if path.is_file()]


# --- giving back --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.html", HTML),
        ("x.svg", SVG),
        ("x.xhtml", HTML),
        ("x.php", b"<?php 1"),
        ("x.exe", PROGRAM),
    ],
)
def test_row32_active_content_is_only_ever_saved(
    admin: Employee, name: str, content: bytes
) -> None:
    file = stored(admin, name, content)
    for query in ({}, {"inline": "1"}):
        answer = browser(admin).get(file.get_absolute_url(), query)
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pictures_and_pdf_may_be_shown(admin: Employee) -> None:
    photo, paper = stored(admin, "a.png", picture()), stored(admin)
    for file, mime in ((photo, "image/png"), (paper, "application/pdf")):
        shown = browser(admin).get(file.get_absolute_url(), {"inline": "1"})
        assert shown["Content-Disposition"].startswith("inline")
        assert shown["Content-Type"] == mime
        assert shown["X-Frame-Options"] == "SAMEORIGIN"
        assert shown["Cache-Control"] == "private, no-cache"
        assert "script-src" not in shown["Content-Security-Policy"]
        assert len(shown.body) == file.size == int(shown["Content-Length"])
        saved = browser(admin).get(file.get_absolute_url())
        assert saved["Content-Disposition"].startswith("attachment")


def test_a_picture_with_a_page_behind_it_stays_a_picture(admin: Employee) -> None:
    file = stored(admin, "a.png", picture() + HTML)
    shown = browser(admin).get(file.get_absolute_url(), {"inline": "1"})
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")


def test_an_unchanged_file_is_not_sent_again_but_rights_are_checked(
    admin: Employee, other: Employee
) -> None:
    file = stored(admin)
    etag = browser(admin).get(file.get_absolute_url())["ETag"]
    headers = {"If-None-Match": etag}
    assert browser(admin).get(file.get_absolute_url(), headers=headers).status_code == 304
    assert browser(other).get(file.get_absolute_url(), headers=headers).status_code == 404


def test_a_lost_file_is_missing_not_a_fault(admin: Employee) -> None:
    file = stored(admin)
    file.content.storage.delete(file.content.name)
    assert browser(admin).get(file.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/files/../settings.py",
        "/files/%2e%2e%2fsettings.py",
        "/files/..%5csettings.py",
        "/files//etc/passwd",
        "/files/1/../../etc/passwd",
        "/media/../svod/settings.py",
        "/files/999999999999999999999/",
        "/files/0/",
        "/files/-1/",
    ],
)
def test_a49_no_path_leads_outside(admin: Employee, path: str) -> None:
    assert browser(admin).get(path).status_code == 404


def reads(employee: Employee, file: StoredFile) -> bool:
    """Whether all doors to the file say the same."""
    doors = ["file", "file_preview"] + (["file_thumbnail"] if file.thumbnail else [])
    codes = {browser(employee).get(reverse(door, args=[file.pk])).status_code for door in doors}
    assert codes in ({200}, {404})
    assert codes == ({200} if file.pk in readable_files(employee, [file.pk]) else {404})
    return codes == {200}


def test_who_reads_the_element_reads_its_files(
    admin: Employee, other: Employee, papers: List, monkeypatch
) -> None:
    file = stored(admin, "a.png", picture())
    assert (reads(admin, file), reads(other, file)) == (True, False)
    row = create_element(papers.pk, {"NAME": "Договор", "FILES": [file.pk]}, actor=admin)
    assert reads(other, file)
    usual = elements.visible

    def for_others(actor: Employee, schema: Schema) -> Q:
        return Q(pk__in=[]) if actor == admin else usual(actor, schema)

    monkeypatch.setattr(elements, "visible", for_others)
    assert (reads(admin, file), reads(other, file)) == (False, True)
    monkeypatch.setattr(elements, "visible", usual)
    delete_elements(papers.pk, [row.pk], actor=admin)
    assert (reads(admin, file), reads(other, file)) == (False, False)
    restore_elements(papers.pk, [row.pk], actor=admin)
    assert reads(other, file)
    lists.delete_list(papers.pk, actor=admin)
    assert not reads(other, file)


def test_a_removed_field_or_value_takes_the_right_away(
    admin: Employee, other: Employee, papers: List
) -> None:
    first, second = stored(admin), stored(admin)
    values = {"NAME": "Договор", "FILES": [first.pk, second.pk]}
    row = create_element(papers.pk, values, actor=admin)
    update_element(papers.pk, row.pk, {"FILES": [second.pk]}, version=1, actor=admin)
    assert (reads(other, first), reads(other, second)) == (False, True)
    fields.delete_field(schema_of(papers)["FILES"].field.pk, actor=admin)
    assert not reads(other, second)


def test_inactive_people_and_strangers_read_nothing(admin: Employee, other: Employee) -> None:
    file = stored(other)
    other.is_active = False
    assert readable_files(other, [file.pk]) == set()
    assert browser().get(file.get_absolute_url()).status_code == 302


def test_the_file_of_a_job_is_its_starters(admin: Employee, other: Employee) -> None:
    file = keep_file(ContentFile(b"a;b"), "выгрузка.csv", actor=other, mime="text/csv")
    Job.objects.create(kind="export", actor=admin, file=file)
    assert (reads(admin, file), reads(other, file)) == (True, False)


# --- files in elements --------------------------------------------------------------------


def test_a_guessed_id_gives_nobody_a_file(admin: Employee, other: Employee, papers: List) -> None:
    file = stored(admin)
    for impossible in (file.pk, 10**9):
        with pytest.raises(Invalid) as caught:
            create_element(papers.pk, {"NAME": "x", "FILES": [impossible]}, actor=other)
        assert set(caught.value.errors) == {"FILES"}
    assert not FileUse.objects.exists()


def test_a_copy_of_an_element_keeps_its_files(
    admin: Employee, other: Employee, papers: List
) -> None:
    file = stored(admin)
    row = create_element(papers.pk, {"NAME": "Договор", "FILES": [file.pk]}, actor=admin)
    copied = copy_element(papers.pk, row.pk, actor=other)
    assert schema_of(papers)["FILES"].read(copied) == [file.pk]
    delete_elements(papers.pk, [row.pk], actor=admin)
    assert reads(admin, file)


def test_settings_of_the_field_are_kept(admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, name="Фото")
    limits = {"kinds": "images", "max_mb": 1, "max_count": 2}
    make = {"actor": admin, "name": "Фото", "code": "PHOTOS", "multiple": True}
    fields.create_field(list_.pk, "file", settings=limits, **make)
    good = [stored(admin, "a.png", picture()).pk for _time in range(3)]
    paper = stored(admin).pk
    large = stored(admin, "b.bmp", picture("BMP", (700, 700))).pk
    for wrong in (good, [paper], [large]):
        with pytest.raises(Invalid):
            create_element(list_.pk, {"NAME": "x", "PHOTOS": wrong}, actor=admin)
    create_element(list_.pk, {"NAME": "x", "PHOTOS": good[:2]}, actor=admin)


def test_cells_texts_filters_and_search(admin: Employee, papers: List) -> None:
    photo, paper = stored(admin, "вид.png", picture()), stored(admin, "<b>акт</b>.pdf")
    both = {"NAME": "Договор", "FILES": [photo.pk, paper.pk]}
    rows = [create_element(papers.pk, both, actor=admin)]
    rows.append(create_element(papers.pk, {"NAME": "Пустой"}, actor=admin))
    schema = schema_of(papers)
    field = schema["FILES"]
    titles = row_titles([field], rows, actor=admin)[field.key]
    assert field.to_text(field.read(rows[0]), titles) == "вид.png; b>.pdf"
    html = field.render(field.read(rows[0]), titles)
    assert f'href="/files/{photo.pk}/preview/"' in html
    assert f'src="/files/{photo.pk}/thumbnail/"' in html
    assert "<b>" not in html
    assert names_where(schema, admin, "contains", ["ВИД"]) == ["Договор"]
    assert names_where(schema, admin, "contains", ["нет"]) == []
    assert names_where(schema, admin, "empty", []) == ["Пустой"]
    assert names_where(schema, admin, "not_empty", []) == ["Договор"]
    found = elements.found(schema, elements.ElementQuery(search="вид"), actor=admin)
    assert [row.name for row in found] == ["Договор"]


def names_where(schema, actor: Employee, operator: str, value: list[str]) -> list[str]:
    where = {"and": [{"field": "FILES", "op": operator, "value": value}]}
    query = elements.ElementQuery(filter=parse_filter(json.dumps(where), schema))
    return [row.name for row in elements.found(schema, query, actor=actor)]


def test_the_control_keeps_uploads_when_a_form_has_errors(admin: Employee, papers: List) -> None:
    file = stored(admin, "акт.pdf")
    control = schema_of(papers)["FILES"].form_field(actor=admin)
    html = control.widget.render("FILES", [str(file.pk), "777", "x"], {"id": "id_FILES"})
    assert 'data-name="акт.pdf"' in html
    assert f'name="FILES" value="{file.pk}"' in html
    assert 'name="FILES" value="777"' in html
    assert control.clean([str(file.pk), str(file.pk)]) == [file.pk]
    for wrong in (["x"], ["1; DROP"], ["²"]):
        with pytest.raises(Exception, match=r"файл|file"):
            control.clean(wrong)


# --- removing -----------------------------------------------------------------------------


def test_unused_uploads_go_after_a_day(admin: Employee, papers: List, storage: Path) -> None:
    old, young, used, released = (stored(admin, "a.png", picture()) for _time in range(4))
    row = create_element(
        papers.pk, {"NAME": "x", "FILES": [used.pk, released.pk]}, actor=admin
    )
    update_element(papers.pk, row.pk, {"FILES": [used.pk]}, version=1, actor=admin)
    ids = [old.pk, used.pk, released.pk]
    day_ago = timezone.now() - timedelta(hours=25)
    StoredFile.objects.filter(pk__in=ids).update(uploaded_at=day_ago)
    assert delete_orphans() == 1
    left = set(StoredFile.objects.values_list("pk", flat=True))
    assert left == {young.pk, used.pk, released.pk}
    assert len([path for path in storage.rglob("*") if path.is_file()]) == 6
    month_ago = timezone.now() - timedelta(days=31)
    StoredFile.objects.filter(pk=released.pk).update(released_at=month_ago)
    assert delete_orphans() == 1
