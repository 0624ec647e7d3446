"""Every address of CRM that takes a kind, and an item of it: cards, timelines, tabs, boards.

Whatever parts of CRM add is walked by its arguments: no canary that the oracle does not allow,
and what the person may not see answers as what never was.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from crm_link.kinds import CONTACT
from tests.access.adapters_pages import NO_ID, body, browser, named
from tests.access.look import Look
from tests.access.worlds import canary

LOOKED_AT = 3


def crm_pages(look: Look) -> None:
    client = browser(look)
    for list_ in (one for one, row in look.world.lists.items() if row.get("crm")):
        for name in named("kind"):
            _walk(look, client, name, {}, known=look.sees_list(list_))
        for key in _some(look, list_):
            args = {"element_id": look.built.elements[key]}
            for name in named("kind", "element_id"):
                _walk(look, client, name, args, known=look.sees(key), page=key)
            _card(look, client, key)


def _some(look: Look, list_: int) -> list[int]:
    """Seen and hidden ones, as far as there are both."""
    seen = look.seen(list_)
    return [*sorted(seen)[:LOOKED_AT], *sorted(set(look.of(list_)) - seen)[:LOOKED_AT]]


def _card(look: Look, client: Client, key: int) -> None:
    url = reverse("crm_card", args=[CONTACT, look.built.elements[key]])
    response = client.get(url, follow=True)
    wanted = 200 if look.sees(key) or not look.actor.is_active else 404
    look.same(f"card of {key}", response.status_code, wanted)
    look.same(f"name on the card of {key}", canary(key) in body(response), look.sees(key))


def _walk(
    look: Look, client: Client, name: str, args: dict[str, Any], *, known: bool, page: int = 0
) -> None:
    for method in ("get", "post"):
        status, text = _asked(client, method, name, args)
        what = f"{method} {name} {args}"
        look.no_leaks(what, text, page=page or None)
        if not look.actor.is_active:
            look.same(f"{what} of a deactivated one", status, 302)
        elif not known and args and status not in (404, 405):
            never = _asked(client, method, name, {"element_id": NO_ID})[0]
            look.same(f"{what} beside one that never was", status, never)
        elif not known and not args:
            look.same(f"{what} of an unseen kind", status in (403, 404, 405), True)


def _asked(client: Client, method: str, name: str, args: dict[str, Any]) -> tuple[int, str]:
    with transaction.atomic():
        response = getattr(client, method)(reverse(name, kwargs={"kind": CONTACT, **args}))
        found = response.status_code, body(response)
        transaction.set_rollback(True)
    return found


CRM = [crm_pages]
