"""The demo's processes, loaded after its lists."""

from __future__ import annotations

from collections.abc import Mapping

from lists_core.demo.parts import DemoPart, demo_parts
from lists_core.models import List
from staff.models import Employee
from workflows.demo.certificates import load_certificates
from workflows.demo.documents import load_documents
from workflows.demo.loading import settle
from workflows.demo.roles import load_role_process, load_roles
from workflows.models import NumeratorList
from workflows.services.numerators import create_numerator_list


def load(actor: Employee, people: Mapping[str, Employee]) -> None:
    """What is there already stays; what is new starts its processes at once."""
    roles = load_roles(actor, people)
    load_certificates(actor, people)
    load_documents(actor, people, roles, _numerators(actor))
    tasks = List.objects.filter(code="DEMO_TASKS").first()
    if tasks is not None:
        load_role_process(tasks, roles, actor=actor, people=people)
    settle()


def _numerators(actor: Employee) -> List:
    present = NumeratorList.objects.select_related("list").first()
    return present.list if present else create_numerator_list(actor=actor)


def add_part() -> None:
    demo_parts.register(DemoPart("processes", load))
