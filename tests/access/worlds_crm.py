"""What worlds have of CRM: a list that is one of its kinds, and roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from crm_link.models import Role, RoleMember, RolePermission
from staff.models import Department
from staff.subjects import holders
from tests.access.oracle import World

OPERATIONS = ("view", "add", "change", "delete", "run")


def draw_roles(draw: Callable[[Any], Any], world: World) -> None:
    """One list of CRM in most worlds, with up to two roles for everybody's subjects."""
    list_ = draw(st.sampled_from([None, *world.lists]))
    if list_ is None:
        return
    world.lists[list_]["crm"] = True
    own = [key for key, row in world.sections.items() if row["list"] == list_]
    subjects = ["AU", *(f"U{pk}" for pk in world.people), *(f"G{pk}" for pk in world.groups)]
    subjects += [f"{kind}{pk}" for pk in world.departments for kind in ("D", "DR")]
    scope = st.sampled_from(["none", "own", "department", "subtree", "subtree", "all"])
    permission = st.dictionaries(st.sampled_from(OPERATIONS), scope, max_size=3)
    for number in range(1, draw(st.integers(1, 2)) + 1):
        members = draw(st.sets(st.sampled_from(subjects), min_size=1, max_size=3))
        places = {None, *draw(st.sets(st.sampled_from(own)))} if own else {None}
        permissions = {(list_, place): draw(permission) for place in sorted(places, key=bool)}
        world.roles[number] = {"members": members, "permissions": permissions}


def write_roles(built: Any) -> None:
    """The roles of CRM as they are stored, and who heads which department."""
    for number, row in built.world.departments.items():
        head = built.people.get(row.get("head"))
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
