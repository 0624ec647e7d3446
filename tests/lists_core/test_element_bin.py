"""Elements that leave the bin of their list for good, by hand and by time, or come back from it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from lists_core.models import (
    Comment,
    Element,
    ElementVersion,
    FileUse,
    Job,
    LinkChange,
    StoredFile,
)
from lists_core.schema import ddl
from lists_core.schema.cache import schema_of
from lists_core.selectors.bin import bin_of
from lists_core.selectors.elements import elements
from lists_core.services.comments import add_comment
from lists_core.services.element_bin import empty_element_bins, purge_elements
from lists_core.services.elements import delete_elements, restore_elements
from lists_core.services.files import delete_orphans
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list, delete_list
from staff.models import AuditEntry
from svod.base.errors import Forbidden
from tests.lists_core.element_world import HTMX, World, make_world
from tests.lists_core.file_samples import stored

pytestmark = pytest.mark.django_db
EVERYTHING = (Element, ElementVersion, FileUse, Comment, LinkChange)


@pytest.fixture
def world(client: Client, settings: Any) -> World:
    settings.ELEMENT_BIN_DAYS = 30
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def binned(world: World, *names: str, days: int = 0, **values: Any) -> list[int]:
    """Elements that went to the bin so many days (and a minute) ago."""
    ids = [world.add(name, **values).pk for name in names]
    delete_elements(world.list.pk, ids, actor=world.petr)
    at = timezone.now() - timedelta(days=days, minutes=1)
    rows = schema_of(world.list).model.objects.filter(pk__in=ids)
    rows.update(deleted_at=at)
    return ids


def left(world: World) -> set[int]:
    return set(schema_of(world.list).model.objects.values_list("pk", flat=True))


# --- by time ------------------------------------------------------------------------------


def test_what_waited_too_long_goes_with_all_that_it_has(world: World, settings: Any) -> None:
    world.field("file", "PAPERS", multiple=True, settings={"kinds": "any"})
    file = stored(world.anna, "a.txt", b"x")
    kept = world.add("Ель")
    before = [model.objects.count() for model in EVERYTHING]
    old = binned(world, "Дуб", PAPERS=[file.pk])
    add_comment(world.list.pk, kept.pk, "останется", actor=world.anna)
    Comment.objects.create(element_id=old[0], author=world.anna, text="уйдёт")
    young = binned(world, "Липа", days=29)
    assert empty_element_bins() == 0
    schema_of(world.list).model.objects.filter(pk__in=old).update(
        deleted_at=timezone.now() - timedelta(days=30, minutes=1)
    )
    settings.ELEMENT_BIN_DAYS = 0
    assert empty_element_bins() == 0, "0 keeps them"
    settings.ELEMENT_BIN_DAYS = 30
    assert empty_element_bins() == 1
    assert left(world) == {kept.pk, *young}
    assert Comment.objects.get().text == "останется"
    purge_elements(world.list.pk, young, actor=world.anna)
    Comment.objects.all().delete()
    assert [model.objects.count() for model in EVERYTHING] == before, "nothing of them is left"
    entry = AuditEntry.objects.filter(event="element.purged").earliest("pk")
    assert (entry.actor, entry.subject) == (None, f"element:{world.list.pk}:{old[0]}")
    StoredFile.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))
    assert delete_orphans() == 1, "the file is held by nothing"


def test_a_full_bin_goes_in_batches_and_a_list_of_the_bin_waits_for_its_own_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lists_core.services.element_bin.BATCH", 3)
    monkeypatch.setattr("lists_core.services.element_bin.ITEMS", 2)
    binned(world, *"абвгд", days=31)
    delete_list(world.list.pk, actor=world.anna)
    assert empty_element_bins() == 0
    type(world.list).objects.filter(pk=world.list.pk).update(deleted_at=None)
    assert empty_element_bins() == 5
    assert not left(world)
    told = AuditEntry.objects.filter(event="element.purged").values_list("about", flat=True)
    assert len(told) == 3, "each number is told: 2, 1 and 2"


def test_what_is_restored_meanwhile_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = binned(world, "Дуб", days=31)

    def somebody_is_first(list_id: int) -> None:
        restore_elements(list_id, [old], actor=world.petr)

    monkeypatch.setattr("lists_core.services.element_bin.lock_for_removal", somebody_is_first)
    assert empty_element_bins() == 0
    assert elements(schema_of(world.list), world.anna).get().pk == old


def test_a_list_that_is_in_use_waits_and_the_others_do_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_other(world)
    binned(world, "Дуб", days=31)
    binned(other, "Дуб", days=31)
    monkeypatch.setattr(ddl, "ATTEMPTS", 1)
    monkeypatch.setattr("lists_core.services.element_bin.lock_for_removal", busy(world.list.pk))
    assert empty_element_bins() == 1
    assert (len(left(world)), left(other)) == (1, set())


def make_other(world: World) -> World:
    return World(world.anna, world.petr, create_list(actor=world.anna, everyone="edit", name="Б"))


def busy(pk: int) -> Any:
    def lock(list_id: int) -> None:
        if list_id == pk:
            raise ddl.ListBusy

    return lock


# --- by hand ------------------------------------------------------------------------------


def test_for_ever_deletes_who_has_full_access(client: Client, world: World) -> None:
    kept = world.add("Ель")
    gone, other = binned(world, "Дуб", "Липа")
    url, ids = world.url("elements_purge"), {"id": [gone, kept.pk, "zzz", 10**18]}
    assert url in text(client.get(world.url("elements_bin")))
    client.force_login(world.petr)
    assert url not in text(client.get(world.url("elements_bin")))
    assert client.post(url, ids).status_code == 403
    with pytest.raises(Forbidden):
        purge_elements(world.list.pk, [gone], actor=world.petr)
    client.force_login(world.anna)
    answer = client.post(url, ids, headers=HTMX)
    assert "elements-changed" in answer["HX-Trigger"]
    assert left(world) == {kept.pk, other}, "what is not in the bin stays, whoever asks"
    entry = AuditEntry.objects.get(event="element.purged")
    assert (entry.actor, entry.subject_name) == (world.anna, "Дуб")
    assert client.post(url, {"id": gone}, headers=HTMX).status_code == 204


def test_the_bin_says_when_it_lets_go(client: Client, world: World, settings: Any) -> None:
    binned(world, "Дуб")
    goes = timezone.localtime(timezone.now() + timedelta(days=30, minutes=-1))
    page = text(client.get(world.url("elements_bin")))
    assert "30" in page
    assert f"<td>{goes:%d.%m.%Y}</td>" in page
    settings.ELEMENT_BIN_DAYS = 0
    page = text(client.get(world.url("elements_bin")))
    assert f"<td>{goes:%d.%m.%Y}</td>" not in page


def test_all_that_is_found_comes_back_by_a_job(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.field("string", "SKU", unique=True)
    monkeypatch.setattr("lists_core.views.element_bin.PAGE_SIZE", 2)
    monkeypatch.setattr("lists_core.jobs.bulk.BATCH", 3)
    oaks = binned(world, *[f"Дуб {number}" for number in range(7)])
    (taken,) = binned(world, "Дуб с номером", SKU="1")
    binned(world, "Липа")
    world.add("Сосна", SKU="1")
    page = text(client.get(f"{world.url('elements_bin')}?q=дуб"))
    assert '<input type="hidden" name="all" value="1">' in page
    client.post(world.url("elements_restore"), {"all": "1", "q": "дуб"}, headers=HTMX)
    job = Job.objects.get(kind="bulk_restore")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["changed"], job.result["skipped"]) == ("done", 7, 1)
    stays = bin_of(schema_of(world.list), actor=world.anna)
    assert {row.name for row in stays} == {"Дуб с номером", "Липа"}
    assert set(oaks) < set(elements(schema_of(world.list), world.anna).values_list("pk", flat=True))
    assert job.lines.get(outcome="refused").element_id == taken


# --- the index and the portals of before -----------------------------------------------------


def test_what_lay_there_before_waits_anew(world: World) -> None:
    migration = import_module("lists_core.migrations.0019_element_bins")
    binned(world, *"абв", days=400)
    with connection.schema_editor(atomic=False) as editor:
        migration.begin_now(None, editor)
    assert empty_element_bins() == 0
    assert len(left(world)) == 3


@pytest.mark.django_db(transaction=True)
def test_lists_of_before_get_the_index_of_their_bin(world: World) -> None:
    migration = import_module("lists_core.migrations.0019_element_bins")
    name = f"list_{world.list.pk}_bin"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")
        with connection.schema_editor(atomic=False) as editor:
            migration.make_indexes(None, editor)
            migration.make_indexes(None, editor)
        cursor.execute("SET enable_seqscan = off")
        plan = bin_of(schema_of(world.list), actor=world.anna).explain()
        cursor.execute("RESET enable_seqscan")
    assert name in plan
    assert "Sort" not in plan, "the bin's order is the index's"
