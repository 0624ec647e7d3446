"""CRM set up in a test database, and short ways to make items."""

from __future__ import annotations

from typing import Any

from crm_link.kinds import kinds
from crm_link.models import Role, RoleMember, RolePermission, Stage
from crm_link.services.items import create_item
from crm_link.services.setup import set_up_crm
from lists_core.models import List
from staff.models import Employee


def administrator() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


def crm(admin: Employee) -> dict[str, List]:
    """Slug of the kind → its list."""
    return set_up_crm(actor=admin)


def item(kind: str, actor: Employee, name: str = "Test", **values: Any) -> Any:
    """A new item's row; `pipeline` chooses a pipeline of deals by its id."""
    pipeline = values.pop("pipeline", None)
    given = {"NAME": name, **values}
    return create_item(kinds.get(kind), given, actor=actor, pipeline_id=pipeline)


def stage(kind: str, code: str) -> Stage:
    """A stage by its code: NEW, WON, "C5:LOSE"."""
    return Stage.objects.get(option__field__list__system=f"crm.{kind}", code=code)


def adds_own(person: Employee) -> Employee:
    """Somebody whose role lets them see and add leads of their own, of nobody else."""
    role = Role.objects.create(name="Own")
    RoleMember.objects.create(role=role, employee=person)
    leads = List.objects.get(system="crm.lead")
    RolePermission.objects.create(role=role, list=leads, may_view="own", may_add="own")
    return person
