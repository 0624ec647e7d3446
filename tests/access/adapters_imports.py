"""Saved mappings and scheduled imports: what their pages tell, and to whom."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lists_core.models import ImportMapping, ImportSchedule
from tests.access.adapters import NO_CODE
from tests.access.adapters_pages import TOKEN, body, browser, named
from tests.access.look import Look
from tests.access.worlds import CODES

#: Each answer has its own number.
NUMBER = re.compile(r"X-Request-ID: \S+", re.IGNORECASE)


def mapping_pages(look: Look) -> None:
    """Every address of a mapping and of a schedule, both by a column for every field."""
    client = browser(look)
    for list_ in list(look.world.lists)[:1]:
        mapping, schedule = _made(look, list_)
        for key, pk in (("mapping_id", mapping.pk), ("schedule_id", schedule.pk)):
            args = {"list_id": look.built.lists[list_].pk, key: pk}
            for name in named("list_id", key):
                _walked(look, client, list_, name, args)
        if look.sees_list(list_) and look.actor.is_active:
            _hidden(look, client, list_, mapping)


def _walked(look: Look, client: Any, list_: int, name: str, args: dict[str, int]) -> None:
    for method in ("get", "post"):
        with transaction.atomic():
            response = getattr(client, method)(reverse(name, kwargs=args))
            transaction.set_rollback(True)
        look.no_leaks(f"{method} {name}", body(response))
        if look.actor.is_active and not look.sees_list(list_):
            look.same(f"{method} {name}, hidden list", response.status_code in (404, 405), True)


def _made(look: Look, list_: int) -> tuple[ImportMapping, ImportSchedule]:
    owner = look.built.people[1]
    own = {"list": look.built.lists[list_], "owner": owner, **_columns(list(CODES))}
    mapping = ImportMapping.objects.create(name=f"Mapping {look.person}", **own)
    schedule = ImportSchedule.objects.create(
        mapping_name="Mapping", url="https://files.example/t.csv", every="day",
        next_at=timezone.now(), is_on=False, **own,
    )  # fmt: skip
    return mapping, schedule


def _columns(codes: list[str]) -> dict[str, Any]:
    headings = [f"h{place}" for place, _code in enumerate(codes)]
    columns = [
        {"index": place, "code": code, "new": None, "key": not place, "lenient": False}
        for place, code in enumerate(codes)
    ]
    layout = {"sheet": "", "encoding": "utf-8-sig", "separator": ",", "header": 1}
    choices = {
        "columns": columns, "layout": layout, "mode": "both", "empty": [], "name_pattern": "",
        "keep_empty": False,
    }  # fmt: skip
    return {"headings": headings, "choices": choices}


def _hidden(look: Look, client: Any, list_: int, mapping: ImportMapping) -> None:
    """A mapping into hidden fields looks as one into fields that were never made."""
    hidden = [code for code, n in look.fields_of(list_).items() if not look.sees_field(n)]
    for code in hidden[:2]:
        told = []
        for word in (code, NO_CODE):
            ImportMapping.objects.filter(pk=mapping.pk).update(**_columns([word]))
            response = client.get(reverse("list_import_mappings", args=[mapping.list_id]))
            page = NUMBER.sub("", TOKEN.sub("", body(response)))
            told.append(page.replace(word, "…"))
        look.same(f"a mapping into hidden {code}", told[0], told[1])


IMPORTS = [mapping_pages]
