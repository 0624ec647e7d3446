"""Pages of directories: what asks before a deletion, a new name, a new value, the start page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.access import Right
from lists_core.models import Job
from lists_core.services import fields, lists
from lists_core.services.elements import update_element
from lists_core.services.jobs import run_job, start_job
from lists_core.services.rights import set_list_rights
from lists_core.services.sections import create_section
from staff.subjects import Subject
from tests.lists_core.directory_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def web(client: Client, world: World) -> Client:
    client.force_login(world.admin, backend="staff.backends.EmployeeBackend")
    return client


# --- pages --------------------------------------------------------------------------------------


def test_the_page_asks_instead_of_deleting(world: World, web: Client) -> None:
    row = world.add("т", BRAND=world.old.pk)
    url = reverse("element_delete", args=[world.brands.pk, world.old.pk])
    ask = reverse("element_replace", args=[world.brands.pk, world.old.pk]) + "?delete=1"
    assert ask in web.post(url, headers=HTMX)["HX-Trigger"]
    assert web.post(url)["Location"] == ask
    dialog = web.get(ask, headers=HTMX).content.decode()
    assert "Товары" in dialog
    assert 'name="new"' in dialog
    empty = web.post(ask, {"how": "replace", "delete": "on"}, headers=HTMX)
    assert empty.status_code == 422
    done = web.post(ask, {"new": world.new.pk, "delete": "on"}, headers=HTMX)
    assert done.status_code == 204
    assert (world.value(row), world.is_there(world.old)) == (world.new.pk, False)
    job = Job.objects.get()
    assert "Товары" in web.get(reverse("job", args=[job.pk])).content.decode()


def test_a_section_is_asked_about_as_well(world: World, web: Client) -> None:
    old = create_section(world.brands.pk, name="Отдел", actor=world.admin)
    link = {"list": world.brands.pk, "on_delete": "refuse"}
    fields.create_field(
        world.goods.pk, "section", actor=world.admin, name="О", code="PART", settings=link
    )
    world.goods.refresh_from_db()
    world.add("т", PART=old.pk)
    url = reverse("section_delete", args=[world.brands.pk, old.pk])
    assert reverse("section_replace", args=[world.brands.pk, old.pk]) in web.post(url)["Location"]
    for name in ("section_uses", "section_replace"):
        page = web.get(reverse(name, args=[world.brands.pk, old.pk]))
        assert "Товары" in page.content.decode()


# --- a new name is seen everywhere at once ------------------------------------------------------


def test_a_new_name_of_a_value_is_seen_everywhere_at_once(
    world: World, web: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = world.add("т", BRAND=world.old.pk, OTHERS=[world.old.pk])
    asked = json.dumps({"and": [{"field": "BRAND", "op": "any_of", "value": [str(world.old.pk)]}]})
    goods = world.goods.pk
    pages: list[tuple[str, dict[str, str]]] = [
        (reverse("list", args=[goods]), {}),
        (reverse("list", args=[goods]), {"filter": asked}),
        (reverse("list", args=[goods]), {"group": "BRAND"}),
        (reverse("element", args=[goods, row.pk]), {}),
        (reverse("element_edit", args=[goods, row.pk]), {}),
        (reverse("element_history", args=[goods, row.pk]), {}),
    ]
    for name, other in (("Пихта", "Ель"), ("Кедр", "Пихта")):
        version = world.brands_row().version
        values = {"NAME": name}
        update_element(world.brands.pk, world.old.pk, values, version=version, actor=world.admin)
        for address, given in pages:
            text = web.get(address, given).content.decode()
            assert name in text, address
            assert other not in text, address
        suggested = web.get(reverse("element_suggest", args=[world.brands.pk]), {"q": name})
        assert [one["text"] for one in suggested.json()["results"]] == [name]
        found = web.get(reverse("list", args=[goods]), {"q": name}).content.decode()
        assert f'data-id="{row.pk}"' in found
        how = {"format": "csv", "columns": "all", "separator": ";", "query": {}}
        job = start_job("export_table", actor=world.admin, list_=world.goods, **how)
        run_job(job.pk)
        job.refresh_from_db()
        with job.file.content.open() as file:
            assert name in file.read().decode("utf-8-sig")


# --- a new value while choosing -----------------------------------------------------------------


def test_a_value_is_made_where_one_is_chosen_by_who_may(world: World, client: Client) -> None:
    client.force_login(world.person, backend="staff.backends.EmployeeBackend")
    url = reverse("element_quick_add", args=[world.brands.pk])
    form = reverse("element_add", args=[world.goods.pk])
    assert f'data-new="{url}"' in client.get(form).content.decode()
    made_one = client.post(url, {"name": "Липа\0"}).json()
    assert made_one["text"] == "Липа"
    assert client.post(url, {"name": " "}).status_code == 422
    for viewing in (Right.VIEW, Right.ADD):
        one = {Subject("U", world.person.pk): frozenset({viewing})}
        set_list_rights(world.brands.pk, one, actor=world.admin)
        assert 'data-new="' not in client.get(form).content.decode()
        assert client.post(url, {"name": "Дуб"}).status_code == 403
    set_list_rights(world.brands.pk, {}, actor=world.admin)
    assert client.post(url, {"name": "Дуб"}).status_code == 404
    assert client.get(url).status_code == 405


def test_directories_stand_together_on_the_start_page(world: World, web: Client) -> None:
    lists.update_list(world.brands.pk, actor=world.admin, is_directory=True)
    page = web.get(reverse("home")).content.decode()
    first, second = page.split("sv-tiles-title")
    assert ("Товары" in first, "Марки" in first, "Марки" in second) == (True, False, True)
