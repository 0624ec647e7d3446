"""The access oracle: docs/access.md once more, by brute force over every grant.

Written from that page alone and sharing no code with the product. Slow and obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

BRINGS = {"change": {"view"}, "delete": {"view"}, "run": {"view"}, "access": {"view"}}
EVERYTHING = {"view", "add", "change", "delete", "run", "access", "full"}
# A row of World.people, .departments, … is a plain dict; `id` values are the world's own numbers.
Row = dict[str, Any]


@dataclass
class World:
    """people: active, admin, department. departments, sections: parent. groups: members.

    lists: no more than an id. sections: list, restricted. fields: list, hidden ("viewing
    restricted"), locked ("changing restricted"). elements: list, section, author, restricted,
    deleted. grants: (kind of thing, its id, subject such as "DR2", set of rights).
    """

    people: dict[int, Row] = field(default_factory=dict)
    departments: dict[int, Row] = field(default_factory=dict)
    groups: dict[int, Row] = field(default_factory=dict)
    lists: dict[int, Row] = field(default_factory=dict)
    sections: dict[int, Row] = field(default_factory=dict)
    fields: dict[int, Row] = field(default_factory=dict)
    elements: dict[int, Row] = field(default_factory=dict)
    grants: list[tuple[str, int, str, frozenset[str]]] = field(default_factory=list)


def all_of(rights: frozenset[str]) -> set[str]:
    """The rights with all they bring along."""
    if "full" in rights:
        return set(EVERYTHING)
    return set(rights).union(*(BRINGS.get(right, set()) for right in rights))


def above(rows: dict[int, Row], start: int | None) -> Iterator[int]:
    while start is not None:
        yield start
        start = rows[start]["parent"]


def counts_as(world: World, person: int, subject: str, author: int | None) -> bool:
    kind, number = subject.rstrip("0123456789"), subject.lstrip("ACDGRU")
    department = world.people[person]["department"]
    return {
        "U": lambda: int(number) == person,
        "D": lambda: int(number) == department,
        "DR": lambda: int(number) in above(world.departments, department),
        "G": lambda: person in world.groups[int(number)]["members"],
        "AU": lambda: True,
        "CR": lambda: author == person,
    }[kind]()


def granted(world: World, person: int, kind: str, thing: int, author: int | None) -> set[str]:
    """What the grants on this very thing give, without administrators and without levels."""
    rights: set[str] = set()
    for its_kind, its_id, subject, given in world.grants:
        if (its_kind, its_id) == (kind, thing) and counts_as(world, person, subject, author):
            rights |= all_of(given)
    return rights


def levels(world: World, place: Row) -> Iterator[tuple[str, int]]:
    """The place itself and what it takes rights from. `place` is a row with its own `kind`."""
    kind, row = place["kind"], place
    if kind == "element":
        yield "element", row["id"]
        if row["restricted"]:
            return
    start = {"element": "section", "section": "id"}.get(kind)
    for section in above(world.sections, row[start] if start else None):
        yield "section", section
        if world.sections[section]["restricted"]:
            return
    yield "list", row["id"] if kind == "list" else row["list"]


def rights(world: World, person: int, kind: str, thing: int) -> set[str]:
    """All rights of the person on a list, a section or an element."""
    who, row = world.people[person], {**getattr(world, kind + "s")[thing], "kind": kind, "id": thing}
    if not who["active"]:
        return set()
    if who["admin"]:
        return set(EVERYTHING)
    levels_ = levels(world, row)
    return set().union(*(granted(world, person, *level, row.get("author")) for level in levels_))


def may(world: World, person: int, right: str, element: int) -> bool:
    return right in rights(world, person, "element", element)


def field_rights(world: World, person: int, number: int, author: int | None) -> set[str]:
    row = world.fields[number]
    if "full" in rights(world, person, "list", row["list"]):
        return {"view", "change"}
    if not world.people[person]["active"]:
        return set()
    given = granted(world, person, "field", number, author)
    read = set() if row["hidden"] and not given & {"view", "change"} else {"view"}
    return read | ({"change"} if read and ("change" in given or not row["locked"]) else set())


def sees_field(world: World, person: int, number: int, element: int | None = None) -> bool:
    """On the element's own page; without an element: in tables, filters, search, export."""
    author = None if element is None else world.elements[element]["author"]
    return "view" in field_rights(world, person, number, author)


def changes_field(world: World, person: int, number: int, element: int | None = None) -> bool:
    author = None if element is None else world.elements[element]["author"]
    return "change" in field_rights(world, person, number, author)


def of_list(rows: dict[int, Row], list_: int) -> list[int]:
    return [key for key, row in rows.items() if row["list"] == list_]


def sees_list(world: World, person: int, list_: int) -> bool:
    return bool(
        rights(world, person, "list", list_)
        or any(rights(world, person, "section", key) for key in of_list(world.sections, list_))
        or any(rights(world, person, "element", key) for key in of_list(world.elements, list_))
    )


def sees_section(world: World, person: int, section: int) -> bool:
    """A right in it or in a section below; as an author: on what the person made there."""
    below = {key for key in world.sections if section in above(world.sections, key)}
    inside = [key for key, row in world.elements.items() if row["section"] in below]
    return any(rights(world, person, "section", key) for key in below) or any(
        rights(world, person, "element", key) for key in inside
    )
