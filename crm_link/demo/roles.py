"""Who has which role of CRM in the demo: sellers see their own, heads their departments."""

from __future__ import annotations

from dataclasses import replace

from crm_link.models import Role, RoleMember
from crm_link.ready_roles import READY_ROLES
from crm_link.selectors.roles import stored_draft
from crm_link.services.roles import create_ready_roles, update_role
from staff.models import Department, Employee
from staff.subjects import Subject

SALES = "Продажи"


def load_roles(actor: Employee) -> None:
    """Once: roles that have members already stay as they are."""
    create_ready_roles(actor=actor)
    if RoleMember.objects.exists():
        return
    sales = Department.objects.filter(name=SALES).first()
    head, seller = (str(READY_ROLES[number].name) for number in (1, 2))
    if sales is not None:
        _give(seller, Subject("DR", sales.pk), actor)
        if sales.head_id:
            _give(head, Subject("U", sales.head_id), actor)


def _give(name: str, member: Subject, actor: Employee) -> None:
    role = Role.objects.get(name=name)
    update_role(role.pk, replace(stored_draft(role), members=[member]), actor=actor)
