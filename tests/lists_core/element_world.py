"""A small list and two people, for the tests of elements, sections and search."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from lists_core.models import List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass
class World:
    """`anna` made the list, `petr` works in it."""

    anna: Employee
    petr: Employee
    list: List

    def add(self, name: str = "Ель", **values: Any) -> Any:
        given = {"NAME": name, **values}
        section_id = given.pop("section_id", None)
        return create_element(self.list.pk, given, actor=self.anna, section_id=section_id)

    def row(self, pk: int) -> Any:
        self.list.refresh_from_db()
        return schema_of(self.list).model.objects.get(pk=pk)

    def url(self, name: str, *args: int) -> str:
        return reverse(name, args=[self.list.pk, *args])

    def field(self, kind: str, code: str, **settings: Any) -> Any:
        made = create_field(
            self.list.pk, kind, actor=self.anna, name=code.title(), code=code, **settings
        )
        self.list.refresh_from_db()
        return made


def make_world() -> World:
    """A list with sections and the fields PRICE (number), NOTE (text), TAGS (many texts)."""
    forget_schemas()
    anna = Employee.objects.create_user(
        "anna", "anna@svod.example", "x", last_name="Иванова", first_name="Анна", is_staff=True
    )
    petr = Employee.objects.create_user(
        "petr", "petr@svod.example", "x", last_name="Петров", first_name="Пётр"
    )
    list_ = create_list(actor=anna, everyone="edit", name="Договоры", has_sections=True)
    world = World(anna, petr, list_)
    world.field("number", "PRICE", settings={"precision": 2})
    world.field("string", "NOTE", settings={"rows": 3})
    world.field("string", "TAGS", multiple=True)
    return world


PRICE = Decimal("12.50")
