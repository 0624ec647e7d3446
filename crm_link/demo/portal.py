"""The demo's CRM, loaded after its lists and processes; parts of it add themselves below."""

from __future__ import annotations

from collections.abc import Mapping

from crm_link.demo import backlog, qualification, students
from crm_link.demo.deliveries import load_deliveries
from crm_link.demo.estate import load_estate
from crm_link.demo.items import load_items
from crm_link.demo.roles import load_roles
from crm_link.services.setup import set_up_crm
from lists_core.demo.parts import DemoPart, demo_parts
from staff.models import Employee


def load(actor: Employee, people: Mapping[str, Employee]) -> None:
    set_up_crm(actor=actor)
    load_items(people)
    load_roles(actor)
    load_estate(actor, people)
    load_deliveries(actor, people)


def add_part() -> None:
    demo_parts.register(DemoPart("crm", load))
    demo_parts.register(DemoPart("crm_students", students.load))
    demo_parts.register(DemoPart("crm_backlog", backlog.load))
    demo_parts.register(DemoPart("crm_qualification", qualification.load))
