"""Files: who gets them back, and with which headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db.models import Q

from lists_core.models import Job, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors import elements
from lists_core.selectors.files import readable_files
from lists_core.services import fields, lists
from lists_core.services.elements import (
    create_element,
    delete_elements,
    restore_elements,
    update_element,
)
from lists_core.services.files import keep_file
from staff.models import Employee
from tests.lists_core.file_samples import (
    HTML,
    PROGRAM,
    SVG,
    browser,
    picture,
    reads,
    stored,
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


PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)


def test_pictures_and_pdf_may_be_shown(admin: Employee) -> None:
    photo, paper = stored(admin, "a.png", picture()), stored(admin)
    for file, mime in ((photo, "image/png"), (paper, "application/pdf")):
        shown = browser(admin).get(file.get_absolute_url(), {"inline": "1"})
        assert shown["Content-Disposition"].startswith("inline")
        assert shown["Content-Type"] == mime
        assert shown["X-Frame-Options"] == "SAMEORIGIN"
        assert shown["Cache-Control"] == "private, no-cache"
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert shown["Cross-Origin-Resource-Policy"] == "same-origin"
        policy = shown["Content-Security-Policy"]
        assert policy == (
            PDF_POLICY if mime == "application/pdf" else "default-src 'none'; sandbox"
        )
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
