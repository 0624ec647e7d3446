"""A world made by hand, in which every leak of planted.py shows."""

from __future__ import annotations

from tests.access.oracle import World
from tests.access.worlds import CODES, LINK, field_number
from tests.access.worlds_crm import BIND, BINDS

VIEW = frozenset({"view"})
Grant = tuple[str, int, str, frozenset[str]]
GRANTS: list[Grant] = [
    *(("list", n, who, frozenset({"change"})) for n, who in ((1, "U2"), (2, "U4"))),
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


def small_world() -> World:
    """1 administers, 2 left; 3 works in D2 below D1, 4 in D1, 5 nowhere and stands in the group.

    List 1 is of CRM: 6 (in D2) and 7 (who heads D3) have roles, 11 one that gives nothing.
    9, 10 and 11 made one element each: in a restricted section, restricted, in the bin.
    List 3 is of companies. List 2 is a tab in the cards of list 1 by BINDS (its BIND is hidden),
    list 1 for who sees its BIND.
    """
    world = World()
    world.departments = {1: {"parent": None}, 2: {"parent": 1}, 3: {"parent": None, "head": 7}}
    places = {**dict.fromkeys(range(1, 12)), 3: 2, 4: 1, 6: 2, 8: 3}
    for number, place in places.items():
        world.people[number] = {"active": number != 2, "admin": number == 1, "department": place}
    world.groups, world.lists = (
        {1: {"members": {5}}},
        {1: {"crm": "contact"}, 2: {}, 3: {"crm": "company"}},
    )
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
        open_ = {"list": 3, "code": code, "hidden": False, "locked": False}
        world.fields[field_number(3, code)] = open_
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
    world.grants = list(GRANTS)
    return _bound(_crm(world))


def _bound(world: World) -> World:
    """19 and 20 belong to 2, 19 to the closed 8 as well; 20 is closed, 21 in the bin, 22 bound by
    the hidden field alone. 1 is bound to 10, 5 to 3. 23 and the closed 24 link to 2, 25 to 23 by
    a field that only 1 sees."""
    kinds = {BIND: {"contact"}, BINDS: {"contact", "company"}}
    for list_, code in [(3, BIND), (3, BINDS)]:
        world.fields[field_number(list_, code)] |= {"kinds": kinds[code], "tab": False}
    for list_, code in [(1, BIND), (2, BIND), (1, BINDS), (2, BINDS)]:
        row = world.fields[field_number(list_, code)]
        row["hidden"], row["locked"] = code == BIND, (list_, code) == (2, BINDS)
        row["kinds"], row["tab"] = kinds[code], (list_, code) != (1, BINDS)
    plain = {"list": 2, "author": 1, "section": None, "filled": True, "amount": 2, "link": None}
    plain |= {"restricted": False, "deleted": False}
    for number, more in {
        19: {"binds": [2, 8]},
        20: {"binds": [2], "restricted": True},
        21: {"binds": [2], "deleted": True},
        22: {"bind": [2]},
        23: {"list": 3, "link": 2},
        24: {"list": 3, "link": 2, "restricted": True},
        25: {"link": 23},
    }.items():
        world.elements[number] = {**plain, **more}
    world.fields[field_number(2, LINK)]["hidden"] = True
    world.elements[1]["bind"], world.elements[5]["bind"] = [10], [3]
    world.grants.append(("field", field_number(1, BIND), "D3", VIEW))
    world.grants.append(("list", 2, "D3", frozenset({"add"})))
    world.grants.append(("list", 3, "U4", VIEW))
    return world


def _crm(world: World) -> World:
    plain = {"list": 1, "author": 1, "restricted": False, "deleted": False, "filled": True}
    plain |= {"amount": 1, "link": None, "section": None}
    for number, more in {
        9: {"responsible": 6},
        10: {"responsible": 3, "section": 1},
        11: {"responsible": 6, "section": 3},
        12: {"responsible": 6, "restricted": True},
        13: {"responsible": 8},
        14: {"responsible": 6, "deleted": True},
        15: {"responsible": 6, "section": 2},
        16: {"author": 9, "section": 3},
        17: {"author": 10, "restricted": True},
        18: {"author": 11, "deleted": True},
    }.items():
        world.elements[number] = {**plain, **more}
    own = {"view": "own", "change": "own", "add": "own"}
    world.roles = {
        1: {"members": {"U6"}, "permissions": {(1, None): own, (1, 2): {"add": "own"}}},
        2: {"members": {"U7"}, "permissions": {(1, None): {"view": "department"}}},
        3: {"members": {"U11"}, "permissions": {(1, None): {"view": "none"}}},
    }
    return world
