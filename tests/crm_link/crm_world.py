"""CRM set up in a test database, and short ways to make items."""

from __future__ import annotations

from typing import Any

from crm_link.kinds import kinds
from crm_link.models import OPERATIONS, Role, RoleMember, RolePermission, Scope, Stage
from crm_link.services.items import create_item
from crm_link.services.setup import set_up_crm
from crm_link.services.stage_removal import delete_stage
from crm_link.services.stages import set_required
from lists_core.field_types.options import option_rows
from lists_core.models import Field, List
from lists_core.services.fields import update_field
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


def crm_manager(name: str) -> Employee:
    """Somebody who manages CRM and all its items, and is no administrator."""
    person = Employee.objects.create_user(name, f"{name}@svod.example", "x")
    role = Role.objects.create(name=name, manages=True)
    RoleMember.objects.create(role=role, employee=person)
    for list_ in List.objects.filter(system__startswith="crm."):
        RolePermission.objects.create(
            role=role, list=list_, **dict.fromkeys(OPERATIONS.values(), Scope.ALL)
        )
    return person


def ask_more_of_leads(admin: Employee) -> None:
    """What designers do any day: a required field, and one that the first stage asks for."""
    fields = Field.objects.filter(list__system="crm.lead")
    update_field(fields.get(code="AMOUNT").pk, actor=admin, required=True)
    asked = fields.get(code="COMPANY_TITLE").pk
    set_required(stage("lead", "NEW").pk, [asked], actor=admin)


def remove_source(admin: Employee, option_id: int) -> None:
    field = Field.objects.get(list__system="crm.lead", code="SOURCE")
    rows = [
        {"id": row["id"], "removed": True} if row["id"] == option_id else row
        for row in option_rows(field)
    ]
    update_field(field.pk, actor=admin, settings={**field.settings, "options": rows})


def remove_stage(admin: Employee, code: str) -> None:
    delete_stage(stage("lead", code).pk, actor=admin)
