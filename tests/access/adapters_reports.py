"""What reports tell a person: numbers of visible elements by visible fields, and no others."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from django.db import transaction
from django.urls import reverse

from lists_core.models import Dashboard, DashboardWidget, Report
from lists_core.reports.answer import GONE, NO_VALUE, VALUE, answer
from lists_core.reports.question import read_question
from tests.access import oracle
from tests.access.adapters import NO_CODE, points_to
from tests.access.adapters_pages import TOKEN, body, browser, named
from tests.access.look import Look
from tests.access.worlds import AMOUNT, CODES, LINK, NOTE, PART, WHO, canary
from tests.access.worlds_crm import BIND, ref_of

GROUPS = [
    "SECTION:value",
    "CREATED_BY:value",
    *(f"{code}:value" for code in (LINK, NOTE, WHO, BIND)),
]
MEASURES = ["count", f"sum:{AMOUNT}", f"max:{AMOUNT}", *(f"filled:{code}" for code in CODES)]


def reports(look: Look) -> None:
    """Groups, counts, sums and shares, beside brute force over what the oracle lets through."""
    for list_ in look.lists():
        for group in GROUPS:
            code = group.split(":")[0]
            known = look.fields_of(list_)
            if code not in known or look.sees_field(known[code]):
                _grouped(look, list_, group)
        for code, number in look.fields_of(list_).items():
            if not look.sees_field(number):
                _hidden(look, list_, code)


def _grouped(look: Look, list_: int, group: str) -> None:
    asked = {"groups": [group], "measures": MEASURES, "limit": 100}
    got = answer(read_question(asked, look.schema(list_)), look.schema(list_), actor=look.actor)
    wanted = Counter(key_of(look, key, group) for key in look.seen(list_))
    found = {key: tally.rows for key, tally in got.by_line.items()}
    look.same(f"groups of {group}", found, dict(wanted))
    look.same(f"total of {group}", got.total.rows, len(look.seen(list_)))
    for key, tally in got.by_line.items():
        rows = [k for k in look.seen(list_) if key_of(look, k, group) == key]
        for place, measured in enumerate(got.question.measures):
            number = dict(tally.values(place, measured)).get("")
            told = None if number is None else float(number)
            look.same(f"{measured.code} of {group}", told, _measured(look, rows, measured.code))
    names = " ".join(line.name for line in got.lines)
    look.no_leaks(f"names of {group}", names)


def key_of(look: Look, element: int, group: str) -> Any:
    row = look.world.elements[element]
    known = _plain(look, element)
    if (code := group.split(":", maxsplit=1)[0]) in known:
        return (NO_VALUE, None) if known[code] is None else (VALUE, known[code])
    if group.startswith("SECTION"):
        if not row["section"]:
            return NO_VALUE, None
        shown = oracle.sees_section(look.world, look.person, row["section"])
        return (VALUE, look.built.sections[row["section"]].pk) if shown else (GONE, None)
    code = group.partition(":")[0]
    for target in points_to(look, element, code):
        readable = look.sees(target) and look.sees_list(look.world.elements[target]["list"])
        value = look.built.elements[target] if code == LINK else ref_of(look.built, target)
        return (VALUE, value) if readable else (GONE, None)
    return NO_VALUE, None


def _plain(look: Look, element: int) -> dict[str, Any]:
    """Code → value of what shows to whoever sees the element and the field."""
    row, people = look.world.elements[element], look.built.people
    note = canary(element, look.fields_of(row["list"])[NOTE])
    who = row.get("responsible")
    return {
        "CREATED_BY": people[row["author"]].pk,
        NOTE: note if row["filled"] else None,
        WHO: people[who].pk if who else None,
    }


def _measured(look: Look, rows: list[int], code: str) -> float | None:
    slug, _sign, field = code.partition(":")
    if slug == "count":
        return len(rows)
    values = [look.world.elements[key].get(PART[field]) for key in rows]
    if slug == "filled":
        return 100 * sum(bool(value) for value in values) / len(rows)
    known = [value for value in values if value]
    return float((sum if slug == "sum" else max)(known)) if known else None


def _hidden(look: Look, list_: int, code: str) -> None:
    """A hidden field groups, measures, sorts and filters as one that was never made."""
    asked = [
        {"groups": [f"{code}:value", "CREATED_BY:value"]},
        {"measures": [f"sum:{code}", f"filled:{code}"], "sort": f"sum:{code}"},
        {"filter": {"and": [{"field": code, "op": "empty", "value": []}]}},
        {"filter": {"or": [{"field": code, "op": "eq", "value": ["1"]}, {"and": []}]}},
    ]
    for question in asked:
        told = [_told(look, list_, _named(question, code, word)) for word in (code, NO_CODE)]
        look.same(f"report with hidden {question}", told[0], told[1])


def _named(question: Any, code: str, word: str) -> Any:
    if isinstance(question, dict):
        return {key: _named(value, code, word) for key, value in question.items()}
    if isinstance(question, list):
        return [_named(value, code, word) for value in question]
    return re.sub(rf"\b{code}\b", word, question)


def _told(look: Look, list_: int, asked: Any) -> Any:
    question = read_question(asked, look.schema(list_))
    got = answer(question, look.schema(list_), actor=look.actor)
    lines = sorted((line.name, got.by_line[line.key].rows) for line in got.lines)
    return question.to_json(), question.notices, lines, got.total.rows


def report_pages(look: Look) -> None:
    """Every address of a report that somebody shares with all: no canary that may not show."""
    client = browser(look)
    for list_ in list(look.world.lists)[:1]:
        shared, widget = _shared(look, list_)
        known = look.sees_list(list_)
        things = {"report_id": shared.pk, "widget_id": widget.pk}
        for argument, pk in things.items():
            for name in named(argument):
                _visit(look, client, name, {argument: pk}, known or argument == "widget_id")
        pages = [
            reverse("report_preview", args=[look.built.lists[list_].pk]),
            reverse("dashboard"),
            reverse("reports"),
        ]
        for url in pages:
            look.no_leaks(url, body(client.get(url, _form())))
        if known and look.actor.is_active:
            _hidden_in_pages(look, client, list_)


def _shared(look: Look, list_: int) -> tuple[Report, DashboardWidget]:
    """A report over every field, of somebody else; and the person has put it on the dashboard."""
    every = [f"filled:{code}" for code in CODES[:3]] + [f"sum:{AMOUNT}", "count"]
    report = Report.objects.create(
        list=look.built.lists[list_],
        owner=look.built.people[1],
        name="Report",
        question={"groups": [f"{LINK}:value", "SECTION:value"], "measures": every},
        readers=[person.pk for person in look.built.people.values()],
    )
    board = Dashboard.objects.create(owner=look.actor)
    return report, DashboardWidget.objects.create(dashboard=board, report=report)


def _visit(look: Look, client: Any, name: str, args: dict[str, int], known: bool) -> None:
    for method in ("get", "post"):
        with transaction.atomic():
            response = getattr(client, method)(reverse(name, kwargs=args))
            transaction.set_rollback(True)
        what = f"{method} {name}"
        look.no_leaks(what, body(response))
        if not look.actor.is_active:
            look.same(f"{what} of a deactivated one", response.status_code, 302)
        elif not known:
            look.same(f"{what} of a hidden list", response.status_code in (404, 405), True)


def _form() -> dict[str, Any]:
    return {"group1": f"{LINK}:value", "group2": "SECTION:value", "measures": MEASURES}


def _hidden_in_pages(look: Look, client: Any, list_: int) -> None:
    url = reverse("report_preview", args=[look.built.lists[list_].pk])
    for code, number in look.fields_of(list_).items():
        if look.sees_field(number):
            continue
        tree = '{"and":[{"field":"%s","op":"filled","value":[]}]}'
        told = [
            TOKEN.sub("", client.get(url, {**_only(word), "filter": tree % word}).content.decode())
            for word in (code, NO_CODE)
        ]
        look.same(f"preview with hidden {code}", told[0], told[1])


def _only(code: str) -> dict[str, Any]:
    return {"group1": f"{code}:value", "measures": [f"sum:{code}", f"filled:{code}", "count"]}


REPORTS = [reports, report_pages]
