"""A bulk change taken back: what others wrote since stays, nobody gains a right by it."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as portal
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lists_core.jobs import bulk as bulk_jobs
from lists_core.models import BulkLine, ElementVersion, Job, List, OutboxEvent, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.bulk import counted
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.bulk_changes import start_undo
from lists_core.services.elements import (
    create_element,
    delete_elements,
    restore_elements,
    update_element,
)
from lists_core.services.jobs import cancel_job, run_at_once, run_job, start_job
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Conflict, NotFound
from tests.access.attack_world import CANARY, EDIT, FULL, VIEW, World, browser, said

pytestmark = pytest.mark.django_db
State = Job.State
NAMES = ("ель", "сосна", "пихта", "кедр")


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def trees(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Деревья", has_sections=True)
    fields.create_field(list_.pk, "number", actor=admin, name="Рост", code="TALL")
    fields.create_field(list_.pk, "string", actor=admin, name="Заметка", code="NOTE")
    for number, name in enumerate(NAMES):
        create_element(list_.pk, {"NAME": name, "TALL": number, "NOTE": name}, actor=admin)
    list_.refresh_from_db()
    return list_


def held(list_: List, actor: Employee) -> dict[int, tuple[int | None, str | None, int | None]]:
    """Id → (TALL, NOTE, section) of what is not in the bin."""
    schema = schema_of(list_)
    return {
        row.pk: (_whole(schema["TALL"].read(row)), schema["NOTE"].read(row), row.section)
        for row in elements(schema, actor).order_by("pk")
    }


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def changed(kind: str, list_: List, actor: Employee, ids: Any, **params: Any) -> Job:
    job = run_at_once(kind, actor=actor, list_=list_, ids=list(ids), **params)
    assert job.state == State.DONE, job.error
    return job


def undone(job: Job, actor: Employee) -> Job:
    undo = start_undo(job.pk, actor=actor)
    run_job(undo.pk)
    undo.refresh_from_db()
    assert undo.state == State.DONE, undo.error
    return undo


def outcomes(job: Job) -> dict[str, int]:
    return {str(outcome): number for outcome, number in counted(job).items()}


def write(list_: List, pk: int, actor: Employee, **values: Any) -> None:
    row = schema_of(list_).model.objects.get(pk=pk)
    update_element(list_.pk, pk, values, version=row.version, actor=actor)


def test_an_edit_is_taken_back_but_not_what_others_wrote_since(
    trees: List, admin: Employee
) -> None:
    before = held(trees, admin)
    first, second, third, fourth = before
    job = changed("bulk_edit", trees, admin, before, values={"TALL": "9", "NOTE": "спилить"})
    write(trees, second, admin, TALL=Decimal(7))
    write(trees, third, admin, TALL=Decimal(7), NOTE="моё")
    write(trees, fourth, admin, NAME="лиственница")
    events = OutboxEvent.objects.count()
    undo = undone(job, admin)
    assert held(trees, admin) == {
        first: before[first],
        second: (7, "сосна", None),
        third: (7, "моё", None),
        fourth: before[fourth],
    }
    assert outcomes(undo) == {"changed": 2, "meanwhile": 1, "partly": 1}
    assert "Рост" in undo.lines.get(outcome="partly").text
    assert OutboxEvent.objects.count() == events + 1
    assert ElementVersion.objects.filter(element=first).count() == 3


def test_moves_deletions_and_copies_are_taken_back(trees: List, admin: Employee) -> None:
    before = held(trees, admin)
    first, second, third, _fourth = before
    section = Section.objects.create(list=trees, name="Лес")
    move = changed("bulk_move", trees, admin, before, section=section.pk)
    undone(move, admin)
    assert held(trees, admin) == before

    gone = changed("bulk_delete", trees, admin, before)
    restore_elements(trees.pk, [first, second], actor=admin)
    delete_elements(trees.pk, [second], actor=admin)
    undo = undone(gone, admin)
    assert held(trees, admin).keys() == before.keys() - {second}
    assert outcomes(undo) == {"changed": 2, "meanwhile": 2}
    restore_elements(trees.pk, [second], actor=admin)

    copies = changed("bulk_copy", trees, admin, [first, third])
    made = {line.element_id: line.made for line in copies.lines.all()}
    assert held(trees, admin)[made[first]] == before[first]
    write(trees, made[third], admin, NOTE="нужна")
    assert outcomes(undone(copies, admin)) == {"changed": 1, "meanwhile": 1}
    assert held(trees, admin).keys() == {*before, made[third]}


def test_a_unique_value_taken_meanwhile_keeps_one_element_and_not_all(
    trees: List, admin: Employee
) -> None:
    fields.create_field(trees.pk, "string", actor=admin, name="Код", code="SKU", unique=True)
    trees.refresh_from_db()
    ids = list(held(trees, admin))
    for pk in ids:
        write(trees, pk, admin, SKU=f"k{pk}")
    gone = changed("bulk_delete", trees, admin, ids)
    create_element(trees.pk, {"NAME": "липа", "SKU": f"k{ids[0]}"}, actor=admin)
    undo = undone(gone, admin)
    assert outcomes(undo) == {"changed": 3, "refused": 1}
    assert "Код" in undo.lines.get(outcome="refused").text


def test_one_undo_however_often_it_is_asked_for(
    trees: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on after a stop, and a second click makes no second one."""
    before = held(trees, admin)
    job = changed("bulk_edit", trees, admin, before, values={"TALL": "9"})
    monkeypatch.setattr(bulk_jobs, "BATCH", 1)
    stop = bulk_jobs.keep_lines

    def stopping(undo: Job, report: Any) -> None:
        stop(undo, report)
        cancel_job(undo.pk, actor=admin)

    monkeypatch.setattr(bulk_jobs, "keep_lines", stopping)
    undo = start_undo(job.pk, actor=admin)
    run_job(undo.pk)
    undo.refresh_from_db()
    assert (undo.state, undo.done, undo.total) == (State.CANCELLED, 1, 4)
    monkeypatch.setattr(bulk_jobs, "keep_lines", stop)
    assert undone(job, admin).pk == undo.pk
    assert held(trees, admin) == before
    for _click in range(2):
        assert start_undo(job.pk, actor=admin).pk == undo.pk
        run_job(undo.pk)
    assert Job.objects.filter(kind="bulk_undo").count() == 1
    assert ElementVersion.objects.count() == 4 * 3
    with pytest.raises(Conflict):
        start_undo(undo.pk, actor=admin)


def test_only_for_a_day_and_only_when_it_is_over(trees: List, admin: Employee) -> None:
    job = changed("bulk_edit", trees, admin, held(trees, admin), values={"TALL": "9"})
    old = timezone.now() - timedelta(hours=portal.BULK_UNDO_HOURS, minutes=1)
    for stale in ({"finished_at": old}, {"finished_at": timezone.now(), "state": State.RUNNING}):
        Job.objects.filter(pk=job.pk).update(**stale)
        with pytest.raises(Conflict):
            start_undo(job.pk, actor=admin)
    assert not Job.objects.filter(kind="bulk_undo").exists()


# --- rights: of security.md, for undo --------------------------------------


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return World()


def test_a04_an_undo_writes_only_what_its_person_may_write_now(world: World) -> None:
    world.grant(world.reader, EDIT)
    rows = [world.shown, world.own]
    job = changed("bulk_edit", world.list, world.reader, [r.pk for r in rows],
                  values={"NOTE": "да"})  # fmt: skip
    world.grant(world.reader, VIEW)
    world.restrict(world.own)
    undo = undone(job, world.reader)
    assert outcomes(undo) == {"no_right": 1, "not_found": 1}
    assert [schema_of(world.list)["NOTE"].read(world.row(r)) for r in rows] == ["да", "да"]


def test_a05_hidden_fields_and_elements_stay_and_nothing_is_told_of_them(world: World) -> None:
    """An administrator's change taken back by who manages the list but not the hidden element."""
    rows = [world.shown, world.own, world.hidden]
    job = changed("bulk_edit", world.list, world.root, [row.pk for row in rows],
                  values={"NOTE": "да", "HIDDEN": "да"})  # fmt: skip
    with pytest.raises(NotFound):
        start_undo(job.pk, actor=world.reader)
    assert browser(world.reader).get(reverse("bulk_change", args=[job.pk])).status_code == 404
    world.grant(world.reader, FULL)
    page = said(browser(world.reader).get(reverse("bulk_change", args=[job.pk])))
    assert "Ель" in page
    assert CANARY not in page
    assert f"№ {world.hidden.pk}" not in page
    undo = undone(job, world.reader)
    assert outcomes(undo) == {"changed": 2, "not_found": 1}
    schema = schema_of(world.list)
    assert [schema["NOTE"].read(world.row(r)) for r in rows] == ["хвоя", "шишка", "да"]


def test_a_hidden_field_is_not_put_back_and_not_named(world: World) -> None:
    world.grant(world.reader, EDIT)
    world.hide_field(hidden=False)
    job = changed("bulk_edit", world.list, world.reader, [world.shown.pk],
                  values={"NOTE": "да", "HIDDEN": "да"})  # fmt: skip
    world.hide_field()
    undo = undone(job, world.reader)
    row, schema = world.row(world.shown), schema_of(world.list)
    assert (schema["NOTE"].read(row), schema["HIDDEN"].read(row)) == ("хвоя", "да")
    assert (outcomes(undo), undo.lines.get().text) == ({"changed": 1}, "")


# --- pages ------------------------------------------------------------------------------


def test_pages_report_and_undo(client: Client, trees: List, admin: Employee) -> None:
    client.force_login(admin, backend="staff.backends.EmployeeBackend")
    before = held(trees, admin)
    ids = ",".join(map(str, [*before, 10**9]))
    address = reverse("list_bulk_edit", args=[trees.pk]) + f"?ids={ids}"
    answer = client.post(address, {"set": "TALL", "TALL": "50"}, headers={"HX-Request": "true"})
    job = Job.objects.get()
    assert reverse("bulk_undo", args=[job.pk]) in answer["HX-Trigger"]
    report = client.get(reverse("bulk_change", args=[job.pk])).content.decode()
    assert "сосна" in report
    lines = client.get(reverse("bulk_change_csv", args=[job.pk])).getvalue().decode("utf-8-sig")
    table = list(csv.reader(lines.splitlines()))
    assert [row[1] for row in table[1:]] == [*NAMES, ""]
    for name, args in (("bulk_changes", []), ("list_bulk_changes", [trees.pk])):
        assert str(job.pk) in client.get(reverse(name, args=args)).content.decode()
    undo = reverse("bulk_undo", args=[job.pk])
    assert client.get(undo).status_code == 405
    assert client.post(undo, headers={"HX-Request": "true"}).status_code == 204
    assert held(trees, admin) == before
    assert client.post(undo).status_code == 302
    assert Job.objects.filter(kind="bulk_undo").count() == 1
    other = Employee.objects.create_user("other", "other@svod.example", "x")
    client.force_login(other, backend="staff.backends.EmployeeBackend")
    for name in ("bulk_change", "bulk_change_csv", "bulk_undo"):
        ask = client.post if name == "bulk_undo" else client.get
        assert ask(reverse(name, args=[job.pk])).status_code == 404


def test_a_manager_stops_and_takes_back_what_another_does(world: World) -> None:
    """No link and no answer leads either of them to a page that is the other's alone."""
    grants = {Subject("U", world.outsider.pk): FULL, Subject("U", world.reader.pk): EDIT}
    set_list_rights(world.list.pk, grants, actor=world.root)
    starter, manager = browser(world.reader), browser(world.outsider)
    job = start_job("bulk_edit", actor=world.reader, list_=world.list, ids=[world.shown.pk],
                    values={"NOTE": "да"})  # fmt: skip
    report, own = (reverse(name, args=[job.pk]) for name in ("bulk_change", "job"))
    assert own in said(starter.get(report))
    page = said(manager.get(report))
    assert own not in page
    stop = reverse("bulk_stop", args=[job.pk])
    assert stop in page
    assert manager.post(stop)["Location"] == report
    job.refresh_from_db()
    assert job.state == State.CANCELLED

    done = changed("bulk_edit", world.list, world.reader, [world.shown.pk], values={"NOTE": "да"})
    report, undo = (reverse(name, args=[done.pk]) for name in ("bulk_change", "bulk_undo"))
    answer = manager.post(undo)
    assert manager.get(answer["Location"]).status_code == 200
    told = reverse("bulk_change", args=[done.undone_by.pk])
    for address in (report, reverse("bulk_changes")):
        assert told not in said(starter.get(address))
    assert starter.post(undo)["Location"] == report
    assert starter.post(undo, headers={"HX-Request": "true"})["HX-Location"] == report
    Job.objects.filter(undoes=done).update(state=State.RUNNING)
    assert starter.post(undo)["Location"] == report
    root = browser(world.root)
    assert root.get(root.post(undo)["Location"]).status_code == 200


# --- against a plain model --------------------------------------------------------------

KEYS = st.sampled_from(["TALL", "NOTE"])
VALUES = st.sampled_from(["1", "2", "3"])
PICKED = st.sets(st.integers(0, 3), min_size=1)
EDITS = st.lists(st.tuples(PICKED, st.dictionaries(KEYS, VALUES, min_size=1)), min_size=1,
                 max_size=3)  # fmt: skip
OTHERS = st.lists(st.tuples(st.integers(0, 3), KEYS, VALUES), max_size=4)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=EDITS, others=OTHERS, which=st.integers(0, 2))
def test_undo_against_a_model(
    trees: List, admin: Employee, edits: Any, others: Any, which: int
) -> None:
    """Bulk edits, other people's edits, then one of the bulk edits is taken back: a cell is as
    before it where it wrote there, and nothing else did since."""
    with transaction.atomic():
        ids = list(held(trees, admin))
        cells = {(pk, key): [str(value)] for pk, row in held(trees, admin).items()
                 for key, value in zip(("TALL", "NOTE"), row, strict=False)}  # fmt: skip
        jobs, marks = [], []
        for picked, values in edits:
            chosen = [ids[place] for place in picked]
            mark = {}
            for pk in chosen:
                for key, value in values.items():
                    if cells[pk, key][-1] != value:
                        cells[pk, key].append(value)
                        mark[pk, key] = len(cells[pk, key]) - 1
            marks.append(mark)
            jobs.append(changed("bulk_edit", trees, admin, chosen, values=values))
        for place, key, value in others:
            pk = ids[place]
            if cells[pk, key][-1] != value:
                cells[pk, key].append(value)
                write(trees, pk, admin, **{key: Decimal(value) if key == "TALL" else value})
        chosen = which % len(jobs)
        undone(jobs[chosen], admin)
        for cell, at in marks[chosen].items():
            if at == len(cells[cell]) - 1:
                cells[cell].append(cells[cell][at - 1])
        found = {(pk, key): str(value) for pk, row in held(trees, admin).items()
                 for key, value in zip(("TALL", "NOTE"), row, strict=False)}  # fmt: skip
        assert found == {cell: story[-1] for cell, story in cells.items()}
        transaction.set_rollback(True)


def test_the_lines_go_with_their_job(trees: List, admin: Employee) -> None:
    job = changed("bulk_edit", trees, admin, held(trees, admin), values={"TALL": "9"})
    job.delete()
    assert not BulkLine.objects.exists()
