"""A list with elements, the people who look at it, and views of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from django.urls import reverse

from lists_core.grid.page import open_grid, page_of
from lists_core.models import ListView
from lists_core.services import views
from lists_core.services.rights import set_field_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.element_world import HTMX, World, make_world
from tests.lists_core.report_world import browser


def tree(*conditions: tuple[str, str, str], joiner: str = "and") -> str:
    items = [{"field": code, "op": op, "value": [text]} for code, op, text in conditions]
    return json.dumps({joiner: items})


DEAR = tree(("PRICE", "gt", "11"))
RED = json.dumps([{"tone": "red", "filter": json.loads(DEAR)}])
STATE = {"filter": DEAR, "sort": "-PRICE", "columns": "NAME,PRICE,NOTE", "widths": "PRICE:222"}
LOOK = {"height": "tall", "pinned": "NAME,NOTE", "colors": RED, "size": "20"}


class Viewed:
    """Anna's list of four elements; she may do everything, Petr edits, Zoya sees nothing."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.anna, self.petr, self.list = self.world.anna, self.world.petr, self.world.list
        self.zoya = Employee.objects.create_user("zoya", "zoya@svod.example", "x", last_name="Я")
        self.rows = [
            self.world.add(f"Ель {number}", PRICE=10 + number, NOTE=f"Тайна {number}")
            for number in range(4)
        ]

    def view(self, *readers: Subject, by: Employee | None = None, **params: str) -> ListView:
        owner = by or self.anna
        made = views.create_view(self.list.pk, "Дорогие", params or STATE, actor=owner)
        return views.share_view(self.list.pk, made.pk, readers, actor=owner) if readers else made

    def grid(self, who: Employee, **params: Any) -> Any:
        return open_grid(who, self.list.pk, {name: str(text) for name, text in params.items()})

    def names(self, who: Employee, **params: Any) -> list[str]:
        return [row.name for row in page_of(self.grid(who, **params)).rows]

    def hide(self, code: str) -> None:
        field = self.list.fields.get(code=code)
        marks = {"view_restricted": True, "change_restricted": False}
        set_field_rights(self.list.pk, field.pk, {}, **marks, actor=self.anna)

    def url(self, name: str, *args: int) -> str:
        return reverse(name, args=[self.list.pk, *args])

    def ask(self, who: Employee, name: str, *args: int, **params: Any) -> Any:
        return browser(who).get(self.url(name, *args), params, headers=HTMX)

    def send(self, who: Employee, url: str, **data: Any) -> Any:
        return browser(who).post(url, data, headers=HTMX)


def events(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.headers["HX-Trigger"])
    return found


def params_of(query: str) -> dict[str, str]:
    return dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))
