"""A seller with a head, and short ways to live through a qualification."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from moneyed import Money

from crm_link.kinds import LEAD
from crm_link.models import Questionnaire, Stage
from crm_link.services.incidents import incidents_list
from crm_link.services.items import move_to_stage
from lists_core.access import ROLES
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from lists_core.services.rights import set_list_rights
from staff.models import Department, Employee
from staff.subjects import Subject
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import go
from workflows.drafts import Draft, mark
from workflows.models import Task, Template
from workflows.services.task_drafts import keep_draft

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
HOUR = timedelta(hours=1)


class World:
    """A seller with a head, and short ways to live through a qualification."""

    def __init__(self, admin: Employee) -> None:
        self.admin = admin
        self.list = List.objects.get(system="crm.lead")
        self.questionnaire = Questionnaire.objects.get(list=self.list)
        place = Department.objects.create(name="Продажи")
        self.head = self._person("head", place)
        self.seller = self._person("seller", place)
        place.head = self.head
        place.save()

    def _person(self, login: str, place: Department) -> Employee:
        return Employee.objects.create_user(login, f"{login}@svod.example", "x", department=place)

    @property
    def template(self) -> Template:
        assert self.questionnaire.template
        return self.questionnaire.template

    def lead(self, now: datetime = MONDAY, **values: Any) -> Any:
        """A lead that the seller has taken into work."""
        row = item("lead", self.admin, "Столешница", RESPONSIBLE=self.seller.pk, **values)
        move_to_stage(LEAD, row.pk, stage("lead", "IN_PROCESS").pk, actor=self.admin)
        go(now=now)
        return row

    def task(self, row: Any, place: int = 0) -> Task:
        tasks = Task.objects.filter(kind="questionnaire", instance__subject_id=row.pk)
        return tasks.order_by("pk")[place]

    def keep(self, task: Task, actor: Employee, **values: Any) -> Task:
        """As a page that shows what stands in the item now."""
        part = task.people.get(employee=actor)
        schema = schema_of(List.objects.get(pk=self.list.pk))
        row = schema.model.objects.get(pk=task.instance.subject_id)
        drafts = {
            code: Draft(value, mark(schema[code].read(row))) for code, value in values.items()
        }
        return keep_draft(task.pk, part.pk, drafts, actor=actor)

    def option(self, code: str, place: int = 0) -> int:
        return FieldOption.objects.filter(field__list=self.list, field__code=code)[place].pk

    def answers(self) -> dict[str, Any]:
        """The minimal set."""
        return {
            "PRODUCT_PLACE": "Кухня",
            "PRODUCT_SIZES": "2400 × 600",
            "PRODUCT_MATERIALS": [self.option("PRODUCT_MATERIALS", 1)],
            "SERVICE_MEASURING": self.option("SERVICE_MEASURING"),
            "SERVICE_DELIVERY": self.option("SERVICE_DELIVERY"),
            "CLIENT_PAYMENT": self.option("CLIENT_PAYMENT"),
            "CLIENT_BUDGET": Money(120_000, "RUB"),
            "CLIENT_TERM": MONDAY.date(),
        }

    def stage_of(self, row: Any) -> str:
        read = schema_of(List.objects.get(pk=self.list.pk))["STAGE"].read(self.row(row))
        return Stage.objects.get(pk=read).code

    def row(self, row: Any) -> Any:
        return schema_of(List.objects.get(pk=self.list.pk)).model.objects.get(pk=row.pk)

    def value(self, row: Any, code: str) -> Any:
        return schema_of(List.objects.get(pk=self.list.pk))[code].read(self.row(row))

    def fill(self, row: Any, **values: Any) -> None:
        """Somebody writes in the card."""
        version = self.row(row).version
        update_element(self.list.pk, row.pk, values, version=version, actor=self.admin)

    def let(self, person: Employee, role: str) -> None:
        """Give the person a usual set of rights on all leads."""
        set_list_rights(self.list.pk, {Subject("U", person.pk): ROLES[role][1]}, actor=self.admin)

    def incidents(self) -> list[dict[str, Any]]:
        list_ = incidents_list()
        assert list_
        schema = schema_of(list_)
        rows = schema.model.objects.filter(deleted_at=None).order_by("pk")
        return [{field.code: field.read(one) for field in schema.all_fields} for one in rows]
