"""Incoming webhooks: who starts what, once, and how strangers are kept out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from staff.models import AuditEntry, Employee
from svod.base.errors import Forbidden
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import put, template_of
from workflows.models import Hook, Instance, Template, Trigger
from workflows.services.hooks import A_MINUTE, create_hook, delete_hook, secret_names
from workflows.values import load

pytestmark = pytest.mark.django_db
PARAMETERS = [
    {"code": "NAME", "kind": "string", "label": "Имя", "required": True},
    {"code": "SUM", "kind": "number", "label": "Сумма", "settings": {"precision": 2}},
]


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def template(world: World) -> Template:
    made = template_of([put("x", "{{Parameter.NAME}}")], list_=world.list, parameters=PARAMETERS)
    Template.objects.filter(pk=made.pk).update(created_by=world.anna)
    Trigger.objects.create(template=made, event=Trigger.Event.WEBHOOK)
    return Template.objects.get(pk=made.pk)


def call(token: str, body: Any, **headers: str) -> Any:
    return Client().post(f"/hooks/{token}/", json.dumps(body), "application/json", headers=headers)


def test_a_message_starts_the_process(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    answer = call(token, {"NAME": "Ель", "SUM": "12.5", "OTHER": "нет"})
    assert answer.status_code == 202
    instance = Instance.objects.get(pk=answer.json()["instance"])
    assert (instance.run_as, instance.started_by) == (world.anna, world.anna)
    assert load(instance.state["parameters"]) == {"NAME": "Ель", "SUM": Decimal("12.5")}
    form = Client().post(f"/hooks/{token}/", {"NAME": "Сосна"})
    assert form.status_code == 202
    assert token not in json.dumps(list(Hook.objects.values()), default=str), "only its hash"
    assert Hook.objects.get().used_at


def test_on_an_element(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    element = world.add("Ель")
    answer = call(token, {"NAME": "x", "ELEMENT_ID": element.pk})
    assert Instance.objects.get(pk=answer.json()["instance"]).subject_id == element.pk
    assert call(token, {"NAME": "x", "ELEMENT_ID": 10**9}).status_code == 404
    assert call(token, {"NAME": "x", "ELEMENT_ID": "1;"}).status_code == 422


def test_a_repeat_starts_nothing(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    first, second = (call(token, {"NAME": "x"}, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json() == second.json()
    assert call(token, {"NAME": "x"}, **{"Idempotency-Key": "k2"}).json() != first.json()
    token, _secret = create_hook(template.pk, actor=world.anna)
    assert call(token, {"NAME": "x"}, **{"Idempotency-Key": "k1"}).json() == first.json(), (
        "a new token is no new history"
    )
    assert Instance.objects.count() == 2


def test_tokens_that_open_nothing(world: World, template: Template) -> None:
    old, _secret = create_hook(template.pk, actor=world.anna)
    new, _secret = create_hook(template.pk, actor=world.anna)
    assert call(old, {"NAME": "x"}).status_code == 404
    assert call("x" * 43, {"NAME": "x"}).status_code == 404
    assert Client().get(f"/hooks/{new}/").status_code == 405
    Trigger.objects.all().delete()  # the template was published without the trigger
    assert call(new, {"NAME": "x"}).status_code == 404
    Trigger.objects.create(template=template, event=Trigger.Event.WEBHOOK)
    delete_hook(template.pk, actor=world.anna)
    assert call(new, {"NAME": "x"}).status_code == 404
    events = set(
        AuditEntry.objects.filter(event__startswith="hook.").values_list("event", flat=True)
    )
    assert events == {"hook.created", "hook.deleted"}


def test_only_designers_make_addresses(world: World, template: Template) -> None:
    with pytest.raises(Forbidden):
        create_hook(template.pk, actor=world.petr)


@pytest.mark.parametrize("body", ["[1]", "{", "1", '"x"', '{"a": ' * 5000])
def test_bodies_that_are_no_object(world: World, template: Template, body: str) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    answer = Client().post(f"/hooks/{token}/", body, "application/json")
    assert answer.status_code == 400
    assert not Instance.objects.exists()


def test_what_is_missing_or_wrong_is_named(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    answer = call(token, {"SUM": "много"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"NAME", "SUM"}
    assert call(token, {"NAME": "x" * 300_000}).status_code == 413


def test_too_often(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    for _again in range(A_MINUTE):
        call(token, {})
    assert call(token, {"NAME": "x"}).status_code == 429
    assert not Instance.objects.exists()


def test_signatures(world: World, template: Template) -> None:
    token, secret = create_hook(template.pk, actor=world.anna, signed=True)
    assert secret not in Hook.objects.get().secret

    def signed(at: int, key: str = secret, number: str = "m1") -> int:
        body = json.dumps({"NAME": "x"})
        words = f"{number}.{at}.{body}".encode()
        sign = base64.b64encode(hmac.digest(key.encode(), words, hashlib.sha256)).decode()
        headers = {
            "webhook-id": number,
            "webhook-timestamp": str(at),
            "webhook-signature": f"v0,x v1,{sign}",
        }
        return call(token, {"NAME": "x"}, **headers).status_code

    now = int(time.time())
    assert call(token, {"NAME": "x"}).status_code == 403
    assert signed(now, key="wrong") == 403
    assert signed(now - 3600) == 403, "an old message is no proof"
    assert signed(now) == 202
    assert signed(now) == 202, "sent again: the same instance"
    assert Instance.objects.count() == 1


def test_whoever_it_works_for_must_be_active(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    Employee.objects.filter(pk=world.anna.pk).update(is_active=False)
    assert call(token, {"NAME": "x"}).status_code == 403
    Template.objects.filter(pk=template.pk).update(service_employee=world.petr, run_as="employee")
    answer = call(token, {"NAME": "x"})
    assert Instance.objects.get(pk=answer.json()["instance"]).run_as == world.petr


def test_a_paused_process(world: World, template: Template) -> None:
    token, _secret = create_hook(template.pk, actor=world.anna)
    Template.objects.filter(pk=template.pk).update(is_paused=True)
    assert call(token, {"NAME": "x"}).status_code == 409


# --- the page -----------------------------------------------------------------------------


def page(template: Template, part: str = "") -> str:
    return f"/processes/{template.pk}/connections/{part}"


def test_the_address_is_shown_once_and_works(client: Client, template: Template) -> None:
    client.force_login(Employee.objects.get(username="anna"))
    made = client.post(page(template, "hook/"), {"signed": ""})
    (address,) = re.findall(r'data-copy="https?://[^/]+(/hooks/[^"]+)"', made.content.decode())
    assert "no-store" in made["Cache-Control"]
    assert address not in client.get(page(template)).content.decode()
    answer = Client().post(address, json.dumps({"NAME": "Ель"}), "application/json")
    assert answer.status_code == 202
    assert client.post(page(template, "hook/"), {"deed": "delete"}).status_code == 302
    assert Client().post(address, "{}", "application/json").status_code == 404


def test_without_the_trigger_there_is_no_address(client: Client, template: Template) -> None:
    Trigger.objects.all().delete()
    client.force_login(Employee.objects.get(username="anna"))
    assert client.post(page(template, "hook/")).status_code == 422
    assert not Hook.objects.exists()


def test_secrets_are_kept_by_name_and_never_shown(client: Client, template: Template) -> None:
    client.force_login(Employee.objects.get(username="anna"))
    assert client.post(page(template, "secret/"), {"name": " ", "value": "x"}).status_code == 422
    client.post(page(template, "secret/"), {"name": "bank", "value": "whisper"})
    shown = client.get(page(template)).content.decode()
    assert "bank" in shown
    assert "whisper" not in shown
    client.post(page(template, "secret/"), {"name": "bank", "value": ""})
    assert secret_names(template.pk, actor=Employee.objects.get(username="anna")) == []
