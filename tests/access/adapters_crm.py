"""Every address of CRM that takes a kind, an item of it and a list: cards, timelines, tabs, boards.

Whatever parts of CRM add is walked by its arguments: no canary that the oracle does not allow,
and what the person may not see answers as what never was.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from crm_link.scopes.bound import scope_text
from tests.access import oracle
from tests.access.adapters_pages import NO_ID, body, browser, named
from tests.access.adapters_tabs import kind_of_item, looked_at, wanted_tabs
from tests.access.look import Look
from tests.access.worlds import canary
from tests.access.worlds_crm import BIND, BINDS, ref_of

LOOKED_AT = 3


def crm_pages(look: Look) -> None:
    client = browser(look)
    for list_, row in look.world.lists.items():
        if kind := row.get("crm"):
            for name in named("kind"):
                _walk(look, client, name, {"kind": kind}, known=look.sees_list(list_))
        for key in _some(look, list_) if kind else ():
            args = {"kind": kind, "element_id": look.built.elements[key]}
            for name in named("kind", "element_id"):
                _walk(look, client, name, args, known=look.sees(key), page=key)
            _card(look, client, key)


def _some(look: Look, list_: int) -> list[int]:
    """Seen and hidden ones, as far as there are both."""
    seen = look.seen(list_)
    return [*sorted(seen)[:LOOKED_AT], *sorted(set(look.of(list_)) - seen)[:LOOKED_AT]]


def _card(look: Look, client: Client, key: int) -> None:
    kind = kind_of_item(look, key)
    response = client.get(reverse("crm_card", args=[kind, look.built.elements[key]]), follow=True)
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
        elif not known and page and status not in (404, 405):
            never = _asked(client, method, name, {**args, "element_id": NO_ID})[0]
            look.same(f"{what} beside one that never was", status, never)
        elif not known and not page:
            look.same(f"{what} of an unseen kind", status in (403, 404, 405), True)


def _asked(client: Client, method: str, name: str, args: dict[str, Any]) -> tuple[int, str]:
    with transaction.atomic():
        response = getattr(client, method)(reverse(name, kwargs=args))
        found = response.status_code, body(response)
        transaction.set_rollback(True)
    return found


# --- lists in cards -----------------------------------------------------------------------


def card_tab_pages(look: Look) -> None:
    """The row of tabs of a card, each tab, the table in it, adding from it."""
    client = browser(look)
    most = looked_at(look, 9)
    seen, hidden = ([k for k in most if look.sees(k) == sees][:1] for sees in (True, False))
    for item in [*seen, *hidden]:
        wanted = wanted_tabs(look, item)
        _row(look, client, item, wanted)
        for list_ in look.world.lists:
            _tab(look, client, item, list_, wanted.get(list_))
            _adding(look, client, item, list_)


def _row(look: Look, client: Client, item: int, wanted: dict[int, set[int]]) -> None:
    args = {"kind": kind_of_item(look, item), "element_id": look.built.elements[item]}
    for name in ("crm_card", "crm_card_tabs"):
        _status, text = _asked(client, "get", name, args)
        urls = {one: reverse("crm_card_list", kwargs={**args, "list_id": own.pk})
                for one, own in look.built.lists.items()}  # fmt: skip
        shown = {one for one, url in urls.items() if f'"{url}"' in text}
        look.same(f"tabs on {name} of {item}", shown, set(wanted))
        for one in wanted if name == "crm_card_tabs" else ():
            count = re.search(rf'"{urls[one]}"[^>]*>[^<]*<span class="sv-count">(\d+)<', text)
            look.same(f"number of {one} in {item}", count and int(count[1]), len(wanted[one]))


def _tab(look: Look, client: Client, item: int, list_: int, rows: set[int] | None) -> None:
    pk, own = look.built.elements[item], look.built.lists[list_]
    args = {"kind": kind_of_item(look, item), "element_id": pk, "list_id": own.pk}
    for name in named("kind", "element_id", "list_id"):
        status, text = _asked(client, "get", name, args)
        look.no_leaks(f"{name} of {list_} in {item}", text, page=item)
        closed = 404 if look.actor.is_active else 302
        look.same(f"{name} of {list_} in {item}", status, closed if rows is None else 200)
        if rows is not None:
            ids = map(int, re.findall(r'<tr data-id="(\d+)"', text))
            look.same(f"rows on {name} of {list_} in {item}", look.built.numbers(ids), rows)
    if rows is not None:
        whole = _asked(client, "get", "crm_card_list", args)[1]
        look.same(f"adding to {list_} is offered", _add_url(look, item, list_) in whole,
                  _adds_somewhere(look, list_))  # fmt: skip


def _add_url(look: Look, item: int, list_: int) -> str:
    scope = scope_text(ref_of(look.built, item))
    return f"{reverse('element_add', args=[look.built.lists[list_].pk])}?scope={scope}"


def _adds_somewhere(look: Look, list_: int) -> bool:
    """There is a place, and a responsible for what is of CRM, for which the person may add."""
    sections = [key for key, row in look.world.sections.items() if row["list"] == list_]
    return any(
        look.may_add(list_, place, who)
        for place in (None, *sections)
        for who in (None, *look.world.people)
    )


def _adding(look: Look, client: Client, item: int, list_: int) -> None:
    """An element is added bound to the card by who may add and sees the card, and by nobody else;
    where the person may not change the binding, it is filled in all the same."""
    making = oracle.tab_fields(look.world, look.person, item, list_, look.person)
    filled = [
        key for key in making if oracle.changes_field(look.world, look.person, key, look.person)
    ]
    code = look.world.fields[(filled or making)[0]]["code"] if making else BIND
    ref = ref_of(look.built, item)
    with transaction.atomic():
        values = {"NAME": "A new one", **({code: str(ref)} if filled or not making else {})}
        answer = client.post(_add_url(look, item, list_), values)
        look.no_leaks(f"adding to {list_} in {item}", body(answer), page=item)
        got = _new_bindings(look, list_)
        transaction.set_rollback(True)
    may = bool(making) and look.sees(item) and look.may_add(list_, None, look.person)
    told = [bound for bound in got if bound]
    look.same(f"added to {list_} in {item}", told, [{code: [ref]}] if may else [])


def _new_bindings(look: Look, list_: int) -> list[dict[str, list[Any]]]:
    """What stands in the bindings of the elements that were not in the world."""
    schema = look.built.schema(list_)
    rows = schema.model.objects.exclude(pk__in=look.built.elements.values())
    return [
        {
            code: items
            for code in (BIND, BINDS)
            if (items := schema[code].items(schema[code].read(row)))
        }
        for row in rows
    ]


CRM = [crm_pages, card_tab_pages]
