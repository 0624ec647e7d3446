"""Directories: where a value is used, what its deletion does with the links, replacing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.access import Right
from lists_core.jobs import link_replace
from lists_core.models import ElementVersion, Job, LinkChange
from lists_core.schema.cache import schema_of
from lists_core.selectors.linking import SECTION, linked_from, uses_of_list
from lists_core.services import fields, link_deletion, link_listener, section_deletion
from lists_core.services.bulk import bulk_delete
from lists_core.services.elements import (
    create_element,
    delete_elements,
    restore_elements,
    update_element,
)
from lists_core.services.jobs import run_job
from lists_core.services.link_deletion import TO_PARENT, replace_value
from lists_core.services.links import Linked
from lists_core.services.rights import set_list_rights
from lists_core.services.section_deletion import delete_section
from lists_core.services.sections import create_section
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.lists_core.directory_world import HTMX, World, made, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def web(client: Client, world: World) -> Client:
    client.force_login(world.admin, backend="staff.backends.EmployeeBackend")
    return client


# --- where it is used -----------------------------------------------------------------------


def test_uses_of_a_list_and_of_a_value_are_of_what_one_may_read(world: World) -> None:
    for number in range(3):
        world.add(f"т{number}", BRAND=world.old.pk, OTHERS=[world.old.pk, world.new.pk])
    world.add("сделка", world.deals, BRAND=world.old.pk)
    told = [
        (use.pointing.list.name, use.pointing.field.code, use.count and use.count.number)
        for use in uses_of_list(world.person, world.brands.pk)
    ]
    assert told == [("Товары", "BRAND", 3), ("Товары", "OTHERS", 3)]
    uses = linked_from(world.person, world.brands.pk, world.new.pk)
    assert [(use.field.code, len(use.elements)) for use in uses] == [("OTHERS", 3)]
    own = linked_from(world.admin, world.brands.pk, world.old.pk)
    assert [use.list.name for use in own] == ["Сделки", "Товары", "Товары"]


def test_pages_of_uses_cost_the_same_however_many_lists_link(
    world: World, web: Client, django_assert_num_queries: Any
) -> None:
    pages = [
        reverse("list_uses", args=[world.brands.pk]),
        reverse("element_uses", args=[world.brands.pk, world.old.pk]),
        reverse("element_replace", args=[world.brands.pk, world.old.pk]),
    ]
    world.add("т", BRAND=world.old.pk)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counted(page: str) -> int:
        web.get(page)
        with CaptureQueriesContext(connection) as found:
            assert web.get(page).status_code == 200
        return len(found)

    before = [counted(page) for page in pages]
    for number in range(4):
        more = made(world.admin, f"Ещё {number}", ("element", "BRAND", world.link("ask")))
        world.add("м", more, BRAND=world.old.pk)
    assert [counted(page) for page in pages] == before


def test_uses_of_one_field_come_in_pages(world: World, web: Client) -> None:
    rows = [world.add(f"товар-{number:02}", BRAND=world.old.pk) for number in range(45)]
    page = reverse("element_uses", args=[world.brands.pk, world.old.pk])
    first = web.get(page).content.decode()
    assert "товар-44" in first
    assert "товар-24" not in first
    assert ">45<" in first
    field = world.goods.fields.get(code="BRAND")
    more = web.get(page, {"field": field.pk, "before": rows[25].pk}, headers=HTMX).content.decode()
    assert "товар-24" in more
    assert "товар-05" in more
    assert "товар-04" not in more
    for bad in ({"field": "x", "before": "1"}, {"field": field.pk}, {"field": 10**9, "before": 1}):
        assert web.get(page, bad).status_code == 404


# --- what deletion does ---------------------------------------------------------------------


def test_a_used_value_is_not_deleted_unless_it_is_replaced(world: World) -> None:
    row = world.add("т", BRAND=world.old.pk)
    with pytest.raises(Linked) as caught:
        delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    assert "Товары – Brand" in str(caught.value)
    world.rule("BRAND", "refuse")
    with pytest.raises(Linked):
        delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    delete_elements(world.goods.pk, [row.pk], actor=world.admin)
    assert delete_elements(world.brands.pk, [world.old.pk], actor=world.admin) == 1


def test_places_that_one_does_not_see_are_not_named(world: World) -> None:
    field = world.deals.fields.get(code="BRAND")
    fields.update_field(field.pk, actor=world.admin, **world.link("refuse"))
    world.add("сделка", world.deals, BRAND=world.old.pk)
    with pytest.raises(Linked) as caught:
        delete_elements(world.brands.pk, [world.old.pk], actor=world.person)
    assert "Сделки" not in str(caught.value)


def test_bulk_deletion_tells_what_is_used_line_by_line(world: World) -> None:
    world.add("т", BRAND=world.old.pk)
    report = bulk_delete(
        world.brands.pk, [world.old.pk, world.new.pk], actor=world.admin, strict=False
    )
    assert (report.changed, report.skipped) == (1, 1)
    assert "Товары – Brand" in report.problems[str(world.old.pk)]
    assert not world.is_there(world.new)


def test_values_that_link_to_each_other_go_together(world: World) -> None:
    link = {"list": world.brands.pk, "on_delete": "refuse"}
    fields.create_field(
        world.brands.pk, "element", actor=world.admin, name="П", code="PARENT", settings=link
    )
    child = world.add("дочь", world.brands, PARENT=world.old.pk)
    with pytest.raises(Linked):
        delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    assert delete_elements(world.brands.pk, [world.old.pk, child.pk], actor=world.admin) == 2


@pytest.mark.parametrize("at_once", [200, 0])
def test_links_are_emptied_and_come_back_where_untouched(
    world: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(link_listener, "AT_ONCE", at_once)
    monkeypatch.setattr(link_replace, "BATCH", 2)
    world.rule("BRAND", "empty")
    rows = [world.add(f"т{number}", BRAND=world.old.pk) for number in range(5)]
    delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    run_jobs()
    assert [world.value(row) for row in rows] == [None] * 5
    last = ElementVersion.objects.filter(element=rows[0].pk).latest("id")
    assert last.changes == {schema_of(world.goods)["BRAND"].key: [world.old.pk, None]}
    values = {"BRAND": world.new.pk}
    update_element(world.goods.pk, rows[0].pk, values, version=2, actor=world.admin)
    update_element(world.goods.pk, rows[1].pk, {"NAME": "иначе"}, version=2, actor=world.admin)
    restore_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    run_jobs()
    wanted = [world.new.pk, *[world.old.pk] * 4]
    assert [world.value(row) for row in rows] == wanted
    assert not LinkChange.objects.exists()


def test_a_value_that_is_back_keeps_its_links_and_one_that_is_gone_waits_for_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_listener, "AT_ONCE", 0)
    world.rule("BRAND", "empty")
    row = world.add("т", BRAND=world.old.pk)
    delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    restore_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    run_jobs()
    assert world.value(row) == world.old.pk
    delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    run_jobs()
    restore_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    run_jobs()
    assert world.value(row) is None
    restore_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    run_jobs()
    assert world.value(row) == world.old.pk


def run_jobs() -> None:
    for job in Job.objects.filter(state=Job.State.QUEUED):
        run_job(job.pk)


def test_a_required_field_is_not_emptied(world: World) -> None:
    field = world.goods.fields.get(code="BRAND")
    fields.update_field(field.pk, actor=world.admin, required=True, **world.link("empty"))
    world.add("т", BRAND=world.old.pk)
    with pytest.raises(Linked):
        delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    job = world.replace(None)
    assert job.result["kept"]
    assert "Brand" in job.result["left"][0][2]


# --- replacing --------------------------------------------------------------------------------


def test_a_value_is_replaced_in_all_lists_and_goes(world: World) -> None:
    both = world.add("оба", BRAND=world.old.pk, OTHERS=[world.old.pk, world.new.pk])
    deal = world.add("сделка", world.deals, BRAND=world.old.pk)
    job = world.replace(world.new.pk)
    assert (job.state, job.result["deleted"]) == (Job.State.DONE, True)
    assert world.value(both) == world.new.pk
    assert world.value(both, "OTHERS") == [world.new.pk]
    assert world.value(deal, list_=world.deals) == world.new.pk
    assert not world.is_there(world.old)
    restore_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    assert world.value(both, "OTHERS") == [world.old.pk, world.new.pk]


def test_a_replacement_that_deleted_nothing_is_not_taken_back_later(world: World) -> None:
    first = world.add("первый", BRAND=world.old.pk)
    world.replace(world.new.pk, delete="")
    second = world.add("второй", BRAND=world.old.pk)
    shut = made(world.admin, "Склад", ("element", "BRAND", world.link("refuse")), everyone="view")
    shelf = world.add("полка", shut, BRAND=world.old.pk)
    assert world.replace(world.new.pk, actor=world.person).result["kept"]
    delete_elements(shut.pk, [shelf.pk], actor=world.admin)
    delete_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    restore_elements(world.brands.pk, [world.old.pk], actor=world.admin)
    assert [world.value(row) for row in (first, second)] == [world.new.pk] * 2


def test_who_may_not_change_an_element_replaces_only_where_the_designer_lets_them(
    world: World,
) -> None:
    asked = world.add("т", BRAND=world.old.pk)
    deal = world.add("сделка", world.deals, BRAND=world.old.pk)
    shut = made(world.admin, "Склад", ("element", "BRAND", world.link("keep")), everyone="view")
    kept = world.add("полка", shut, BRAND=world.old.pk)
    job = world.replace(world.new.pk, actor=world.person)
    assert world.value(asked) == world.new.pk
    assert world.value(deal, list_=world.deals) == world.old.pk
    assert world.value(kept, list_=shut) == world.old.pk
    assert [one[:2] for one in job.result["left"]] == [[shut.pk, kept.pk]]
    assert str(world.deals.pk) not in job.result["lists"]


def test_a_refusing_field_that_one_may_not_change_keeps_the_value(world: World) -> None:
    shut = made(world.admin, "Склад", ("element", "BRAND", world.link("refuse")), everyone="view")
    world.add("полка", shut, BRAND=world.old.pk)
    job = world.replace(world.new.pk, actor=world.person)
    assert "Склад" in job.result["kept"]
    assert world.is_there(world.old)


def test_nobody_replaces_what_they_may_not_delete_or_by_what_they_do_not_see(
    world: World,
) -> None:
    viewer = {Subject("U", world.person.pk): frozenset({Right.VIEW})}
    set_list_rights(world.brands.pk, viewer, actor=world.admin)
    with pytest.raises(Forbidden):
        world.replace(world.new.pk, actor=world.person)
    set_list_rights(world.brands.pk, {}, actor=world.admin)
    with pytest.raises(NotFound):
        world.replace(world.new.pk, actor=world.person)
    for impossible in (world.old.pk, 10**17, world.add("товар").pk):
        with pytest.raises(Invalid):
            world.replace(impossible)


def test_many_are_replaced_by_a_job_that_goes_on_after_a_death(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_deletion, "AT_ONCE", 3)
    monkeypatch.setattr(link_replace, "BATCH", 2)
    rows = [world.add(f"т{number}", BRAND=world.old.pk) for number in range(7)]
    job = world.replace(world.new.pk)
    assert not job.is_over
    usual, calls = link_replace.replace_links, []

    def dying(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return usual(*args, **more)

    monkeypatch.setattr(link_replace, "replace_links", dying)
    with pytest.raises(KeyboardInterrupt):
        run_job(job.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 7, 7)
    assert job.result["lists"] == {str(world.goods.pk): {"changed": 7, "left": 0}}
    assert {world.value(row) for row in rows} == {world.new.pk}
    assert {ElementVersion.objects.filter(element=row.pk).count() for row in rows} == {2}


# --- sections -----------------------------------------------------------------------------------


def test_a_used_section_is_replaced_and_goes(world: World) -> None:
    old = create_section(world.brands.pk, name="Отдел", actor=world.admin)
    new = create_section(world.brands.pk, name="Другой", actor=world.admin)
    link = {"list": world.brands.pk, "on_delete": "ask"}
    goods = world.goods.pk
    fields.create_field(
        goods, "section", actor=world.admin, name="Отдел", code="PART", settings=link
    )
    world.goods.refresh_from_db()
    row = world.add("т", PART=old.pk)
    uses = linked_from(world.admin, world.brands.pk, old.pk, kind=SECTION)
    assert [use.elements for use in uses] == [[(row.pk, "т")]]
    with pytest.raises(Linked):
        delete_section(world.brands.pk, old.pk, actor=world.admin)
    job = replace_value(world.brands, SECTION, old.pk, new.pk, actor=world.admin, delete=TO_PARENT)
    assert job.result["deleted"]
    assert world.value(row, "PART") == new.pk
    assert not world.brands.sections.filter(pk=old.pk).exists()
    fields.update_field(
        world.goods.fields.get(code="PART").pk,
        actor=world.admin,
        settings={**link, "on_delete": "empty"},
    )
    delete_section(world.brands.pk, new.pk, actor=world.admin)
    assert world.value(row, "PART") is None


def test_what_a_large_section_holds_goes_up_before_it_is_replaced_and_goes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches of a job: one transaction would keep the list's writers out for long."""
    monkeypatch.setattr(section_deletion, "BATCH", 2)
    old = create_section(world.brands.pk, name="Отдел", actor=world.admin)
    new = create_section(world.brands.pk, name="Другой", actor=world.admin)
    held = [
        create_element(world.brands.pk, {"NAME": name}, section_id=old.pk, actor=world.admin)
        for name in ("а", "б", "в")
    ]
    job = replace_value(world.brands, SECTION, old.pk, new.pk, actor=world.admin, delete=TO_PARENT)
    assert job.state == Job.State.QUEUED
    run_job(job.pk)
    job.refresh_from_db()
    assert job.result["deleted"], job.result
    rows = schema_of(world.brands).model.objects.filter(pk__in=[row.pk for row in held])
    assert set(rows.values_list("section", "version")) == {(None, 2)}
