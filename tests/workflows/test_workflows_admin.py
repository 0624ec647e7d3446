"""The Django admin of processes: every model is there; the engine's rows are only read."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from staff.models import Employee
from tests.lists_core.element_world import make_world
from tests.workflows.process_pages import signed_in
from tests.workflows.processes import begin, put, template_of
from workflows.models import Instance, Outgoing, Template, Trigger, Wake

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("workflows").get_models())


@pytest.fixture
def boss(db: None) -> Employee:
    return Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Главный")


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:workflows_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_listed_and_searched(boss: Employee, model: Any) -> None:
    assert admin.site.is_registered(model)
    client = signed_in(boss)
    for query in ({}, {"q": "7"}):
        assert client.get(address(model, "changelist"), query).status_code == 200
    assert model is Template or client.get(address(model, "add")).status_code == 403


def test_the_rows_of_the_engine_are_read_and_not_changed(boss: Employee) -> None:
    world = make_world()
    instance = begin(template_of([put("a", "1")], list_=world.list), boss, world.add().pk)
    Wake.objects.create(instance=instance, kind="go", due_at=timezone.now())
    sent = Outgoing.objects.create(key="k", channel="mail", payload={}, next_at=timezone.now())
    client = signed_in(boss)
    entry = instance.log.first()
    for row in (instance, sent, Wake.objects.get(), entry):
        page = address(type(row), "change", row.pk)
        assert client.get(page).status_code == 200
        assert client.post(page, {"status": "done"}).status_code == 403
        assert client.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
    assert Instance.objects.get().status == instance.status


def test_a_template_is_paused_and_lent_an_employee_through_the_services(boss: Employee) -> None:
    template = template_of([])
    Trigger.objects.create(template=template, event="webhook", secret_hash="deadbeef")
    client = signed_in(boss)
    page = address(Template, "change", template.pk)
    assert "deadbeef" not in client.get(page).content.decode()
    data = {"name": "Новое имя", "description": "", "is_paused": "on", "pause_reason": "Ремонт",
            "service_employee": boss.pk, "triggers-TOTAL_FORMS": 0,
            "triggers-INITIAL_FORMS": 0}  # fmt: skip
    assert client.post(page, data).status_code == 302
    found = Template.objects.get()
    assert (found.name, found.is_paused, found.pause_reason) == ("Новое имя", True, "Ремонт")
    assert (found.run_as, found.service_employee) == ("employee", boss)
    client.post(page, {**data, "service_employee": ""})
    assert Template.objects.get().run_as == "starter"


def test_designers_do_not_get_in(boss: Employee) -> None:
    world = make_world()  # Anna is a designer: `is_staff`
    answer = signed_in(world.anna).get(address(Instance, "changelist"))
    assert answer.status_code in {302, 403}
    template = template_of([], list_=world.list)
    page = address(Template, "change", template.pk)
    signed_in(world.anna).post(page, {"name": "x", "service_employee": boss.pk})
    assert Template.objects.get().service_employee is None
