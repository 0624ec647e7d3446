"""Worlds drawn by hypothesis (tests/access/worlds.py makes them in PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.access.oracle import World
from tests.access.worlds import BIND, BINDS, CODES, LISTS, field_number

OPERATIONS = ("view", "add", "change", "delete", "run")
RIGHTS = ("view", "add", "change", "delete", "run", "access", "full")


def tree(draw: Callable[[Any], Any], size: int) -> dict[int, int | None]:
    """Number → the number above it."""
    return {
        number: draw(st.sampled_from([None, *range(1, number)])) for number in range(1, size + 1)
    }


@st.composite
def worlds(draw: Callable[[Any], Any]) -> World:
    world = World()
    _people(draw, world)
    world.lists = {number: {} for number in range(1, draw(st.integers(1, LISTS)) + 1)}
    for list_ in world.lists:
        _list(draw, world, list_)
    _elements(draw, world)
    _kinds(draw, world)
    _bindings(draw, world)
    _grants(draw, world)
    _roles(draw, world)
    return world


def _people(draw: Callable[[Any], Any], world: World) -> None:
    world.departments = {
        number: {"parent": above} for number, above in tree(draw, draw(st.integers(1, 4))).items()
    }
    size = draw(st.integers(3, 6))
    for number in range(1, size + 1):
        place = draw(st.sampled_from([None, *world.departments]))
        world.people[number] = {"active": number != 2, "admin": number == 1, "department": place}
    ordinary = range(3, size + 1)
    asked = st.lists(st.sampled_from([*ordinary, *ordinary, 1, 2]), min_size=1, max_size=2)
    for number in draw(asked):
        world.people[number]["looks"] = True
    for row in world.departments.values():
        row["head"] = draw(st.sampled_from([None, None, *world.people]))
    for number in range(1, draw(st.integers(0, 3)) + 1):
        world.groups[number] = {"members": draw(st.sets(st.sampled_from(list(world.people))))}


def _list(draw: Callable[[Any], Any], world: World, list_: int) -> None:
    for code in CODES:
        hidden, locked = draw(st.sampled_from([(0, 0), (0, 0), (1, 0), (0, 1), (1, 1)]))
        number = field_number(list_, code)
        row = {"list": list_, "code": code, "hidden": bool(hidden), "locked": bool(locked)}
        world.fields[number] = row
    first = len(world.sections)
    for number, above in tree(draw, draw(st.integers(0, 3))).items():
        parent = above and first + above
        cut = draw(st.sampled_from([False, False, True]))
        world.sections[first + number] = {"list": list_, "parent": parent, "restricted": cut}


def _elements(draw: Callable[[Any], Any], world: World) -> None:
    for number in range(1, draw(st.sampled_from([0, 4, 6, 8, 15])) + 1):
        list_ = draw(st.sampled_from(list(world.lists)))
        places = [key for key, row in world.sections.items() if row["list"] == list_]
        world.elements[number] = {
            "list": list_,
            "section": draw(st.sampled_from([None, *places])),
            "author": draw(st.sampled_from(list(world.people))),
            "restricted": draw(st.sampled_from([False, False, False, True])),
            "deleted": draw(st.sampled_from([False, False, False, False, True])),
            "amount": draw(st.sampled_from([None, 1, 2, 3])),
            "filled": draw(st.booleans()),
            "responsible": draw(st.sampled_from([None, *world.people])),
        }
    for row in world.elements.values():
        target = row["list"] % LISTS + 1
        known = [key for key, other in world.elements.items() if other["list"] == target]
        row["link"] = draw(st.sampled_from([None, *known]))


def _grants(draw: Callable[[Any], Any], world: World) -> None:
    subjects = ["AU", "AU", "CR", "CR", *(f"U{pk}" for pk in world.people)]
    subjects += [f"{kind}{pk}" for pk in world.departments for kind in ("D", "DR")]
    subjects += [f"G{pk}" for pk in world.groups]
    things = [("list", key) for key in world.lists] * 2
    things += [("section", key) for key in world.sections] * 2
    things += [("element", key) for key in world.elements]
    restricted = {pk for pk, row in world.fields.items() if row["hidden"] or row["locked"]}
    things += [("field", key) for key in restricted]
    rights = st.frozensets(st.sampled_from(RIGHTS), min_size=1, max_size=3)
    one = st.tuples(st.sampled_from(things), st.sampled_from(subjects), rights)
    for (kind, number), subject, given in draw(st.lists(one, min_size=2, max_size=14)):
        # The right to add means nothing on an element; a field has two rights only.
        meant = given - {"add"} if kind == "element" else given
        meant = meant & {"view", "change"} if kind == "field" else meant
        if meant:
            world.grants.append((kind, number, subject, frozenset(meant)))


# --- what worlds have of CRM ------------------------------------------------------------


def _kinds(draw: Callable[[Any], Any], world: World) -> None:
    """In most worlds one list is that of contacts; in some of these the one that links to it is
    that of companies."""
    list_ = draw(st.sampled_from([None, *world.lists, *world.lists]))
    if list_ is None:
        return
    world.lists[list_]["crm"] = "contact"
    linking = [key for key in world.lists if key % LISTS + 1 == list_]
    if linking and draw(st.booleans()):
        world.lists[linking[0]]["crm"] = "company"


def _bindings(draw: Callable[[Any], Any], world: World) -> None:
    """BIND binds to contacts, BINDS to several items of both kinds; many make tabs."""
    kinds = {BIND: {"contact"}, BINDS: {"contact", "company"}}
    for row in world.fields.values():
        if row["code"] in kinds:
            row["kinds"], row["tab"] = (
                kinds[row["code"]],
                draw(st.sampled_from([True, True, False])),
            )
    items = [k for k, row in world.elements.items() if world.lists[row["list"]].get("crm")]
    people = [k for k in items if world.lists[world.elements[k]["list"]]["crm"] == "contact"]
    for row in world.elements.values() if items else ():
        row["bind"] = [one for one in [draw(st.sampled_from([None, *people, *people]))] if one]
        row["binds"] = sorted(draw(st.sets(st.sampled_from(items), max_size=2)))


def _roles(draw: Callable[[Any], Any], world: World) -> None:
    """Up to two roles for everybody's subjects."""
    lists = [key for key, row in world.lists.items() if row.get("crm")]
    if not lists:
        return
    subjects = ["AU", *(f"U{pk}" for pk in world.people), *(f"G{pk}" for pk in world.groups)]
    subjects += [f"{kind}{pk}" for pk in world.departments for kind in ("D", "DR")]
    for number in range(1, draw(st.integers(1, 2)) + 1):
        members = draw(st.sets(st.sampled_from(subjects), min_size=1, max_size=3))
        places = [place for list_ in lists for place in _places(draw, world, list_)]
        permissions = {place: draw(PERMISSION) for place in places}
        world.roles[number] = {"members": members, "permissions": permissions}


def _places(draw: Callable[[Any], Any], world: World, list_: int) -> list[Any]:
    """The list, and some of its sections: (list, None), (list, section)."""
    own = [key for key, row in world.sections.items() if row["list"] == list_]
    chosen = draw(st.sets(st.sampled_from(own))) if own else ()
    return [(list_, None), *((list_, key) for key in sorted(chosen))]


SCOPES = ["none", "own", "department", "subtree", "subtree", "all"]
PERMISSION = st.dictionaries(st.sampled_from(OPERATIONS), st.sampled_from(SCOPES), max_size=3)
