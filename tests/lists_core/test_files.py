"""Files: what is taken in, what elements keep, what is removed."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from lists_core import file_kinds
from lists_core.filters import search
from lists_core.filters.tree import parse_filter
from lists_core.models import FileUse, Job, List, StoredFile
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors import elements
from lists_core.selectors.files import readable_files
from lists_core.selectors.titles import row_titles
from lists_core.services import fields, lists
from lists_core.services.elements import (
    copy_element,
    create_element,
    delete_elements,
    update_element,
)
from lists_core.services.files import delete_orphans
from staff.models import Employee
from svod.base.errors import Invalid
from tests.lists_core.file_samples import (
    HTML,
    PDF,
    PROGRAM,
    SVG,
    bomb,
    browser,
    picture,
    reads,
    send,
    stored,
    upload,
)

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
    list_ = lists.create_list(actor=admin, everyone="edit", name="Договоры")
    make = {"actor": admin, "name": "Файлы", "code": "FILES", "multiple": True}
    fields.create_field(list_.pk, "file", settings={"kinds": "any"}, **make)
    list_.refresh_from_db()
    return list_


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
    list_ = lists.create_list(actor=admin, everyone="edit", name="Фото")
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


def test_cells_texts_filters_and_search(
    admin: Employee, papers: List, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    for few in (search.FEW, -1):  # by ids, and by the rows that they are of
        monkeypatch.setattr(search, "FEW", few)
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
    row = create_element(papers.pk, {"NAME": "x", "FILES": [used.pk, released.pk]}, actor=admin)
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


@pytest.mark.parametrize("state", ["queued", "running"])
def test_the_source_of_an_import_stays_until_the_job_is_over(
    admin: Employee, other: Employee, state: str
) -> None:
    source = stored(admin, "a.png", picture())
    day_ago = timezone.now() - timedelta(hours=25)
    StoredFile.objects.update(uploaded_at=day_ago)
    Job.objects.create(kind="probe", actor=admin, params={"file_id": "?"}, state="done")
    Job.objects.create(kind="probe", actor=admin, params={"file_id": None})
    job = Job.objects.create(
        kind="import_table", actor=admin, params={"file_id": source.pk}, state=state
    )
    assert delete_orphans() == 0
    assert readable_files(admin, [source.pk]) == {source.pk}
    assert readable_files(other, [source.pk]) == set()
    Job.objects.filter(pk=job.pk).update(state="done")
    assert readable_files(admin, [source.pk]) == {source.pk}
    assert delete_orphans() == 1
