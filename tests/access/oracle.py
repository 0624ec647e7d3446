"""The access oracle: docs/access.md once more, by brute force over every grant.

Written from that page alone and sharing no code with the product. Slow and obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

BRINGS = {"change": {"view"}, "delete": {"view"}, "run": {"view"}, "access": {"view"}}
EVERYTHING = {"view", "add", "change", "delete", "run", "access", "full"}
Rows = dict[int, dict[str, Any]]  # the world's own numbers → plain rows


@dataclass
class World:
    """people: active, admin, department. departments, sections: parent. groups: members.

    sections: list, restricted. fields: list, hidden ("viewing restricted"), locked ("changing
    restricted"). elements: list, section, author, restricted, deleted. grants: (kind of thing,
    its number, subject such as "DR2", rights).
    """

    people: Rows = field(default_factory=dict)
    departments: Rows = field(default_factory=dict)
    groups: Rows = field(default_factory=dict)
    lists: Rows = field(default_factory=dict)
    sections: Rows = field(default_factory=dict)
    fields: Rows = field(default_factory=dict)
    elements: Rows = field(default_factory=dict)
    grants: list[tuple[str, int, str, frozenset[str]]] = field(default_factory=list)


def all_of(rights: frozenset[str]) -> set[str]:
    if "full" in rights:
        return set(EVERYTHING)
    return set(rights).union(*(BRINGS.get(right, set()) for right in rights))


def above(rows: Rows, start: int | None) -> Iterator[int]:
    while start is not None:
        yield start
        start = rows[start]["parent"]


def counts_as(world: World, person: int, subject: str, author: int | None) -> bool:
    kind, number = subject.rstrip("0123456789"), int(subject.lstrip("ACDGRU") or 0)
    department = world.people[person]["department"]
    return {
        "U": number == person,
        "D": number == department,
        "DR": number in above(world.departments, department),
        "G": kind == "G" and person in world.groups[number]["members"],
        "AU": True,
        "CR": author == person,
    }[kind]


def granted(world: World, person: int, kind: str, thing: int, author: int | None) -> set[str]:
    """What the grants on this very thing give, without administrators and without levels."""
    rights: set[str] = set()
    for its_kind, its_number, subject, given in world.grants:
        if (its_kind, its_number) == (kind, thing) and counts_as(world, person, subject, author):
            rights |= all_of(given)
    return rights


def levels(world: World, kind: str, thing: int) -> Iterator[tuple[str, int]]:
    """The thing itself and all that it takes rights from."""
    if kind == "list":
        yield kind, thing
        return
    row = (world.elements if kind == "element" else world.sections)[thing]
    if kind == "element":
        yield kind, thing
        if row["restricted"]:
            return
    for section in above(world.sections, row["section"] if kind == "element" else thing):
        yield "section", section
        if world.sections[section]["restricted"]:
            return
    yield "list", row["list"]


def rights(world: World, person: int, kind: str, thing: int, author: int | None = None) -> set[str]:
    """All rights on a list, a section or an element; `author` of one that is not made yet."""
    if not world.people[person]["active"]:
        return set()
    if world.people[person]["admin"]:
        return set(EVERYTHING)
    author = world.elements[thing]["author"] if kind == "element" else author
    return set().union(
        *(granted(world, person, *level, author) for level in levels(world, kind, thing))
    )


def may(world: World, person: int, right: str, element: int) -> bool:
    return right in rights(world, person, "element", element)


def field_rights(world: World, person: int, number: int, author: int | None) -> set[str]:
    row = world.fields[number]
    if not world.people[person]["active"]:
        return set()
    if "full" in rights(world, person, "list", row["list"]):
        return {"view", "change"}
    given = granted(world, person, "field", number, author)
    if row["hidden"] and not given & {"view", "change"}:
        return set()
    return {"view"} if row["locked"] and "change" not in given else {"view", "change"}


def sees_field(world: World, person: int, number: int, author: int | None = None) -> bool:
    """With the author: on an element's own page and form; without: wherever rows are many."""
    return "view" in field_rights(world, person, number, author)


def changes_field(world: World, person: int, number: int, author: int | None = None) -> bool:
    return "change" in field_rights(world, person, number, author)


def sees_list(world: World, person: int, list_: int) -> bool:
    """Any right on it, on a section, on an element; or an own element that authors may view."""
    if rights(world, person, "list", list_):
        return True
    sections = [key for key, row in world.sections.items() if row["list"] == list_]
    elements = {key: row for key, row in world.elements.items() if row["list"] == list_}
    active = world.people[person]["active"]
    return (
        any(rights(world, person, "section", key) for key in sections)
        or any(active and granted(world, person, "element", key, None) for key in elements)
        or any(may(world, person, "view", k) for k, row in elements.items() if not row["deleted"])
    )


def sees_section(world: World, person: int, section: int) -> bool:
    """Any right in it or below, also as an author."""
    below = [key for key in world.sections if section in above(world.sections, key)]
    return any(rights(world, person, "section", key, author=person) for key in below)
