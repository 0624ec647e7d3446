"""A list with stages, a report of it, and the people who look at it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from lists_core.models import FieldOption, Report
from lists_core.schema.cache import forget_schemas
from lists_core.services import reports
from lists_core.services.rights import set_field_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.element_world import World, make_world

BY_STAGE = {"groups": ["STAGE:value"], "measures": ["count", "sum:PRICE"]}


class Reports:
    """Anna's list with stages; she may do everything, Petr reads it."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.stage = self.world.field("list", "STAGE")
        names = ["Новая", "В работе"]
        self.options = [
            FieldOption.objects.create(field=self.stage, name=name, color="teal", sort=place)
            for place, name in enumerate(names)
        ]
        forget_schemas()
        self.anna, self.petr, self.list = self.world.anna, self.world.petr, self.world.list
        self.stranger = Employee.objects.create_user("zoya", "zoya@svod.example", "x")
        self.rows = [
            self.world.add(f"Сделка {number}", STAGE=self.options[number % 2].pk, PRICE=10 + number)
            for number in range(4)
        ]

    def report(self, *readers: Subject, **question: Any) -> Report:
        asked = {**BY_STAGE, **question}
        return reports.create_report(
            self.list.pk, "По стадиям", asked, actor=self.anna, readers=readers
        )

    def hide(self, code: str) -> None:
        field = self.list.fields.get(code=code)
        marks = {"view_restricted": True, "change_restricted": False}
        set_field_rights(self.list.pk, field.pk, {}, **marks, actor=self.anna)
        self.list.refresh_from_db()


def browser(who: Employee) -> Client:
    client = Client()
    client.force_login(who)
    return client


def page(who: Employee, name: str, *args: Any, **query: Any) -> Any:
    return browser(who).get(reverse(name, args=args), query)


def text_of(response: Any) -> str:
    return response.content.decode().replace("\xa0", " ")
