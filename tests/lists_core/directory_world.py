"""Brands, a directory, and the lists that take values from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lists_core.models import Job, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.elements import (
    create_element,
)
from lists_core.services.link_deletion import TO_BIN, replace_value
from staff.models import Employee

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def made(admin: Employee, name: str, *links: tuple[str, str, dict[str, Any]], **more: Any) -> List:
    list_ = lists.create_list(actor=admin, **{"everyone": "edit", "name": name, **more})
    for kind, code, given in links:
        fields.create_field(list_.pk, kind, actor=admin, name=code.title(), code=code, **given)
    list_.refresh_from_db()
    return list_


@dataclass
class World:
    """Brands, which goods name (one or many) and which the closed list of deals names."""

    admin: Employee
    person: Employee
    brands: List
    goods: List
    deals: List
    old: Any
    new: Any

    def link(self, rule: str, **more: Any) -> dict[str, Any]:
        return {"settings": {"list": self.brands.pk, "look": "search", "on_delete": rule}, **more}

    def rule(self, code: str, rule: str) -> None:
        field = self.goods.fields.get(code=code)
        fields.update_field(field.pk, actor=self.admin, **self.link(rule))
        self.goods.refresh_from_db()

    def add(self, name: str, list_: List | None = None, **values: Any) -> Any:
        where = list_ or self.goods
        return create_element(where.pk, {"NAME": name, **values}, actor=self.admin)

    def value(self, row: Any, code: str = "BRAND", list_: List | None = None) -> Any:
        schema = schema_of(list_ or self.goods)
        return schema[code].read(schema.model.objects.get(pk=row.pk))

    def replace(
        self, new: int | None, *, actor: Employee | None = None, delete: str = TO_BIN
    ) -> Job:
        who = actor or self.admin
        return replace_value(self.brands, "element", self.old.pk, new, actor=who, delete=delete)

    def brands_row(self) -> Any:
        return schema_of(self.brands).model.objects.get(pk=self.old.pk)

    def is_there(self, row: Any) -> bool:
        return elements(schema_of(self.brands), self.admin).filter(pk=row.pk).exists()


def make_world() -> World:
    admin = Employee.objects.create_superuser("admin", "a@svod.example", "x", last_name="Админ")
    person = Employee.objects.create_user("petr", "petr@svod.example", "x", last_name="Петров")
    brands = made(admin, "Марки", has_sections=True)
    old, new = (create_element(brands.pk, {"NAME": n}, actor=admin) for n in ("Ель", "Ёлка"))
    world = World(admin, person, brands, brands, brands, old, new)
    world.goods = made(
        admin,
        "Товары",
        ("element", "BRAND", world.link("ask")),
        ("element", "OTHERS", world.link("keep", multiple=True)),
    )
    world.deals = made(admin, "Сделки", ("element", "BRAND", world.link("keep")), everyone="none")
    return world
