"""What worlds have of CRM, put into the database: kinds, bindings, figures, roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_link.kinds import COMPANY, CONTACT, kinds
from crm_link.models import Role, RoleMember, RolePermission, TabFigure
from crm_link.refs import CrmRef
from lists_core.models import Field, List
from staff.models import Department
from staff.subjects import holders

#: A binding of one value and one of several.
BIND, BINDS = "BIND", "BINDS"
SETTINGS = {
    BIND: {"kinds": [CONTACT.slug], "visible": False},
    BINDS: {"kinds": [CONTACT.slug, COMPANY.slug], "visible": False},
}


def write_kinds(built: Any) -> None:
    """The lists that are kinds of CRM, which bindings make tabs, and figures of every list."""
    for number, row in built.world.lists.items():
        if row.get("crm"):
            system = kinds.get(row["crm"]).system
            List.objects.filter(pk=built.lists[number].pk).update(system=system)
            built.lists[number] = List.objects.get(pk=built.lists[number].pk)
    for number, row in built.world.fields.items():
        if row.get("tab"):
            settings = {**SETTINGS[row["code"]], "visible": True}
            Field.objects.filter(pk=built.fields[number].pk).update(settings=settings)
    amounts = [
        (built.lists[row["list"]], built.fields[number])
        for number, row in built.world.fields.items()
        if row["code"] == "AMOUNT"
    ]
    TabFigure.objects.bulk_create(
        TabFigure(kind=kind, list=list_, measure=measure, field=field, place=place)
        for kind in (CONTACT.slug, COMPANY.slug)
        for list_, amount in amounts
        for place, (measure, field) in enumerate((("count", None), ("sum", amount)))
    )


def refs_of(built: Any, element: int, code: str) -> list[CrmRef]:
    """What a binding of an element is bound to."""
    return [ref_of(built, item) for item in built.world.elements[element].get(code.lower(), ())]


def ref_of(built: Any, item: int) -> CrmRef:
    kind = built.world.lists[built.world.elements[item]["list"]]["crm"]
    return CrmRef(kind, built.elements[item])


def bound_values(built: Any, element: int) -> dict[str, CrmRef | Sequence[CrmRef] | None]:
    one, several = (refs_of(built, element, code) for code in (BIND, BINDS))
    return {BIND: one[0] if one else None, BINDS: several or None}


def write_roles(built: Any) -> None:
    """The roles of CRM as they are stored, and who heads which department."""
    for number, row in built.world.departments.items():
        if head := built.people.get(row.get("head")):
            Department.objects.filter(pk=built.departments[number].pk).update(head=head)
    Role.objects.all().delete()
    for number, row in built.world.roles.items():
        role = Role.objects.create(name=f"role{number}")
        found = holders(built.subject(code) for code in row["members"])
        RoleMember.objects.bulk_create(
            RoleMember(role=role, employee_id=person, group_id=group)
            for person, group in found.values()
        )
        RolePermission.objects.bulk_create(
            RolePermission(
                role=role,
                list=built.lists[list_],
                section=built.sections[section] if section else None,
                **{f"may_{operation}": scope for operation, scope in own.items()},
            )
            for (list_, section), own in row["permissions"].items()
        )
