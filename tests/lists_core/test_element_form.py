"""Adding, changing and copying an element: what the form takes, keeps and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.access import ROLES, Right
from lists_core.forms import ElementForm
from lists_core.models import Section
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element, delete_elements, update_element
from lists_core.services.rights import set_list_rights
from lists_core.services.sections import create_section
from staff.subjects import EVERYONE, Subject
from tests.lists_core.element_world import HTMX, PRICE, World, make_world
from tests.lists_core.file_samples import PDF, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_adds_and_tells_the_grid(client: Client, world: World) -> None:
    data = {"NAME": "Ель", "PRICE": "12,5", "TAGS": ["a", "", "b"], "SECTION": ""}
    response = client.post(world.url("element_add"), data, headers=HTMX)
    assert response.status_code == 204
    events = json.loads(response["HX-Trigger"])
    row = world.row(events["elements-changed"]["ids"][0])
    assert (row.name, row.created_by) == ("Ель", world.anna.pk)
    schema = schema_of(world.list)
    assert schema["PRICE"].read(row) == PRICE
    assert schema["TAGS"].read(row) == ["a", "b"]
    assert events["svod:saved"]["ids"] == [row.pk]


def test_a_page_of_its_own_leads_to_the_new_element(client: Client, world: World) -> None:
    response = client.post(world.url("element_add"), {"NAME": "Ель"})
    row = schema_of(world.list).model.objects.get()
    assert response.status_code == 302
    assert response["Location"] == world.url("element", row.pk)


def test_errors_stand_at_their_fields_and_typing_is_kept(client: Client, world: World) -> None:
    data = {"NAME": "", "PRICE": "много", "NOTE": "<важно>"}
    response = client.post(world.url("element_add"), data, headers=HTMX)
    page = text(response)
    assert response.status_code == 422
    assert 'value="много"' in page
    assert "&lt;важно&gt;" in page
    for code in ("NAME", "PRICE"):
        assert f'id="id_{code}_error"' in page
        assert f'aria-describedby="id_{code}_error"' in page
    assert not schema_of(world.list).model.objects.exists()


def test_errors_of_the_service_stand_at_their_fields(client: Client, world: World) -> None:
    world.field("string", "SKU", unique=True)
    world.add("Ель", SKU="1")
    response = client.post(world.url("element_add"), {"NAME": "Сосна", "SKU": "1"})
    assert response.status_code == 422
    assert 'id="id_SKU_error"' in text(response)


def test_a_required_field_the_form_does_not_show_is_named(client: Client, world: World) -> None:
    world.field("string", "HIDDEN", required=True, show_in_add=False)
    response = client.post(world.url("element_add"), {"NAME": "Ель"}, headers=HTMX)
    assert response.status_code == 422
    assert "Hidden: " in text(response)


def test_read_only_fields_are_shown_and_not_taken(client: Client, world: World) -> None:
    world.field("string", "FIXED", readonly_in_edit=True, default="как было")
    row = world.add("Ель")
    page = text(client.get(world.url("element_edit", row.pk)))
    assert 'name="FIXED"' not in page
    assert "как было" in page
    data = {"NAME": "Ель", "FIXED": "взлом", "version": 1}
    assert client.post(world.url("element_edit", row.pk), data).status_code == 302
    assert schema_of(world.list)["FIXED"].read(world.row(row.pk)) == "как было"


def test_fields_left_out_of_a_form_keep_their_values(client: Client, world: World) -> None:
    world.field("string", "INNER", show_in_edit=False)
    row = world.add("Ель", INNER="x")
    client.post(world.url("element_edit", row.pk), {"NAME": "Сосна", "version": 1})
    schema, now = schema_of(world.list), world.row(row.pk)
    assert (now.name, schema["INNER"].read(now)) == ("Сосна", "x")


def test_defaults_are_shown_and_may_be_cleared(client: Client, world: World) -> None:
    world.field("string", "CITY", default="Тверь")
    assert 'value="Тверь"' in text(client.get(world.url("element_add")))
    client.post(world.url("element_add"), {"NAME": "Ель", "CITY": ""})
    row = schema_of(world.list).model.objects.get()
    assert schema_of(world.list)["CITY"].read(row) is None


def test_counters_are_assigned_unless_a_person_may_and_does_number(
    client: Client, world: World
) -> None:
    world.field("counter", "FIXED")
    world.field("counter", "OPEN", settings={"start": 10, "editable": True})
    page = text(client.get(world.url("element_add")))
    assert 'name="FIXED"' not in page
    assert 'name="OPEN"' in page
    client.post(world.url("element_add"), {"NAME": "а", "FIXED": "77", "OPEN": ""})
    client.post(world.url("element_add"), {"NAME": "б", "OPEN": "500"})
    schema = schema_of(world.list)
    rows = schema.model.objects.order_by("pk")
    numbers = [(schema["FIXED"].read(row), schema["OPEN"].read(row)) for row in rows]
    assert numbers == [(1, 10), (2, 500)]


def test_another_starts_a_fresh_form_in_the_same_section(client: Client, world: World) -> None:
    section = create_section(world.list.pk, actor=world.anna, name="Поставка")
    data = {"NAME": "Ель", "SECTION": section.pk, "another": "1"}
    response = client.post(world.url("element_add"), data, headers=HTMX)
    page = text(response)
    assert response.status_code == 200
    assert "elements-changed" in json.loads(response["HX-Trigger"])
    assert 'value="Ель"' not in page
    assert f'<option value="{section.pk}" selected>' in page


def test_a_copy_starts_with_the_values_but_the_unique_ones(client: Client, world: World) -> None:
    world.field("string", "SKU", unique=True)
    world.field("string", "INNER", show_in_add=False)
    row = world.add("Ель", PRICE=PRICE, SKU="1", INNER="x", TAGS=["a"])
    address = f"{world.url('element_add')}?copy={row.pk}"
    page = text(client.get(address))
    assert 'value="Ель"' in page
    assert "12.5" in page
    assert 'name="SKU" value=' not in page
    client.post(address, {"NAME": "Копия", "PRICE": "1", "TAGS": ["a"], "SKU": ""})
    schema = schema_of(world.list)
    made = schema.model.objects.get(name="Копия")
    assert (schema["INNER"].read(made), schema["SKU"].read(made)) == ("x", None)
    assert client.get(f"{world.url('element_add')}?copy={row.pk + 1000}").status_code == 404


def test_a_copy_keeps_files_that_others_uploaded(
    client: Client, world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    world.field("file", "ACT", multiple=True)
    client.force_login(world.petr)
    said = client.post(reverse("file_upload"), {"file": upload("акт.pdf", PDF)}).json()
    row = create_element(world.list.pk, {"NAME": "Ель", "ACT": [said["id"]]}, actor=world.petr)
    client.force_login(world.anna)
    address = f"{world.url('element_add')}?copy={row.pk}"
    assert "акт.pdf" in text(client.get(address))
    assert client.post(address, {"NAME": "Копия", "ACT": said["id"]}).status_code == 302
    schema = schema_of(world.list)
    made = schema.model.objects.get(name="Копия")
    assert schema["ACT"].read(made) == [said["id"]]


def test_a_new_element_stands_in_the_section_open_in_the_grid(client: Client, world: World) -> None:
    section = create_section(world.list.pk, actor=world.anna, name="Поставка")
    under = f"http://testserver{world.list.get_absolute_url()}?section={section.pk}"
    page = text(client.get(world.url("element_add"), headers={**HTMX, "HX-Current-URL": under}))
    assert f'<option value="{section.pk}" selected>' in page


@pytest.mark.parametrize(
    ("right", "name"), [(Right.CHANGE, "element_edit"), (Right.DELETE, "element_delete")]
)
def test_without_the_right_there_is_neither_button_nor_deed(
    client: Client, world: World, right: Right, name: str
) -> None:
    row = world.add("Ель")
    url = world.url(name, row.pk)
    assert url in text(client.get(world.url("element", row.pk)))

    grants = {EVERYONE: ROLES["edit"][1] - {right}, Subject("U", world.anna.pk): {Right.FULL}}
    set_list_rights(world.list.pk, grants, actor=world.anna)
    client.force_login(world.petr)
    assert url not in text(client.get(world.url("element", row.pk)))
    assert client.post(url, {"NAME": "взлом", "version": 1}).status_code == 403
    assert (world.row(row.pk).name, world.row(row.pk).deleted_at) == ("Ель", None)


def test_the_section_changes_with_the_fields(client: Client, world: World) -> None:
    section = create_section(world.list.pk, actor=world.anna, name="Поставка")
    row = world.add("Ель")
    url = world.url("element_edit", row.pk)
    assert client.post(url, {"NAME": "Ель", "SECTION": section.pk, "version": 1}).status_code == 302
    assert world.row(row.pk).section == section.pk
    assert client.post(url, {"NAME": "Ель", "SECTION": "9999", "version": 2}).status_code == 422
    assert world.row(row.pk).version == 2


@pytest.mark.parametrize("name", ["element", "element_edit", "element_history", "element_uses"])
def test_missing_and_deleted_elements_do_not_exist(client: Client, world: World, name: str) -> None:
    row = world.add("Ель")
    assert client.get(world.url(name, row.pk)).status_code == 200
    delete_elements(world.list.pk, [row.pk], actor=world.anna)
    for pk in (row.pk, row.pk + 1000):
        assert client.get(world.url(name, pk)).status_code == 404
    client.logout()
    assert client.get(world.url(name, row.pk)).status_code == 302


def test_an_element_of_another_list_is_not_reached(client: Client, world: World) -> None:
    other = make_other(world)
    row = world.add("Ель")
    url = world.url("element", row.pk).replace(f"/lists/{world.list.pk}/", f"/lists/{other}/")
    assert client.get(url).status_code == 404


def make_other(world: World) -> int:
    from lists_core.services.lists import create_list

    return create_list(actor=world.anna, everyone="edit", name="Другой").pk


def test_odd_requests_are_refused_calmly(client: Client, world: World) -> None:
    row = world.add("Ель")
    url = world.url("element_edit", row.pk)
    for data in (
        {"NAME": "a\x00b", "version": 1},
        {"NAME": "x", "version": "²"},
        {"NAME": "x" * 200_000, "version": 1},
        {"NAME": "x", "SECTION": "1 OR 1=1", "version": 1},
        {"NAME": "x", "PRICE": "9" * 400, "version": 1},
        {"NAME": "x", "version": 1, "asked": ["NOPE", "version"]},
    ):
        assert client.post(url, data).status_code in {302, 422}
    for query in ("?copy=²", "?copy=99999999999999999999", "?section=-1", "?section=zzz"):
        assert client.get(world.url("element_add") + query).status_code in {200, 404}


def queries(action: Any) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert action().status_code == 200
    return len(caught)


def test_pages_cost_the_same_for_5_and_40_fields(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=PRICE, TAGS=["a"])
    names = ["element_edit", "element", "element_history"]
    urls = [world.url("element_add"), *(world.url(name, row.pk) for name in names)]
    for url in urls:
        client.get(url)
    few = [queries(lambda url=url: client.get(url)) for url in urls]
    for number in range(35):
        world.field(
            "number" if number % 2 else "string", f"F{number}", readonly_in_edit=number > 30
        )
    update_element(world.list.pk, row.pk, {"F1": 1, "F2": "x"}, version=1, actor=world.anna)
    for url in urls:
        client.get(url)
    assert [queries(lambda url=url: client.get(url)) for url in urls] == few


def test_wide_controls_take_both_columns(world: World) -> None:
    form = ElementForm(
        list_=world.list, schema=schema_of(world.list), actor=world.anna, mode="add", values={}
    )
    assert {line.field.code for line in form.lines if line.wide} == {"NOTE"}
    assert [line.field.code for line in form.lines] == ["NAME", "PRICE", "NOTE", "TAGS", "SECTION"]
    assert not Section.objects.exists()
