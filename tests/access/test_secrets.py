"""A-31, A-32, A-34…A-36: secrets are told on record to those who may ask, nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lists_core.field_types.secret import MASK
from lists_core.models import ElementVersion, Field, Job, List, OutboxEvent
from lists_core.services import fields, secrets
from lists_core.services.elements import (
    delete_elements,
    update_element,
)
from lists_core.services.exports import start_export
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from lists_core.transfer.spec import ColumnSpec, ImportSpec, headings_of
from lists_core.transfer.tables import detect_layout, sample
from staff import middleware, reauth
from staff.models import AuditEntry
from svod.base.errors import Invalid
from tests.access.secret_world import (
    CANARY,
    SCRIPT,
    World,
    ask,
    closed,
    kept,
    leaks,
    looks,
    make_world,
)
from tests.access.test_every_url import NAMED, SAMPLES

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


# --- the mask, wherever one looks ---------------------------------------------------


def test_a31_no_page_of_the_portal_tells_it(world: World, client: Client) -> None:
    client.force_login(world.anna)
    known = {"list_id": world.list.pk, "element_id": world.row.pk, "field_id": world.field.pk,
             "code": "SECRET"}  # fmt: skip
    seen = 0
    for name, entry in NAMED.items():
        kinds = entry.pattern.converters
        kwargs = {key: known.get(key, SAMPLES[type(kind).__name__]) for key, kind in kinds.items()}
        for data in ({}, {"copy": world.row.pk}, {"ids": world.row.pk, "code": "SECRET"}):
            response = client.get(reverse(name, kwargs=kwargs), data)
            body = b"".join(response) if response.streaming else response.content
            assert not leaks(body.decode(errors="replace"), world), name
            seen += MASK.encode() in body
    assert seen > 5, "the secret's mask stood on pages that were looked at"


def test_a31_search_filters_and_order_know_nothing_of_it(world: World, client: Client) -> None:
    client.force_login(world.anna)
    world.add("zzz", "Сайт")
    grid = world.url("list")
    for text in (CANARY, "canary", MASK, world.token(world.row.pk)[:20]):
        assert "Почта" not in client.get(grid, {"q": text}).content.decode()
        assert "Почта" not in client.get(reverse("search"), {"q": text}).content.decode()
    for operator in ("eq", "contains", "starts", "any_of", "gt", "between"):
        tree = f'{{"and": [{{"field": "SECRET", "op": "{operator}", "value": ["c"]}}]}}'
        unknown = tree.replace("SECRET", "NOTHING")
        both = [client.get(grid, {"filter": given}) for given in (tree, unknown)]
        assert len({response.status_code for response in both}) == 1
    order = re.compile(r'<tr data-id="(\d+)"')
    pages = [client.get(grid, {"sort": sort}) for sort in ("", "SECRET", "-SECRET")]
    assert len({tuple(order.findall(page.content.decode())) for page in pages}) == 1


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a31_an_export_has_the_mask(world: World, format_: str, tmp_path: Path) -> None:
    job = start_export(world.list, {}, actor=world.anna, format=format_, columns="all")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.file
    with job.file.content.open() as content:
        raw = content.read()
    if format_ == "xlsx":
        (tmp_path / "x.xlsx").write_bytes(raw)
        text = str([*load_workbook(tmp_path / "x.xlsx").active.values])
    else:
        text = raw.decode()
    assert MASK in text
    assert not leaks(text, world)


def test_a31_what_the_portal_remembers_has_the_mask(world: World) -> None:
    update_element(world.list.pk, world.row.pk, {"SECRET": f"{CANARY}2"}, version=1,
                   actor=world.anna)  # fmt: skip
    models = (ElementVersion, OutboxEvent, AuditEntry, Job)
    remembered = str([list(model.objects.values()) for model in models])
    assert MASK in remembered
    assert not leaks(remembered, world)


def test_a31_a_table_brings_secrets_in_but_not_masks(world: World, tmp_path: Path) -> None:
    file = kept(f"Название;Пароль\nодин;{CANARY}\nдва;{CANARY}\nтри;{MASK}\n", world.anna)
    layout = detect_layout(file)
    headings = headings_of(sample(file, layout), layout)
    columns = (ColumnSpec(0, "NAME"), ColumnSpec(1, "SECRET"))
    job = start_import(world.list, ImportSpec(file.pk, layout, headings, columns), actor=world.anna)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.result["created"], job.result["failed"]) == (2, 1)
    one, two = world.schema.model.objects.filter(name__in=["один", "два"])
    assert world.token(one.pk) != world.token(two.pk), "equal secrets look different"
    told = {secrets.reveal(world.list.pk, row.pk, world.field.pk, actor=world.anna)
            for row in (one, two)}  # fmt: skip
    assert told == {CANARY}
    assert not leaks(str(list(Job.objects.values()) + list(ElementVersion.objects.values())), world)


def test_a31_a_secret_is_no_key_of_an_import(world: World) -> None:
    file = kept(f"Название;Пароль\nодин;{CANARY}\n", world.anna)
    layout = detect_layout(file)
    headings = headings_of(sample(file, layout), layout)
    columns = (ColumnSpec(0, "NAME"), ColumnSpec(1, "SECRET", key=True))
    spec = ImportSpec(file.pk, layout, headings, columns, mode="update")
    with pytest.raises(Invalid):
        start_import(world.list, spec, actor=world.anna)


def test_a31_scripts_keep_no_forms_in_the_browser() -> None:
    """14.3.3: the open branches of a tree, the designer's view; in the chat window of other
    sites the visitor's own mark and whether it is open; at the desk switches, the time of the
    last sound, and in the tab alone answers that were not sent yet."""
    sources = (ROOT / "static" / "src").rglob("*.ts")
    keeping = {
        path.name for path in sources if re.search("(local|session)Storage", path.read_text())
    }
    chat = {"embed.ts", "window.ts", "drafts.ts", "sounds.ts", "svod-chat-switch.ts"}
    assert keeping == {"svod-tree.ts", "app.ts"} | chat


# --- revealing ----------------------------------------------------------------------


def test_a32_with_the_right_it_is_told_and_on_record(world: World, client: Client) -> None:
    response = ask(client, world.url(), world.petr)
    assert response.json() == {"secret": CANARY}
    assert "no-store" in response["Cache-Control"]
    subject = f"element:{world.list.pk}:{world.row.pk}"
    assert looks() == [("secret.revealed", world.petr.pk, subject)]
    assert ask(client, world.url(), copy="1").json() == {"secret": CANARY}
    assert looks()[1:] == [("secret.copied", world.petr.pk, subject)]
    assert CANARY not in str(list(AuditEntry.objects.values()))


def test_a32_a_get_never_reveals(world: World, client: Client) -> None:
    client.force_login(world.anna)
    for method in (client.get, client.head, client.put, client.options):
        assert method(world.url(), headers=SCRIPT).status_code == 405
    assert not looks()


def test_a32_a_post_from_elsewhere_never_reveals(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict, world.url(), world.anna).status_code == 403
    assert not looks()


def test_a32_who_signed_in_long_ago_is_asked_first(world: World, client: Client) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        client.force_login(world.anna)
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        response = ask(client, world.url())
        assert response.status_code == 401
        assert response[reauth.HEADER] == reverse("reauthenticate")
        assert CANARY not in response.content.decode()
        assert client.post(world.url(), headers={"Accept": "text/html"}).status_code == 302
    assert not looks()
    session = client.session
    session.pop(reauth.KEY)
    session.save()
    assert ask(client, world.url()).status_code == 401


def test_a32_without_the_right_there_is_no_such_secret(world: World, client: Client) -> None:
    closed(world)
    assert ask(client, world.url(), world.stranger).status_code == 404
    other = create_list(actor=world.anna, name="Другой")
    for wrong in ({"list_id": other.pk}, {"element_id": 999}, {"field_id": 999}):
        assert ask(client, world.url(**wrong), world.anna).status_code == 404
    plain = fields.create_field(world.list.pk, "string", actor=world.anna, name="Т", code="TEXT")
    assert ask(client, world.url(field_id=plain.pk)).status_code == 404
    empty = world.add(None)
    assert ask(client, world.url(element_id=empty.pk)).status_code == 404
    delete_elements(world.list.pk, [world.row.pk], actor=world.anna)
    assert ask(client, world.url()).status_code == 404
    assert not looks()


def test_a32_a_hidden_field_is_no_secret_either(world: World, client: Client) -> None:
    Field.objects.filter(pk=world.field.pk).update(view_restricted=True)
    List.objects.filter(pk=world.list.pk).update(schema_version=1000)
    assert ask(client, world.url(), world.petr).status_code == 404
    assert ask(client, world.url(), world.anna).status_code == 200


def test_a32_nobody_looks_in_another_persons_place(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = middleware.PersonalMiddleware.__call__

    def as_admin(self: Any, request: Any) -> Any:
        request.impersonator = world.stranger
        return enter(self, request)

    monkeypatch.setattr(middleware.PersonalMiddleware, "__call__", as_admin)
    assert ask(client, world.url(), world.anna).status_code == 403
    assert not looks()


def test_a32_nothing_is_told_when_the_audit_log_refuses(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("staff.services.audit.AuditEntry.objects.create", refuse)
    client.raise_request_exception = False
    response = ask(client, world.url(), world.anna)
    assert response.status_code == 500
    assert CANARY not in response.content.decode()


def test_a32_who_looked_is_shown_to_those_who_may_change(world: World, client: Client) -> None:
    ask(client, world.url(), world.petr)
    assert client.get(world.url("element_secrets")).status_code == 403
    assert world.url("element_secrets") not in client.get(world.url("element")).content.decode()
    client.force_login(world.anna)
    assert world.url("element_secrets") in client.get(world.url("element")).content.decode()
    page = client.get(world.url("element_secrets")).content.decode()
    assert "Петров" in page
    assert "Пароль" in page
    assert not leaks(page, world)
