"""Rights act at once: after each change every selector says what the oracle says.

The change is made through the services, as people make it, and in the world beside them.
"""

from __future__ import annotations

import pytest

from lists_core.access import Right
from lists_core.schema.cache import forget_schemas
from lists_core.selectors.rights import grants_on
from lists_core.services import rights as services
from lists_core.services.elements import move_elements
from lists_core.services.sections import move_section
from staff.models import Department, Employee
from staff.services.departments import move_department
from staff.services.employees import update_employee
from tests.access.adapters import READING
from tests.access.adapters_write import WRITING
from tests.access.look import differences
from tests.access.oracle import World
from tests.access.worlds import CODES, MODELS, Built, build, field_number, prepare

pytestmark = pytest.mark.django_db
VIEW = frozenset({"view"})
QUICK = [a for a in READING if a.__name__ in {
    "lists", "rows", "rights", "fields", "names", "sections", "history", "files", "readers",
}]  # fmt: skip


@pytest.fixture
def built(db, tmp_path, settings) -> Built:
    settings.MEDIA_ROOT = tmp_path
    return build(small_world(), prepare())


def small_world() -> World:
    """1 administers; 3 works in D2 below D1, 4 in D1, 5 nowhere and stands in the group."""
    world = World()
    world.departments = {1: {"parent": None}, 2: {"parent": 1}, 3: {"parent": None}}
    places = {1: None, 2: None, 3: 2, 4: 1, 5: None}
    for number, place in places.items():
        world.people[number] = {"active": number != 2, "admin": number == 1, "department": place}
    world.groups, world.lists = {1: {"members": {5}}}, {1: {}, 2: {}}
    world.sections = {
        1: {"list": 1, "parent": None, "restricted": False},
        2: {"list": 1, "parent": 1, "restricted": False},
        3: {"list": 1, "parent": None, "restricted": True},
    }
    for code in CODES:
        number, hidden = field_number(1, code), code in {"NOTE", "FILE"}
        world.fields[number] = {"list": 1, "code": code, "hidden": hidden, "locked": False}
        other = {"list": 2, "code": code, "hidden": False, "locked": code == "NOTE"}
        world.fields[field_number(2, code)] = other
    for number, (section, author) in enumerate([(None, 1), (1, 3), (2, 4), (3, 5), (2, 5)], 1):
        world.elements[number] = {
            "list": 1, "section": section, "author": author, "restricted": False,
            "deleted": False, "amount": number, "filled": True, "link": None,
        }  # fmt: skip
    plain = {"section": None, "restricted": False, "filled": True, "amount": 1, "link": None}
    world.elements[6] = {**plain, "list": 2, "author": 1, "deleted": False}
    world.elements[7] = {**plain, "list": 1, "author": 3, "deleted": True, "section": 1}
    world.elements[8] = {**plain, "list": 1, "author": 4, "deleted": False, "restricted": True}
    world.elements[1]["link"] = world.elements[2]["link"] = 6
    world.grants = [
        ("list", 2, "U4", frozenset({"change"})),
        ("element", 8, "U5", VIEW),
        ("element", 3, "CR", frozenset({"change"})),
        ("field", 1, "CR", VIEW),
        ("section", 1, "DR1", VIEW),
        ("section", 2, "D3", frozenset({"change"})),
        ("section", 3, "G1", VIEW),
        ("element", 1, "D1", VIEW),
        ("list", 1, "CR", VIEW),
        ("field", 1, "DR1", VIEW),
        ("field", 4, "U5", VIEW),
    ]
    return world


def same(built: Built) -> None:
    forget_schemas()  # another process
    found = differences(built, built.world.people, QUICK)
    assert not found, "\n".join(found)


def regrant(built: Built, kind: str, thing: int, *, restricted: bool | None = None) -> None:
    """Write the world's grants on a thing through the service that people use."""
    world, admin, list_ = built.world, built.fresh(1), built.lists[1].pk
    wanted = {
        built.subject(code): frozenset(map(Right, given))
        for k, t, code, given in world.grants
        if (k, t) == (kind, thing)
    }
    row = getattr(world, kind + "s")[thing]
    if restricted and not row["restricted"]:
        # Who restricts a thing keeps what they held: the administrator is given it.
        world.grants.append((kind, thing, "U1", frozenset({"full"})))
    if restricted is not None:
        row["restricted"] = restricted
    pk = built.thing(kind, thing)
    if kind == "list":
        services.set_list_rights(list_, wanted, actor=admin)
    elif kind == "field":
        marks = {"view_restricted": row["hidden"], "change_restricted": row["locked"]}
        services.set_field_rights(list_, pk, wanted, **marks, actor=admin)
    else:
        call = services.set_section_rights if kind == "section" else services.set_element_rights
        call(list_, pk, wanted, restricted=row["restricted"], actor=admin)
    assert set(wanted) <= set(grants_on(MODELS[kind], pk))


def grant(built: Built, kind: str, thing: int, code: str, *given: str) -> None:
    built.world.grants.append((kind, thing, code, frozenset(given)))
    regrant(built, kind, thing)
    same(built)


def revoke(built: Built, kind: str, thing: int) -> None:
    world = built.world
    world.grants = [entry for entry in world.grants if entry[:2] != (kind, thing)]
    regrant(built, kind, thing)
    same(built)


def test_everything_in_the_small_world(built: Built) -> None:
    found = differences(built, built.world.people, [*READING, *WRITING])
    assert not found, "\n".join(found)


def test_grants_act_at_once(built: Built) -> None:
    same(built)
    grant(built, "list", 1, "U4", "view", "add")
    grant(built, "section", 2, "AU", "change")
    grant(built, "element", 4, "D1", "delete")
    grant(built, "field", 1, "U5", "view")
    for kind, thing in [("element", 1), ("section", 2), ("field", 1), ("list", 1), ("element", 4)]:
        revoke(built, kind, thing)


def test_restricting_acts_at_once(built: Built) -> None:
    for restricted in (True, False):
        for kind, thing in (("section", 1), ("element", 2)):
            regrant(built, kind, thing, restricted=restricted)
            same(built)


def test_departments_act_at_once(built: Built) -> None:
    admin, world = built.fresh(1), built.world
    for place in (3, 1, 2):
        place_of = Department.objects.get(pk=built.departments[place].pk)
        update_employee(built.fresh(3), {"department": place_of}, actor=admin)
        world.people[3]["department"] = place
        same(built)
    for above in (3, None, 1):
        parent = Department.objects.get(pk=built.departments[above].pk) if above else None
        moved = Department.objects.get(pk=built.departments[2].pk)
        move_department(moved, parent=parent, actor=admin)
        world.departments[2]["parent"] = above
        same(built)


def test_groups_and_marks_act_at_once(built: Built) -> None:
    world = built.world
    built.groups[1].user_set.add(built.people[4])
    world.groups[1]["members"].add(4)
    same(built)
    built.groups[1].user_set.remove(built.people[5])
    world.groups[1]["members"].discard(5)
    same(built)
    for mark, column, values in (
        ("active", "is_active", (False, True)),
        ("admin", "is_superuser", (True, False)),
    ):
        for value in values:
            Employee.objects.filter(pk=built.people[4].pk).update(**{column: value})
            world.people[4][mark] = value
            same(built)


def test_moves_act_at_once(built: Built) -> None:
    admin, world, list_ = built.fresh(1), built.world, built.lists[1].pk
    for place in (3, 2, None):
        section = built.sections[place].pk if place else None
        move_elements(list_, [built.elements[2]], section_id=section, actor=admin)
        world.elements[2]["section"] = place
        same(built)
    for above in (3, None):
        parent = built.sections[above].pk if above else None
        move_section(list_, built.sections[2].pk, parent_id=parent, order=[], actor=admin)
        world.sections[2]["parent"] = above
        same(built)
