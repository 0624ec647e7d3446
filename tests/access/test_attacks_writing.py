"""Attacks on writing: bulk work, exports, files and jobs under rights that change.

Elsewhere: A-60 test_attacks_import.py; A-37 for people tests/staff/test_access.py; A-38 for all
services tests/lists_core/test_rights.py; A-46, A-47, A-49 tests/lists_core/test_files*.py.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from lists_core.access import Right
from lists_core.jobs import base
from lists_core.models import Job, List, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.services import exports, type_changes
from lists_core.services.bulk import bulk_delete, bulk_update
from lists_core.services.copies import copy_list
from lists_core.services.elements import create_element, delete_elements, update_element
from lists_core.services.exports import start_export
from lists_core.services.jobs import start_job
from lists_core.services.rights import set_element_rights
from staff.models import Employee
from staff.subjects import AUTHOR, Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.access.attack_world import CANARY, FULL, VIEW, World, browser, ran, said
from tests.lists_core.file_samples import browser as files_browser
from tests.lists_core.file_samples import picture, reads, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return World()


def unchanged(world: World, *rows: Any) -> bool:
    return all(world.row(row).version == 1 for row in rows)


# --- many at once ------------------------------------------------------------


def test_a04_ids_that_may_not_be_changed_are_left_out(world: World) -> None:
    ids = [world.own.pk, world.shown.pk, world.hidden.pk, world.below.pk, 987_654]
    report = bulk_update(world.list.pk, ids, {"NOTE": "да"}, actor=world.reader)
    assert (report.changed, report.skipped) == (1, 4)
    assert unchanged(world, world.shown, world.hidden, world.below)
    unknown = report.problems["987654"]
    assert report.problems[str(world.hidden.pk)] == report.problems[str(world.below.pk)] == unknown
    assert report.problems[str(world.shown.pk)] != unknown
    assert bulk_delete(world.list.pk, ids[1:], actor=world.reader).changed == 0


@pytest.mark.parametrize("code", ["HIDDEN", "NOPE"])
def test_a04_a_hidden_field_is_no_field(world: World, code: str) -> None:
    """Nor can its value be guessed: the right one is refused like any other."""
    told = []
    for value in (f"{CANARY} 2", "мимо"):
        with pytest.raises(Invalid) as caught:
            bulk_update(world.list.pk, [world.own.pk], {code: value}, actor=world.reader)
        told.append(caught.value.errors)
        with pytest.raises(Invalid) as caught:
            update_element(
                world.list.pk, world.own.pk, {code: value}, version=1, actor=world.reader
            )
        told.append(caught.value.errors)
    assert all(errors == told[0] for errors in told)


def test_a05_all_that_a_filter_finds(world: World) -> None:
    web = browser(world.reader)
    response = web.post(world.url("list_bulk_delete") + "?all=1")
    assert response.status_code in {200, 204, 302}
    gone = [world.row(row).deleted_at is not None for row in (world.own, world.shown, world.hidden)]
    assert gone == [True, False, False]


def test_a37_no_form_gives_what_is_not_in_it(world: World) -> None:
    data = {"NAME": "Сосна", "NOTE": "шишка", "SECTION": world.mine.pk, "version": 1,
            "HIDDEN": "взлом", "created_by": 1, "restricted": "", "readers": "1", "id": 5,
            "CREATED_BY": 1, "deleted_at": "", "section": ""}  # fmt: skip
    browser(world.reader).post(world.url("element_edit", world.own.pk), data)
    row = world.row(world.own)
    schema = schema_of(world.list)
    kept = (row.created_by, row.readers, row.section, schema["HIDDEN"].read(row))
    assert kept == (world.root.pk, None, world.mine.pk, f"{CANARY} 2")


# --- exports -----------------------------------------------------------------


def start(world: World, format: str = "csv") -> Job:
    return start_export(world.list, {}, actor=world.reader, format=format, columns="all")


def read_all(file: StoredFile) -> str:
    """Every part of the file, also those of a workbook that no sheet shows."""
    with file.content.open("rb") as opened:
        content = opened.read()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a17_an_export_holds_what_is_readable(world: World, format: str) -> None:
    job = ran(start(world, format))
    assert (job.state, job.result["rows"]) == ("done", 2)
    assert job.file is not None
    text = read_all(job.file)
    assert "хвоя" in text
    assert "шишка" in text
    assert CANARY not in text


def status(who: Employee, address: str) -> int:
    """The answer's number; its file is read and closed."""
    return int(files_browser(who).get(address).status_code)


def lose_the_list(world: World) -> None:
    world.grant(world.reader, None)
    world.grant_section(world.mine, None, VIEW)


def lose_a_field(world: World) -> None:
    world.hide_field(field=world.note)


def lose_an_element(world: World) -> None:
    world.restrict(world.shown)


def be_deactivated(world: World) -> None:
    Employee.objects.filter(pk=world.reader.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("lose", "state"), [(lose_the_list, "failed"), (be_deactivated, "cancelled")]
)
def test_a18_rights_lost_in_the_queue(
    world: World, lose: Callable[[World], None], state: str
) -> None:
    job = start(world)
    lose(world)
    assert (ran(job).state, job.file) == (state, None)


def test_a18_a_field_or_row_lost_in_the_queue_is_not_written(world: World) -> None:
    job = start(world)
    lose_a_field(world)
    lose_an_element(world)
    ran(job)
    assert job.file is not None
    assert "хвоя" not in read_all(job.file)
    assert "шишка" not in read_all(job.file)


@pytest.mark.parametrize(
    ("lose", "state"),
    [(lose_the_list, "failed"), (lose_a_field, "failed"), (be_deactivated, "cancelled")],
)
def test_a18_rights_lost_between_batches(
    world: World, lose: Callable[[World], None], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 1)
    steps = exports.progress

    def losing(job: Job, *, done: int, total: int | None = None) -> None:
        if done == 1:
            lose(world)
        steps(job, done=done, total=total)

    monkeypatch.setattr(exports, "progress", losing)
    files = StoredFile.objects.count()
    job = ran(start(world))
    assert (job.state, job.file, StoredFile.objects.count()) == (state, None, files)
    assert job.error


@pytest.mark.parametrize("lose", [lose_the_list, lose_a_field, lose_an_element])
def test_a18_rights_lost_before_the_download(world: World, lose: Callable[[World], None]) -> None:
    job = ran(start(world))
    web, page = browser(world.reader), reverse("job", args=[job.pk])
    addresses = [reverse("job_file", args=[job.pk]), job.file.get_absolute_url()]  # type: ignore[union-attr]
    assert {status(world.reader, address) for address in addresses} == {200}
    lose(world)
    assert {status(world.reader, address) for address in addresses} == {404}
    told = web.get(page)
    assert told.context["withheld"] or told.context["job"].file is None
    assert addresses[0] not in said(told)
    if lose is lose_the_list:
        assert "Договоры" not in said(told)
        assert "Договоры" not in said(web.get(reverse("jobs")))


def test_a18_what_was_deleted_since_keeps_no_export_back(world: World) -> None:
    job = ran(start(world))
    delete_elements(world.list.pk, [world.own.pk], actor=world.root)
    address = reverse("job_file", args=[job.pk])
    assert [status(who, address) for who in (world.reader, world.root)] == [200, 404]


# --- rights change at once ---------------------------------------------------------


def test_a39_a_job_works_with_the_rights_of_its_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lists_core.jobs import bulk

    monkeypatch.setattr(bulk, "BATCH", 1)
    second = world.add("Кедр", world.mine.pk)
    tell = base.record_progress

    def losing(job: Job, **given: Any) -> None:
        tell(job, **given)
        if given["done"] == 1:
            world.grant_section(world.mine, world.reader, VIEW)

    monkeypatch.setattr(bulk, "record_progress", losing)
    params = {"ids": [world.own.pk, second.pk], "values": {"NOTE": "да"}}
    job = ran(start_job("bulk_edit", actor=world.reader, list_=world.list, **params))
    assert (job.result["changed"], job.result["skipped"]) == (1, 1)
    assert unchanged(world, second)


def test_a39_demoted_and_deactivated_at_once(world: World) -> None:
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
    web = browser(boss)
    page = world.url("element", world.hidden.pk)
    assert web.get(page).status_code == 200
    Employee.objects.filter(pk=boss.pk).update(is_superuser=False)
    assert web.get(page).status_code == 404
    Employee.objects.filter(pk=boss.pk).update(is_superuser=True, is_active=False)
    assert CANARY not in said(web.get(page))


def test_a39_half_a_copy_goes_with_its_persons_rights(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = Employee.objects.create_user("maker", "maker@svod.example", "x", is_staff=True)
    world.grant(maker, FULL)

    def report(done: int, total: int) -> None:
        Employee.objects.filter(pk=maker.pk).update(is_active=False)
        maker.refresh_from_db()
        raise base.JobCancelled

    with pytest.raises(base.JobCancelled):
        copy_list(world.list.pk, actor=maker, with_elements=True, report=report)
    copied = List.objects.exclude(pk=world.list.pk).get()
    assert copied.deleted_at is not None
    assert CANARY not in str(list(schema_of(copied).model.objects.values_list("name")))


def test_a39_a_preview_shows_no_values_of_closed_elements(world: World) -> None:
    boss = Employee.objects.create_user("boss", "boss@svod.example", "x")
    world.grant(boss, FULL)
    target = type_changes.Target("number", multiple=False, settings={})
    preview = type_changes.preview_type_change(world.note.pk, target, actor=boss)
    assert preview.misfits == 3
    assert {text for text, _count, _why in preview.samples} == {"хвоя", "шишка"}


# --- files in hidden places --------------------------------------------------------


def test_a46_a_file_in_a_hidden_field_or_element(world: World) -> None:
    paper = world.field("file", "PAPER", settings={"kinds": "any"})
    files = [stored(world.root, f"{n}.png", picture()) for n in range(3)]
    world.add("Видный", PAPER=files[0].pk)
    world.restrict(world.add("Скрытый", PAPER=files[1].pk))
    mine = world.add("Мой", PAPER=files[2].pk)
    world.row(mine).__class__.objects.filter(pk=mine.pk).update(created_by=world.reader.pk)
    assert [reads(world.reader, file) for file in files] == [True, False, True]
    world.hide_field(field=paper)
    assert [reads(world.reader, file) for file in files] == [False, False, False]
    world.hide_field(AUTHOR, field=paper)
    assert [reads(world.reader, file) for file in files] == [False, False, True]
    thumbnail = browser(world.reader).get(reverse("file_thumbnail", args=[files[0].pk]))
    assert thumbnail.status_code == 404
    world.hide_field(Subject("U", world.reader.pk), field=paper)
    assert reads(world.reader, files[0])


# --- what others put in front of a person ------------------------------------------------


def test_a_hidden_default_keeps_nobody_from_adding(world: World) -> None:
    world.field("element", "LINK", settings={"list": world.list.pk}, default=world.hidden.pk)
    row = create_element(
        world.list.pk, {"NAME": "новое"}, actor=world.reader, section_id=world.mine.pk
    )
    with pytest.raises(Invalid):
        create_element(
            world.list.pk,
            {"NAME": "новое", "LINK": world.below.pk},
            actor=world.reader,
            section_id=world.mine.pk,
        )
    assert CANARY not in said(browser(world.reader).get(world.url("element", row.pk)))


def test_a38_a_reader_grants_nothing(world: World) -> None:
    for who, refusal in ((world.reader, Forbidden), (world.outsider, NotFound)):
        grants = {Subject("U", who.pk): {Right.FULL}}
        with pytest.raises(refusal):
            set_element_rights(world.list.pk, world.own.pk, grants, restricted=False, actor=who)


# --- A-82 --------------------------------------------------------------


EVIL = [
    "'; SELECT pg_sleep(9)--", "\x00", "\ud800", "é", "e\u0301", "\u200b", "🌲" * 300, "a.b",
    "*", "__proto__", '{"$ne":1}', "%00", "A" * 70_000,
]  # fmt: skip


@pytest.mark.parametrize("name", ["filter", "sort", "columns", "q", "section", "page", "size"])
def test_a54_a78_odd_texts_break_nothing(world: World, name: str) -> None:
    web = browser(world.reader)
    for text in EVIL:
        sent = text.encode("utf-8", "surrogatepass")
        response = web.get(world.url("list"), {name: sent})
        assert response.status_code in {200, 400, 414}, (name, text)
        assert CANARY not in said(response)


@pytest.mark.parametrize("name", ["list", "element", "element_history", "list_count"])
def test_a81_nothing_is_shared_between_people(world: World, name: str) -> None:
    args = [world.own.pk] if name.startswith("element") else []
    response = browser(world.reader).get(world.url(name, *args))
    assert "Cookie" in response["Vary"]
    kept = response.headers.get("Cache-Control", "")
    assert "public" not in kept
    assert ("private" in kept) or ("no-store" in kept)


def test_a82_errors_tell_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lists_core.views import grid

    def broken(*_args: Any) -> None:
        raise RuntimeError(f"SELECT {CANARY} FROM list_1 at {__file__}")

    web = browser(world.reader)
    web.raise_request_exception = False
    monkeypatch.setattr(grid, "grid_context", broken)
    for headers in ({}, {"Accept": "application/json"}, {"HX-Request": "true"}):
        response = web.get(world.url("list"), headers=headers)
        assert response.status_code == 500
        text = said(response)
        for leak in (CANARY, "SELECT", "Traceback", "RuntimeError", __file__, "Django"):
            assert leak not in text
