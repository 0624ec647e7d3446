"""Pages of document templates and of an element's documents."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.docx_files import docx, texts, upload
from workflows.models import DocumentTemplate, MadeDocument
from workflows.services.document_templates import create_document_template


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def anna(world: World) -> Client:
    return signed_in(world.anna)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def template(world: World, *paragraphs: str) -> DocumentTemplate:
    return create_document_template(
        actor=world.anna, name="Договор", upload=upload(docx(*paragraphs)), list_id=world.list.pk
    )


def page(response: Any) -> str:
    return str(response.content.decode())


def test_the_sample_is_a_template_that_can_be_used_as_it_is(world: World, anna: Client) -> None:
    sample = b"".join(anna.get(reverse("document_sample")).streaming_content)
    data = {"name": "Пример", "list": world.list.pk, "file": upload(sample)}
    response = anna.post(reverse("document_template_add"), data)
    made = DocumentTemplate.objects.get()
    assert response.headers["Location"] == reverse("document_template", args=[made.pk])
    shown = page(anna.get(response.headers["Location"]))
    assert "{{ PRICE }}" in shown
    assert "{{ author.FULL_NAME }}" in shown


def test_a_bad_template_shows_its_mistakes_and_keeps_what_was_typed(
    world: World, anna: Client
) -> None:
    data = {"name": "Плохой", "list": world.list.pk, "file": upload(docx("x", "{{ NOTHING }}"))}
    response = anna.post(reverse("document_template_add"), data)
    assert response.status_code == 422
    assert "{{ NOTHING }}</code>" in page(response)
    assert 'value="Плохой"' in page(response)
    assert not DocumentTemplate.objects.exists()


def test_a_test_fill_is_downloaded_and_kept_nowhere(world: World, anna: Client) -> None:
    of, element = template(world, "{{ NAME }}!"), world.add("Ель")
    address = reverse("document_template_fill", args=[of.pk])
    response = anna.post(address, {"element": element.pk})
    assert texts(b"".join(response.streaming_content)) == ["Ель!"]
    assert not MadeDocument.objects.exists()
    assert anna.post(address, {"element": 10**9}).status_code == 422
    assert anna.post(address).status_code == 422


def test_versions_are_added_taken_again_and_the_template_removed(
    world: World, anna: Client
) -> None:
    of = template(world, "один")
    replace = reverse("document_template_replace", args=[of.pk])
    assert anna.post(replace, {"file": upload(docx("{{ A"))}).status_code == 422
    assert anna.post(replace, {"file": upload(docx("два"))}).status_code == 302
    anna.post(reverse("document_version_restore", args=[of.pk, 1]))
    of.refresh_from_db()
    assert of.current is not None
    assert of.current.number == 3
    edit = reverse("document_template_edit", args=[of.pk])
    anna.post(edit, {"name": "Другой", "file_name": "{{NAME}}"})
    of.refresh_from_db()
    assert (of.name, of.file_name) == ("Другой", "{{NAME}}")
    assert anna.get(edit).status_code == 200
    anna.post(reverse("document_template_delete", args=[of.pk]))
    assert anna.get(reverse("document_template", args=[of.pk])).status_code == 404
    assert "Другой" not in page(anna.get(reverse("document_templates")))


def test_who_does_not_see_the_list_does_not_see_its_templates(world: World) -> None:
    of = template(world, "{{ NAME }}")
    petr = signed_in(world.petr)
    address = reverse("document_template", args=[of.pk])
    assert petr.get(address).status_code == 200
    assert petr.get(reverse("document_template_edit", args=[of.pk])).status_code == 403
    assert petr.post(reverse("document_template_replace", args=[of.pk])).status_code == 403
    file = of.versions.get().file.get_absolute_url()
    assert petr.get(file).getvalue().startswith(b"PK")
    grants = {Subject("U", world.anna.pk): [Right.FULL]}
    set_list_rights(world.list.pk, grants, actor=world.anna)
    assert petr.get(address).status_code == 404
    assert petr.get(file).status_code == 404
    assert petr.post(reverse("document_template_fill", args=[of.pk])).status_code == 404
    assert "Договор" not in page(petr.get(reverse("document_templates"))).split("<main")[-1]


def test_the_elements_tab_makes_and_lists_documents(world: World, anna: Client) -> None:
    element = world.add("Ель")
    address = reverse("element_documents", args=[world.list.pk, element.pk])
    assert address not in page(anna.get(reverse("element", args=[world.list.pk, element.pk])))
    of = template(world, "{{ NAME }}")
    response = anna.post(address, {"template": of.pk}, headers=HTMX)
    assert response.status_code == 200
    made = MadeDocument.objects.get()
    assert made.file.name in page(response)
    with made.file.content.open("rb") as file:
        assert [one.text for one in Document(io.BytesIO(file.read())).paragraphs] == ["Ель"]
    assert made.file.name not in page(signed_in(world.petr).get(address))
    assert anna.post(address, {"template": "x"}).status_code == 200
    assert anna.post(address, {"template": 10**9}).status_code == 404
