"""A-32, A-34, A-35, A-36: where secrets are kept, and what other doors they might leave by."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.db import connections
from django.test import Client
from django.urls import reverse

from lists_core.schema.cache import schema_of
from lists_core.selectors.secrets import stores
from lists_core.services import fields, secrets, type_changes
from lists_core.services.elements import (
    Changed,
    create_element,
    update_element,
)
from lists_core.services.exports import start_export
from lists_core.services.type_changes import Target
from svod.base import vault
from tests.access.secret_world import (
    CANARY,
    World,
    ask,
    dump,
    leaks,
    looks,
    make_world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


# --- with transactions of their own -------------------------------------------------------


@pytest.fixture
def real(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


def in_thread(call: Callable[[], Any]) -> Any:
    """What another connection sees, which knows only what is committed."""

    def inner() -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(inner).result()


@pytest.mark.django_db(transaction=True)
def test_a32_the_record_is_committed_before_the_vault_opens(
    real: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = []
    opens = vault.KeyRing.open

    def watched(self: vault.KeyRing, sealed: str, *, context: str) -> str:
        committed.append(in_thread(looks))
        return opens(self, sealed, context=context)

    monkeypatch.setattr(vault.KeyRing, "open", watched)
    assert ask(client, real.url(), real.anna).status_code == 200
    subject = f"element:{real.list.pk}:{real.row.pk}"
    assert committed == [[("secret.revealed", real.anna.pk, subject)]]


@pytest.mark.django_db(transaction=True)
def test_a34_a_dump_of_the_database_has_no_secret(real: World, client: Client) -> None:
    texts = fields.create_field(real.list.pk, "string", actor=real.anna, name="Т", code="TEXT")
    create_element(real.list.pk, {"NAME": "y", "TEXT": "canary-was-open"}, actor=real.anna)
    change = type_changes.change_type(texts.pk, Target("secret", False, {}), actor=real.anna)
    assert "canary-was-open" in dump(), "the test can see what is open"
    type_changes.confirm_type_change(change.field.list_id, change.pk, actor=real.anna)
    client.force_login(real.anna)
    edit = reverse("element_edit", args=[real.list.pk, real.row.pk])
    client.post(edit, {"NAME": "x", "version": 1, "SECRET": "canary-of-the-form"})
    ask(client, real.url())
    text = dump()
    assert f"list_{real.list.pk}" in text
    assert "canary" not in text


@pytest.mark.django_db(transaction=True)
def test_a35_a_new_key_while_people_work(real: World, settings: Any) -> None:
    rows = [real.add(f"{CANARY}-{number}") for number in range(30)]
    old = vault.ring().current
    written = f"{vault.new_key()},{settings.SVOD_SECRET_KEYS.strip()}"
    settings.SVOD_SECRET_KEYS = written
    known = {row.pk: {f"{CANARY}-{number}"} for number, row in enumerate(rows)}

    def work(number: int) -> None:
        row = rows[number % len(rows)]
        try:
            if number % 2:
                text = secrets.reveal(real.list.pk, row.pk, real.field.pk, actor=real.anna)
                assert text in known[row.pk]
            else:
                edit(row.pk, f"{CANARY}-new-{number}", number)
        finally:
            connections.close_all()

    def edit(pk: int, text: str, number: int) -> None:
        known[pk].add(text)
        values = {"SECRET": text} if number % 4 else {"NAME": "renamed"}
        version = schema_of(real.list).model.objects.get(pk=pk).version
        try:
            update_element(real.list.pk, pk, values, version=version, actor=real.anna)
        except Changed:
            known[pk].discard(text)

    with ThreadPoolExecutor(20) as pool:
        turns = [pool.submit(work, number) for number in range(120)]
        rotation = pool.submit(_rotated)
        for turn in turns:
            turn.result()
        assert rotation.result().failed == 0
    tokens = [token for store in stores() for _pk, token in store.tokens(0, 1000)]
    assert len(tokens) == 31
    assert [token for token in tokens if f".{old}." in token] == []
    settings.SVOD_SECRET_KEYS = written.split(",", maxsplit=1)[0]
    for pk, texts in known.items():
        assert secrets.reveal(real.list.pk, pk, real.field.pk, actor=real.anna) in texts


def _rotated() -> secrets.Rotation:
    try:
        return secrets.rotate_secrets()
    finally:
        connections.close_all()


# --- not by other doors -------------------------------------------------------------


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """Everything that is logged, by any library, at any level."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_a36_no_log_and_no_message_has_it(
    world: World, client: Client, said: list[Any], caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    sent: list[Any] = []
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task", lambda self, *args, **more: sent.append((args, more))
    )
    client.force_login(world.anna)
    client.raise_request_exception = False
    with django_capture_on_commit_callbacks(execute=True):
        ask(client, world.url())
        edit = world.url("element_edit")
        client.post(edit, {"NAME": "", "version": 1, "SECRET": CANARY})
        client.post(edit, {"NAME": "x", "version": 1, "SECRET": CANARY})
        start_export(world.list, {}, actor=world.anna, format="csv")
        monkeypatch.setattr("lists_core.views.element_form.update_element", _broken)
        response = client.post(edit, {"NAME": "z", "version": 2, "SECRET": CANARY})
    assert response.status_code == 500
    assert sent, "a job went to Celery"
    heard = str(said) + caplog.text + str(sent) + response.content.decode()
    assert "broken on purpose" in heard
    assert not leaks(heard, world)


def _broken(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError(f"broken on purpose: {args} {kwargs}")
