"""Actions on CRM items: move, create, convert, hand over."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from crm_link.models import Stage, Turn
from crm_link.services.stages import create_pipeline
from lists_core.models import List
from lists_core.schema.cache import schema_of
from staff.models import Absence, Department, Employee
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import process
from tests.workflows.processes import begin, step
from workflows.models import Instance

pytestmark = pytest.mark.django_db


def done(kind: str, row: Any, admin: Employee, *steps: dict[str, Any]) -> Instance:
    list_ = List.objects.get(system=f"crm.{kind}")
    return begin(process(list_, list(steps), actor=admin), admin, row.pk)


def value(kind: str, pk: int, code: str) -> Any:
    schema = schema_of(List.objects.get(system=f"crm.{kind}"))
    return schema[code].read(schema.model.objects.get(pk=pk))


def test_moving_takes_the_pipeline_along(admin, lists):
    other = create_pipeline(lists["deal"], "Retail", actor=admin)
    first = Stage.objects.filter(pipeline=other).first()
    deal = item("deal", admin)
    assert done("deal", deal, admin, step("crm_move", "m", stage=first.pk)).status == "done"
    assert value("deal", deal.pk, "STAGE") == first.pk
    assert schema_of(lists["deal"]).model.objects.get(pk=deal.pk).section == other.pk


def test_moving_another_item_and_what_does_not_fit(admin, lists):
    lead, deal = item("lead", admin), item("deal", admin)
    far = step("crm_move", "m", stage=stage("deal", "WON").pk, item=deal.pk)
    assert done("lead", lead, admin, far).status == "done"
    assert value("deal", deal.pk, "STAGE") == stage("deal", "WON").pk
    wrong = done("lead", lead, admin, step("crm_move", "m", stage=stage("deal", "WON").pk))
    assert wrong.status == "failed"


def test_creating_links_both_ways(admin, lists):
    deal = item("deal", admin, "Кухня")
    values = {"NAME": "Заказчик: {{Document.NAME}}", "PHONE": "+79160000000"}
    made = done("deal", deal, admin,
                step("crm_create", "c", list=lists["contact"].pk, values=values))  # fmt: skip
    contact = made.state["results"]["c"]["id"]
    assert value("contact", contact, "NAME") == "Заказчик: Кухня"
    assert value("deal", deal.pk, "CONTACTS") == [contact]
    lead = item("lead", admin)
    again = done("lead", lead, admin,
                 step("crm_create", "c", list=lists["deal"].pk, values={"NAME": "Сделка"},
                      stage=stage("deal", "EXECUTING").pk))  # fmt: skip
    new = again.state["results"]["c"]["id"]
    assert value("deal", new, "LEAD") == lead.pk
    assert value("deal", new, "STAGE") == stage("deal", "EXECUTING").pk


def test_converting_a_lead_once(admin, lists):
    lead = item("lead", admin, "Кухня", LAST_NAME="Орлова", PHONE=["+79160000301"])
    first = done("lead", lead, admin, step("crm_convert", "c"))
    result = first.state["results"]["c"]
    assert result["contact"]
    assert result["deal"]
    assert value("lead", lead.pk, "STAGE") == stage("lead", "CONVERTED").pk
    again = done("lead", lead, admin, step("crm_convert", "c"))
    assert again.state["results"]["c"]["again"] is True
    deal = item("deal", admin)
    assert done("deal", deal, admin, step("crm_convert", "c")).status == "failed"


class Sellers:
    def __init__(self) -> None:
        self.place = Department.objects.create(name="Продажи")
        self.people = [self._person(f"seller{number}") for number in range(3)]
        self.specs = [f"employee:{one.pk}" for one in self.people]

    def _person(self, login: str) -> Employee:
        return Employee.objects.create_user(
            login, f"{login}@svod.example", "x", department=self.place
        )


def handed(admin: Employee, rule: str, people: list[str], **more: Any) -> list[int]:
    """Whom four leads went to, one after the other, by one process."""
    given = step("crm_responsible", "r", rule=rule, people=people, **more)
    template = process(List.objects.get(system="crm.lead"), [given], actor=admin)
    found = []
    for _turn in range(4):
        lead = item("lead", admin)
        running = begin(template, admin, lead.pk)
        assert running.error == ""
        found.append(value("lead", lead.pk, "RESPONSIBLE"))
    return found


def test_in_turn_also_after_a_restart(admin, lists):
    sellers = Sellers()
    ids = [one.pk for one in sellers.people]
    assert handed(admin, "turn", sellers.specs) == [*ids, ids[0]]
    assert Turn.objects.get().last == ids[0]


def test_the_least_busy(admin, lists):
    sellers = Sellers()
    first, second, third = (one.pk for one in sellers.people)
    item("lead", admin, RESPONSIBLE=first)
    item("lead", admin, RESPONSIBLE=first)
    item("lead", admin, RESPONSIBLE=second)
    item("lead", admin, RESPONSIBLE=third, STAGE=stage("lead", "JUNK").pk)
    people = sellers.specs
    assert handed(admin, "busy", people) == [third, second, third, first]


def test_who_is_away_is_passed_over(admin, lists):
    sellers = Sellers()
    first, second, third = sellers.people
    today = timezone.localdate()
    Absence.objects.create(employee=first, deputy=second, starts=today, ends=today)
    people = sellers.specs
    assert handed(admin, "turn", people) == [second.pk, third.pk, second.pk, third.pk]
    assert handed(admin, "person", people, absent=False)[0] == first.pk


def test_to_the_head(admin, lists):
    sellers = Sellers()
    head = sellers.people[2]
    sellers.place.head = head
    sellers.place.save()
    lead = item("lead", admin, RESPONSIBLE=sellers.people[0].pk)
    done("lead", lead, admin, step("crm_responsible", "r", rule="head"))
    assert value("lead", lead.pk, "RESPONSIBLE") == head.pk
