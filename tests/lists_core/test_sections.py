"""The tree of sections: order, moves, refusals, where content goes."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lists_core.access import Right
from lists_core.jobs.base import JobLost
from lists_core.models import ElementVersion, Job, OutboxEvent, Section
from lists_core.selectors.section_tree import section_tree
from lists_core.selectors.sections import section_choices
from lists_core.services import section_deletion, sections
from lists_core.services.bulk_changes import start_undo
from lists_core.services.elements import delete_elements
from lists_core.services.jobs import run_at_once, run_job
from lists_core.services.lists import create_list
from lists_core.services.section_deletion import delete_section
from svod.base.errors import Invalid, NotFound
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def section(world: World, name: str, parent: Section | None = None, **settings: Any) -> Section:
    parent_id = parent.pk if parent else None
    return sections.create_section(
        world.list.pk, actor=world.anna, name=name, parent_id=parent_id, **settings
    )


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_tree_has_counts_of_its_own_and_below(world: World) -> None:
    top = section(world, "Поставка")
    inner = section(world, "Оборудование", top)
    section(world, "Услуги", sort=10)
    world.add("а", section_id=top.pk)
    gone = world.add("б", section_id=inner.pk)
    world.add("в", section_id=inner.pk)
    delete_elements(world.list.pk, [gone.pk], actor=world.anna)
    with CaptureQueriesContext(connection) as caught:
        tree = section_tree(world.list, actor=world.anna)
    assert len(caught) == 6  # the counts, the tree, and four of rights
    assert [(branch.section.name, branch.own, branch.total) for branch in tree] == [
        ("Услуги", 0, 0),
        ("Поставка", 1, 2),
    ]
    assert [branch.section.name for branch in tree[1].children] == ["Оборудование"]


def test_a_section_cannot_stand_inside_itself(world: World) -> None:
    top = section(world, "а")
    inner = section(world, "б", top)
    for parent_id in (top.pk, inner.pk):
        with pytest.raises(Invalid):
            sections.move_section(
                world.list.pk, top.pk, parent_id=parent_id, order=[], actor=world.anna
            )
    choices = section_choices(world.list, world.anna, right=Right.CHANGE, without=top.pk)
    assert choices == []


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_cycle() -> None:
    world = make_world()
    first, second = section(world, "а"), section(world, "б")
    errors: list[Exception] = []

    def move(what: Section, under: Section) -> None:
        try:
            sections.move_section(
                world.list.pk, what.pk, parent_id=under.pk, order=[], actor=world.anna
            )
        except Invalid as error:
            errors.append(error)
        finally:
            connection.close()

    both = [(first, second), (second, first)]
    threads = [threading.Thread(target=move, args=pair) for pair in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 1
    assert Section.objects.filter(parent=None).count() == 1


def test_a_drag_posts_place_and_order(client: Client, world: World) -> None:
    a, b, c = (section(world, name) for name in "абв")
    url = world.url("section_move")
    data = {"id": c.pk, "parent": "", "ids": [c.pk, a.pk, 999999, b.pk]}
    assert client.post(url, data).status_code == 204
    tree = section_tree(world.list, actor=world.anna)
    assert [branch.section.name for branch in tree] == ["в", "а", "б"]
    assert client.post(url, {"id": b.pk, "parent": a.pk, "ids": [b.pk]}).status_code == 204
    refused = client.post(url, {"id": a.pk, "parent": b.pk, "ids": [a.pk]})
    assert refused.status_code == 422
    assert refused["Content-Type"].startswith("text/plain")
    for bad in ({"id": "x"}, {}, {"id": a.pk, "parent": "²"}, {"id": 10**17, "parent": ""}):
        assert client.post(url, bad).status_code == 404
    assert OutboxEvent.objects.filter(topic="section.moved").count() == 2


def test_forms_add_change_and_refuse(client: Client, world: World) -> None:
    other = section(world, "Поставка", code="SUPPLY")
    add = world.url("section_add")
    data = {"name": " Услуги ", "parent": other.pk, "code": "", "sort": 5, "description": "о"}
    assert client.post(add, data, headers=HTMX).status_code == 204
    made = Section.objects.get(name="Услуги")
    assert (made.parent_id, made.sort) == (other.pk, 5)
    response = client.post(add, {**data, "name": "", "code": "SUPPLY"}, headers=HTMX)
    assert response.status_code == 422
    taken = client.post(add, {**data, "code": "SUPPLY"}, headers=HTMX)
    assert 'id="id_code_error"' in text(taken)
    edit = world.url("section_edit", other.pk)
    assert f'<option value="{made.pk}"' not in text(client.get(edit, headers=HTMX))
    assert client.post(edit, {**data, "parent": made.pk}, headers=HTMX).status_code == 422
    renamed = {"name": "Поставки", "parent": "", "sort": 1}
    assert client.post(edit, renamed).status_code == 302
    assert "Поставки" in text(client.get(world.url("sections")))


def test_a_filled_section_is_deleted_only_with_a_place_for_its_content(
    client: Client, world: World
) -> None:
    top = section(world, "Поставка")
    inner = section(world, "Оборудование", top)
    leaf = section(world, "Станки", inner)
    row, gone = world.add("а", section_id=inner.pk), world.add("б", section_id=inner.pk)
    delete_elements(world.list.pk, [gone.pk], actor=world.anna)
    url = world.url("section_delete", inner.pk)
    asked = client.get(url, headers=HTMX).context
    assert (asked["count"], asked["children"]) == (1, 1)
    assert client.post(url, headers=HTMX).status_code == 422
    assert Section.objects.filter(pk=inner.pk).exists()
    assert client.post(url, {"content": "parent"}, headers=HTMX).status_code == 204
    assert world.row(row.pk).section == world.row(gone.pk).section == top.pk
    leaf.refresh_from_db()
    assert leaf.parent_id == top.pk
    last = ElementVersion.objects.filter(element=row.pk).latest("pk")
    assert (last.changes, last.version) == ({"section": [inner.pk, top.pk]}, 2)
    assert client.post(world.url("section_delete", leaf.pk), headers=HTMX).status_code == 204


def test_a_section_that_holds_much_is_emptied_by_a_job_and_goes(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(section_deletion, "BATCH", 2)
    top = section(world, "Поставка")
    inner = section(world, "Станки", top)
    leaf = section(world, "Токарные", inner)
    rows = [world.add(f"станок {number}", section_id=inner.pk) for number in range(5)]
    url = world.url("section_delete", inner.pk)
    assert client.post(url, headers=HTMX).status_code == 422
    answer = client.post(url, {"content": "parent"}, headers=HTMX)
    job = Job.objects.get()
    assert answer["HX-Location"] == job.get_absolute_url()
    assert client.post(url, {"content": "parent"})["Location"] == job.get_absolute_url()

    def stopped(*_args: Any) -> None:
        raise JobLost

    with monkeypatch.context() as broken:  # the worker dies after a batch
        broken.setattr("lists_core.jobs.section_delete.stop_if_asked", stopped)
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("running", 2, 5)
    assert [world.row(row.pk).section for row in rows] == [top.pk] * 2 + [inner.pk] * 3
    late = world.add("ещё один", section_id=inner.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["moved"]) == ("done", 6)
    assert {world.row(row.pk).section for row in [*rows, late]} == {top.pk}
    assert {world.row(row.pk).version for row in rows} == {2}
    assert ElementVersion.objects.filter(element=rows[0].pk).count() == 2
    leaf.refresh_from_db()
    assert leaf.parent_id == top.pk
    assert not Section.objects.filter(pk=inner.pk).exists()
    page = text(client.get(job.get_absolute_url()))
    assert "Перемещено элементов: 6. Раздел удалён." in page
    Job.objects.update(state="running")  # its worker died when all was done
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["moved"]) == ("done", 6)


def test_a_deleted_element_comes_back_though_its_section_is_gone(world: World) -> None:
    """What lies in the bin goes one section up with the rest and counts as untouched."""
    inner = section(world, "Станки")
    row = world.add("станок", section_id=inner.pk)
    job = run_at_once("bulk_delete", actor=world.anna, list_=world.list, ids=[row.pk])
    delete_section(world.list.pk, inner.pk, actor=world.anna, content_to_parent=True)
    assert world.row(row.pk).section is None
    run_job(start_undo(job.pk, actor=world.anna).pk)
    assert world.row(row.pk).deleted_at is None


def test_sections_of_another_list_are_not_reached(client: Client, world: World) -> None:
    own = section(world, "Поставка")
    other = create_list(actor=world.anna, everyone="edit", name="Другой", has_sections=True)
    with pytest.raises(NotFound):
        delete_section(other.pk, own.pk, actor=world.anna)
    with pytest.raises(Invalid):
        sections.create_section(other.pk, actor=world.anna, name="х", parent_id=own.pk)
    plain = create_list(actor=world.anna, everyone="edit", name="Без разделов")
    url = world.url("sections").replace(f"/{world.list.pk}/", f"/{plain.pk}/")
    assert client.get(url).status_code == 404


def test_pages_cost_the_same_for_2_and_20_sections(client: Client, world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(world.url("sections")).status_code == 200
        return len(caught)

    top = section(world, "а")
    section(world, "б", top)
    cost()
    few = cost()
    for number in range(18):
        section(world, f"в{number}", top)
    assert cost() == few
