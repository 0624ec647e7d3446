"""Every page and every address of a list through the browser's own way.

Whatever the address: no canary that the oracle does not allow, and 404 for what the person may
not see. POSTs are sent empty, in a savepoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import oracle
from tests.access.look import Look
from tests.access.worlds import CODES, NOTE, canary

NO_CODE = "NEVER_MADE"
NO_ID = 999_999_999
TOKEN = re.compile(r'(csrf-token"|csrfmiddlewaretoken"|nonce=")[^>]*>|nonce="[^"]*"')
HOLDERS = ("list_id", "element_id", "section_id", "field_id")
# Answer with 302, or act on the person and not on lists.
LEAVING = {"sign_out", "sign_out_everywhere", "look_as_stop", "openid_connect_callback"}
FULL_ONLY = {
    "list_settings", "list_fields", "field_add", "field_edit", "field_type", "field_access",
    "list_copy", "list_indexes",
}  # fmt: skip
# They show what lies in the bin: the form that was sent for an element just deleted says so too.
BINS = {"elements_bin", "element_edit", "list_feed"}
MANAGED = {"list_access": "list", "section_access": "section", "element_access": "element"}


def patterns(resolver: Any) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if not isinstance(entry, URLResolver):
            yield entry
        elif entry.app_name != "admin":
            yield from patterns(entry)


def named(*wanted: str) -> list[str]:
    """Names of addresses that take exactly these arguments."""
    found = [e for e in patterns(get_resolver()) if set(e.pattern.converters) == set(wanted)]
    return sorted(str(entry.name) for entry in found)


def browser(look: Look) -> Client:
    client = Client()
    client.force_login(look.actor)
    return client


def plain_pages(look: Look) -> None:
    """Pages without arguments: the start page, people, jobs, the bin of lists, …"""
    client = browser(look)
    for name in set(named()) - LEAVING:
        response = client.get(reverse(name))
        look.no_leaks(name, body(response))
    for word in ("CANARY", "Z"):
        look.no_leaks("search", body(client.get(reverse("search"), {"q": word})))


def body(response: Any) -> str:
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    # Read to its end: closing it by hand would close the connection of the test.
    return headers + response.getvalue().decode(errors="replace")


def list_pages(look: Look) -> None:
    client = browser(look)
    for list_ in list(look.world.lists)[:1]:
        for name in named("list_id"):
            visit(look, client, name, look.sees_list(list_), list_)
        if look.sees_list(list_):
            _grid(look, client, list_)
            _hidden_codes(look, client, list_)


def _grid(look: Look, client: Client, list_: int) -> None:
    pk = look.built.lists[list_].pk
    text = body(client.get(reverse("list", args=[pk]), follow=True))
    missing = {key for key in look.seen(list_) if canary(key) not in text}
    look.same("missing in the grid", missing, set())
    number = look.fields_of(list_)[NOTE]
    shown = {k for k in look.of(list_) if canary(k, number) in text}
    filled = {k for k in look.seen(list_) if look.world.elements[k]["filled"]}
    look.same("notes in the grid", shown, filled if look.sees_field(number) else set())
    count = client.get(reverse("list_count", args=[pk]))
    digits = re.findall(r"\d+", re.sub(r"<[^>]+>", " ", count.content.decode()))
    if digits:
        look.same("count", int(digits[-1]), len(look.seen(list_)))
    data = client.get(reverse("list_data", args=[pk])).json()["elements"]
    look.same("as JSON", look.built.numbers(row["id"] for row in data), look.seen(list_))
    told = {look.built.number(row["id"]) for row in data if row["fields"].get(NOTE)}
    look.same("notes as JSON", told, filled if look.sees_field(number) else set())
    suggested = client.get(reverse("element_suggest", args=[pk]), {"q": "CANARY"}).json()["results"]
    ids = [row["value"] for row in suggested]
    look.same("suggested", look.built.numbers(ids), look.seen(list_))


def _hidden_codes(look: Look, client: Client, list_: int) -> None:
    """A hidden code in an address answers as one that never was."""
    pk = look.built.lists[list_].pk
    seen = next(iter(look.seen(list_)), None)
    hidden = [c for c, n in look.fields_of(list_).items() if not look.sees_field(n)]
    for code in hidden[:2]:
        asked = [
            ("list", [pk], {"sort": "%s"}),
            ("list", [pk], {"columns": "%s"}),
            ("list_data", [pk], {"columns": "%s", "sort": "%s"}),
            ("list", [pk], {"filter": '{"and":[{"field":"%s","op":"filled","value":[]}]}'}),
            ("list_count", [pk], {"filter": '{"and":[{"field":"%s","op":"empty","value":[]}]}'}),
            ("list_filter_row", [pk], {"field": "%s", "op": "filled"}),
            ("list_bulk_field", [pk], {"code": "%s"}),
        ]
        if seen:
            row = look.built.elements[seen]
            asked += [("list_cell", [pk, row, "%s"], {}), ("list_filter_by", [pk, row, "%s"], {})]
        for name, args, query in asked:
            answers = [_asked(client, name, args, query, word) for word in (code, NO_CODE)]
            look.same(f"{name} {query} by hidden {code}", answers[0], answers[1])


def _asked(client: Client, name: str, args: Any, query: dict[str, str], word: str) -> Any:
    filled = [word if arg == "%s" else arg for arg in args]
    response = client.get(
        reverse(name, args=filled), {k: v.replace("%s", word) for k, v in query.items()}
    )
    return response.status_code, TOKEN.sub("", response.content.decode()).replace(word, "…")


def visit(look: Look, client: Client, name: str, known: bool, list_: int, **more: Any) -> None:
    """GET and POST of one address; `known` says that the person may see what it names."""
    args = {"list_id": look.built.lists[list_].pk, **more.get("args", {})}
    where = {"page": more.get("page"), "bin_": name in BINS}
    url = reverse(name, kwargs=args)
    for method in ("get", "post"):
        with transaction.atomic():
            response = getattr(client, method)(url)
            transaction.set_rollback(True)
        what = f"{method} {name} {args}"
        look.no_leaks(what, body(response), **where)
        if not look.actor.is_active:
            look.same(f"{what} of a deactivated one", response.status_code, 302)
        elif not known and response.status_code not in (404, 405, 409):
            never = _never(client, method, name, args, seen=more.get("seen", False))
            look.same(f"{what} beside one that never was", response.status_code, never)
        elif method == "get" and response.status_code == 200 and name in FULL_ONLY:
            full = "full" in oracle.rights(look.world, look.person, "list", list_)
            look.same(f"{what} without full access", full, True)


def _never(
    client: Client, method: str, name: str, args: dict[str, Any], *, seen: bool = False
) -> int:
    """What the address answers with the last of its things replaced by none at all; of a field
    on an element that is `seen`, with a field that never was."""
    last = next(key for key in reversed(HOLDERS) if key in args)
    other = {"code": NO_CODE} if seen else {last: NO_ID}
    with transaction.atomic():
        response = getattr(client, method)(reverse(name, kwargs={**args, **other}))
        transaction.set_rollback(True)
    return int(response.status_code)


def element_pages(look: Look) -> None:
    client = browser(look)
    for key in list(look.world.elements)[:2]:
        list_ = look.world.elements[key]["list"]
        args = {"element_id": look.built.elements[key]}
        for name in named("list_id", "element_id"):
            visit(look, client, name, look.sees(key), list_, args=args, page=key)
        for code in (NOTE, *CODES[1:2]):
            for name in named("list_id", "element_id", "code"):
                here = {**args, "code": code}
                known = look.sees(key) and look.sees_field(look.fields_of(list_)[code])
                visit(look, client, name, known, list_, args=here, seen=look.sees(key))
        if look.sees(key):
            _element(look, client, key)


def _element(look: Look, client: Client, key: int) -> None:
    row = look.world.elements[key]
    args = [look.built.lists[row["list"]].pk, look.built.elements[key]]
    response = client.get(reverse("element", args=args), follow=True)
    look.same(f"page of {key}", response.status_code, 200)
    number = look.fields_of(row["list"])[NOTE]
    shown = canary(key, number) in body(response)
    look.same(f"note on the page of {key}", shown, row["filled"] and look.sees_field(number, key))
    edited = client.get(reverse("element_edit", args=args)).status_code
    look.same(f"form of {key}", edited, 200 if look.may("change", key) else 403)
    managed = client.get(reverse("element_access", args=args)).status_code
    look.same(f"access of {key}", managed == 200, look.may("access", key))


def section_pages(look: Look) -> None:
    client = browser(look)
    for number, row in list(look.world.sections.items())[:1]:
        known = oracle.sees_section(look.world, look.person, number)
        args = {"section_id": look.built.sections[number].pk}
        for name in named("list_id", "section_id"):
            visit(look, client, name, known and look.sees_list(row["list"]), row["list"], args=args)


def field_pages(look: Look) -> None:
    """Settings of fields: who has no full access learns nothing, not even their names."""
    client = browser(look)
    for number in list(look.world.fields)[:1]:
        list_ = look.world.fields[number]["list"]
        args = {"field_id": look.built.fields[number].pk}
        for name in named("list_id", "field_id"):
            visit(look, client, name, look.sees_list(list_), list_, args=args)


def file_pages(look: Look) -> None:
    client = browser(look)
    for (key, number), file in list(look.built.files.items())[:3]:
        known = look.sees(key) and look.sees_field(number, key)
        for name in ("file", "file_thumbnail"):
            response = client.get(reverse(name, args=[file.pk]))
            wanted = (200 if known else 404) if look.actor.is_active else 302
            look.same(f"{name} of {key}", response.status_code, wanted)
            look.no_leaks(name, body(response), page=key)


PAGES = [plain_pages, list_pages, element_pages, section_pages, field_pages, file_pages]
