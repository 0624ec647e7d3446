"""Who designs processes: full access to the list, and nobody else sees that there are any."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.access.adapters_pages import patterns
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import template_of
from workflows.models import Template
from workflows.selectors.templates import designed_templates
from workflows.services.template_changes import new_template

pytestmark = pytest.mark.django_db
OF_TEMPLATE = sorted(
    str(entry.name)
    for entry in patterns(get_resolver())
    if "template_id" in entry.pattern.converters
    and set(entry.pattern.converters) <= {"template_id", "number"}
    and str(entry.name).startswith("process")
)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def template(world: World) -> Template:
    return new_template(actor=world.anna, name="Напоминание", list_id=world.list.pk)


def address(name: str, template: Template) -> str:
    more = [1] if name == "process_version_restore" else []
    return reverse(name, args=[template.pk, *more])


def employee(**rights: bool) -> Employee:
    return Employee.objects.create_user("boss", "b@svod.example", "x", **rights)


@pytest.mark.parametrize("name", OF_TEMPLATE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_full_access_there_is_nothing(
    client: Client, world: World, template: Template, name: str, method: str
) -> None:
    before = Template.objects.values().get()
    client.force_login(world.petr)
    answer = getattr(client, method)(address(name, template))
    assert answer.status_code in (403, 404, 405)
    assert "Напоминание" not in answer.content.decode()
    assert Template.objects.values().get() == before


def test_a_stranger_does_not_learn_of_the_list(
    client: Client, world: World, template: Template
) -> None:
    full = frozenset({Right.FULL})
    set_list_rights(world.list.pk, {Subject.parse(f"U{world.anna.pk}"): full}, actor=world.anna)
    client.force_login(world.petr)
    assert client.get(address("process_design", template)).status_code == 404
    assert client.get(reverse("list_processes", args=[world.list.pk])).status_code == 404
    assert "Напоминание" not in client.get(reverse("processes")).content.decode()


def test_whoever_has_full_access_designs(client: Client, world: World, template: Template) -> None:
    client.force_login(world.anna)
    page = client.get(reverse("processes")).content.decode()
    assert "Напоминание" in page
    assert client.get(address("process_design", template)).status_code == 200
    assert client.get(address("process", template)).status_code == 200


def test_the_page_of_versions_leads_to_the_move_of_what_runs(client: Client, world: World) -> None:
    made = template_of([], list_=world.list)
    client.force_login(world.anna)
    page = client.get(reverse("process_versions", args=[made.pk])).content.decode()
    assert f'href="{reverse("process_move", args=[made.pk])}"' in page


def test_an_editor_cannot_lend_rights_to_a_process(
    client: Client, world: World, template: Template
) -> None:
    """A-23: "run as admin" by an editor."""
    boss = employee(is_superuser=True, is_staff=True)
    given = {"name": "П", "run_as": "employee", "service_employee": boss.pk}
    client.force_login(world.anna)
    assert client.post(address("process_settings", template), given).status_code == 403
    template.refresh_from_db()
    assert (template.run_as, template.service_employee, template.name) == (
        "starter", None, "Напоминание",
    )  # fmt: skip
    client.force_login(boss)
    assert client.post(address("process_settings", template), given).status_code == 302
    template.refresh_from_db()
    assert (template.run_as, template.service_employee) == ("employee", boss)


def test_processes_of_no_list_are_for_administrators(client: Client, world: World) -> None:
    boss = employee(is_superuser=True, is_staff=True)
    own = new_template(actor=boss, name="Общий", list_id=None)
    client.force_login(world.anna)
    assert client.get(address("process_design", own)).status_code == 403
    assert [one.template.pk for one in designed_templates(boss)] == [own.pk]
    assert designed_templates(world.anna) == []


def test_a_list_that_one_may_not_see_gives_no_fields(
    client: Client, world: World, template: Template
) -> None:
    """A step that names somebody else's list shows nothing of it."""
    other = make_second_list(world)
    step = {"id": "s1", "type": "element_create", "params": {"list": other}}
    tree = json.dumps({"steps": [step]})
    client.force_login(world.anna)
    url = address("process_step", template)
    seen = client.post(url, {"tree": tree, "step": "s1"}).content.decode()
    assert "Тайное поле" not in seen
    asked = {"tree": tree, "list": other, "row": "{}"}
    row = client.post(address("process_condition_row", template), asked).content.decode()
    assert "Тайное поле" not in row
    told = client.post(address("process_placeholders", template), {"tree": tree}).content.decode()
    assert "Тайное поле" not in told


def make_second_list(world: World) -> int:
    from lists_core.services.fields import create_field
    from lists_core.services.lists import create_list

    boss = employee(is_superuser=True, is_staff=True)
    made = create_list(actor=boss, name="Тайный список")
    create_field(made.pk, "string", actor=boss, name="Тайное поле", code="SECRET")
    return made.pk


def test_the_list_costs_the_same_however_many_there_are(
    client: Client, world: World, template: Template
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(world.anna)
    client.get(reverse("processes"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("processes"))
    for number in range(10):
        new_template(actor=world.anna, name=f"П{number}", list_id=world.list.pk)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("processes"))
    assert len(many) == len(few)
