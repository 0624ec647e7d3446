"""What a saved view tells a person that somebody shared it with: what they may read, no more."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.urls import reverse

from lists_core.models import ListView
from tests.access.adapters import NO_CODE
from tests.access.adapters_pages import TOKEN, body, browser, named
from tests.access.look import Look
from tests.access.worlds import CODES, NOTE, canary


def view_pages(look: Look) -> None:
    """Every address of a view, and the list as it shows it."""
    client = browser(look)
    for list_ in list(look.world.lists)[:1]:
        view = _shared(look, list_)
        known = look.sees_list(list_)
        args = {"list_id": view.list_id, "view_id": view.pk}
        for name in named("list_id", "view_id"):
            for method in ("get", "post"):
                with transaction.atomic():
                    response = getattr(client, method)(reverse(name, kwargs=args))
                    transaction.set_rollback(True)
                look.no_leaks(f"{method} {name}", body(response))
                if look.actor.is_active and not known:
                    told = response.status_code in (404, 405)
                    look.same(f"{method} {name} of a hidden list", told, True)
        if known and look.actor.is_active:
            _opened(look, client, list_, view)
            _hidden(look, client, list_, view)
            _personal(look, client, view)


def _shared(look: Look, list_: int) -> ListView:
    return ListView.objects.create(
        list=look.built.lists[list_],
        owner=look.built.people[1],
        name="View",
        state=_state(CODES[:3]),
        readers=[person.pk for person in look.built.people.values()],
    )


def _state(codes: Any) -> dict[str, str]:
    """It names every one of these fields wherever a view can name one."""
    filled = [{"field": code, "op": "filled", "value": []} for code in codes]
    every = [{"field": "ID", "op": "filled", "value": []}]
    return {
        "filter": json.dumps({"or": [*filled, *every]}),
        "columns": ",".join(["NAME", *codes]),
        "widths": ",".join(f"{code}:200" for code in codes),
        "pinned": ",".join(codes),
        "sort": ",".join(codes),
        "colors": json.dumps([{"tone": "red", "filter": {"and": [one]}} for one in filled]),
    }


def _opened(look: Look, client: Any, list_: int, view: ListView) -> None:
    url = reverse("list", args=[view.list_id])
    text = body(client.get(url, {"view": view.pk}, follow=True))
    look.no_leaks("a list by its view", text)
    shown = {key for key in look.of(list_) if canary(key) in text}
    look.same("a view shows other elements", shown - look.seen(list_), set())
    number = look.fields_of(list_)[NOTE]
    notes = {key for key in look.of(list_) if canary(key, number) in text}
    allowed = look.seen(list_) if look.sees_field(number) else set()
    look.same("a view shows notes", notes - allowed, set())


def _hidden(look: Look, client: Any, list_: int, view: ListView) -> None:
    """A view by hidden fields opens as one by fields that were never made."""
    hidden = [code for code, n in look.fields_of(list_).items() if not look.sees_field(n)]
    for code in hidden[:2]:
        told = []
        for word in (code, NO_CODE):
            ListView.objects.filter(pk=view.pk).update(state=_state([word]))
            response = client.get(reverse("list", args=[view.list_id]), {"view": view.pk})
            told.append(TOKEN.sub("", response.content.decode()).replace(word, "…"))
        look.same(f"a view by hidden {code}", told[0], told[1])


def _personal(look: Look, client: Any, view: ListView) -> None:
    """A view that is shared with nobody does not exist for others."""
    if look.actor.pk == view.owner_id:
        return
    ListView.objects.filter(pk=view.pk).update(readers=[], name="Personal of another")
    url = reverse("list", args=[view.list_id])
    text = body(client.get(url, follow=True)) + body(
        client.get(url, {"view": view.pk}, follow=True)
    )
    look.same("somebody's personal view shows", "Personal of another" in text, False)


VIEWS = [view_pages]
