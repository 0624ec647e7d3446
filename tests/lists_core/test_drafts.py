"""Drafts: kept while one types, offered, brought back, gone after saving; never a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from lists_core.models import ElementDraft, Field, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.drafts import draft_of
from lists_core.services import drafts
from lists_core.services.elements import update_element
from lists_core.services.history import forget_values
from lists_core.tasks import forget_old_drafts
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db
DRAWN = "version NAME PRICE NOTE TAGS SECTION"


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def old(world: World, name: str = "Ель", **values: Any) -> Any:
    """An element that nobody touched just now."""
    row = world.add(name, **values)
    long_ago = timezone.now() - timedelta(hours=1)
    schema_of(world.list).model.objects.filter(pk=row.pk).update(modified_at=long_ago)
    return row


def test_a_new_element_begun_is_offered_and_brought_back(client: Client, world: World) -> None:
    form, keep = world.url("element_add"), world.url("element_draft_new")
    assert "sv-draft" not in text(client.get(form, headers=HTMX))
    typed = {"NAME": "Ель", "PRICE": "много", "NOTE": "долго писала", "TAGS": ["а", "б"]}
    assert client.post(keep, typed).status_code == 204
    offered = text(client.get(form, headers=HTMX))
    assert "sv-draft" in offered
    assert "долго писала" not in offered
    back = text(client.get(f"{form}?draft=1", headers=HTMX))
    for words in ("долго писала", 'value="много"', 'value="а"', 'value="б"', "data-begun"):
        assert words in back
    assert "sv-error" not in back  # nothing is judged before it is sent
    assert "sv-draft" not in back
    assert client.post(form, {**typed, "PRICE": "5"}, headers=HTMX).status_code == 204
    assert not ElementDraft.objects.exists()


def test_a_draft_meets_what_others_saved_meanwhile(client: Client, world: World) -> None:
    row = old(world, NOTE="было")
    typed = {"NAME": "Ель", "NOTE": "мой", "version": "1"}
    assert client.post(world.url("element_draft", row.pk), typed).status_code == 204
    update_element(world.list.pk, row.pk, {"NOTE": "его"}, version=1, actor=world.petr)
    form = world.url("element_edit", row.pk)
    back = text(client.get(f"{form}?draft=1", headers=HTMX))
    assert 'name="version" value="1"' in back
    assert client.post(form, typed, headers=HTMX).status_code == 409
    assert draft_of(world.anna, world.list.pk, row.pk)  # not saved yet
    mine = {**typed, "version": "2", "asked": "NOTE", "pick-NOTE": "mine"}
    assert client.post(form, mine, headers=HTMX).status_code == 204
    assert not ElementDraft.objects.exists()


def test_throwing_away(client: Client, world: World) -> None:
    row = old(world)
    keep = world.url("element_draft", row.pk)
    client.post(keep, {"NAME": "Ёлка", "version": "1"})
    assert client.post(keep, {"drop": "1"}, headers=HTMX).status_code == 200
    assert not ElementDraft.objects.exists()
    assert client.post(keep, {"drop": "1"}).status_code == 302


def test_secrets_and_strange_names_are_not_kept(client: Client, world: World) -> None:
    world.field("secret", "NOTE_KEY")
    locked = world.field("string", "LOCKED")
    type(locked).objects.filter(pk=locked.pk).update(code="LOCKED")
    typed = {
        "NAME": "Ель",
        "NOTE": "да",
        "NOTE_KEY": "пароль",
        "NOTE_KEY-clear": "1",
        "NEVER": "x",
        "csrfmiddlewaretoken": "t",
    }
    client.post(world.url("element_draft_new"), typed)
    assert set(ElementDraft.objects.get().values) == {"NAME", "NOTE"}


def test_what_the_database_cannot_keep_is_left_out(client: Client, world: World) -> None:
    typed = urlencode({"NAME": "Е\0ль", "PRICE_\0": "1"})
    kind = "application/x-www-form-urlencoded"  # as the browser's beacon sends it
    assert client.post(world.url("element_draft_new"), typed, kind).status_code == 204
    assert ElementDraft.objects.get().values == {"NAME": ["Ель"], "PRICE_": ["1"]}
    halves = {"NAME": ["Ель \ud83d"]}
    drafts.keep_draft(world.list.pk, None, halves, actor=world.anna)
    assert ElementDraft.objects.get().values == {"NAME": ["Ель ?"]}


def test_a_control_that_the_draft_knows_not_shows_what_stands_there(
    client: Client, world: World
) -> None:
    world.field("secret", "KEY")
    row = old(world, KEY="пароль", NOTE="было")
    form = world.url("element_edit", row.pk)
    typed = {"NAME": "Ёлка", "version": "1", "controls": f"{DRAWN} KEY"}
    client.post(world.url("element_draft", row.pk), typed)
    back = text(client.get(f"{form}?draft=1", headers=HTMX))
    assert "Ёлка" in back
    assert "было" not in back  # the note was emptied: a draft knows of what is not sent too
    assert "••••" in back


def test_a_control_that_came_later_is_not_emptied(client: Client, world: World) -> None:
    row = old(world, NOTE="премия")
    note = Field.objects.filter(list=world.list, code="NOTE")
    note.update(readonly_in_edit=True)
    List.objects.filter(pk=world.list.pk).update(schema_version=world.list.schema_version + 5)
    form = world.url("element_edit", row.pk)
    drawn = DRAWN.replace("NOTE ", "")
    assert f'name="controls" value="{drawn}"' in text(client.get(form, headers=HTMX))
    typed = {"NAME": "Ёлка", "version": "1", "controls": drawn}
    client.post(world.url("element_draft", row.pk), typed)
    note.update(readonly_in_edit=False)
    List.objects.filter(pk=world.list.pk).update(schema_version=world.list.schema_version + 6)
    back = text(client.get(f"{form}?draft=1", headers=HTMX))
    assert ("Ёлка" in back, "премия" in back) == (True, True)


def test_somebody_elses_draft_is_nobodys(client: Client, world: World) -> None:
    row = old(world)
    keep = world.url("element_draft", row.pk)
    client.post(keep, {"NAME": "Ёлка Анны", "version": "1"})
    client.force_login(world.petr)
    form = text(client.get(f"{world.url('element_edit', row.pk)}?draft=1", headers=HTMX))
    assert "Ёлка Анны" not in form
    client.post(keep, {"drop": "1"})
    assert draft_of(world.anna, world.list.pk, row.pk)


def test_limits_and_age(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = world.url("element_draft_new")
    huge = {"NAME": "Ель", "NOTE": "о" * (drafts.MAX_LETTERS + 1)}
    assert client.post(keep, huge).status_code == 413
    assert not ElementDraft.objects.exists()
    monkeypatch.setattr(drafts, "MOST", 2)
    rows = [old(world, str(number)) for number in range(3)]
    for row in rows:
        client.post(world.url("element_draft", row.pk), {"NAME": "x", "version": "1"})
    kept = ElementDraft.objects.order_by("pk").values_list("element", flat=True)
    assert list(kept) == [rows[1].pk, rows[2].pk]
    ElementDraft.objects.filter(element=rows[1].pk).update(
        saved_at=timezone.now() - timedelta(days=31)
    )
    assert draft_of(world.anna, world.list.pk, rows[1].pk) is None
    forget_old_drafts()
    assert ElementDraft.objects.count() == 1
    forget_values(world.list, "f1")  # what became a secret leaves drafts too
    assert not ElementDraft.objects.exists()


def test_a_late_draft_after_the_save_is_not_kept(client: Client, world: World) -> None:
    row = world.add("Ель")  # saved by Anna just now
    client.post(world.url("element_draft", row.pk), {"NAME": "Ёлка", "version": "1"})
    assert not ElementDraft.objects.exists()
