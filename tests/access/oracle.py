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
    its number, subject such as "DR2", rights). Of CRM: departments: head. lists: crm (a kind).
    fields: kinds (that it binds to), tab (it is to make tabs). elements: responsible, bind and
    binds (items). roles: members (subjects), permissions ((list, section or None) → operation →
    scope).
    """

    people: Rows = field(default_factory=dict)
    departments: Rows = field(default_factory=dict)
    groups: Rows = field(default_factory=dict)
    lists: Rows = field(default_factory=dict)
    sections: Rows = field(default_factory=dict)
    fields: Rows = field(default_factory=dict)
    elements: Rows = field(default_factory=dict)
    grants: list[tuple[str, int, str, frozenset[str]]] = field(default_factory=list)
    roles: Rows = field(default_factory=dict)


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
    held: set[str] = set().union(
        *(granted(world, person, *level, author) for level in levels(world, kind, thing))
    )
    if kind == "element":
        responsible = world.elements[thing].get("responsible")
        held |= by_roles(world, person, places(world, kind, thing), responsible)
    return held


def may_add(world: World, person: int, list_: int, section: int | None, responsible: Any) -> bool:
    """Make an element of this responsible in a place."""
    kind, thing = ("section", section) if section else ("list", list_)
    held = rights(world, person, kind, thing)
    if world.people[person]["active"]:
        held = held | by_roles(world, person, places(world, kind, thing), responsible)
    return "add" in held


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
    """Any right on it, on a section, on an element; an own element that authors may view; or
    any permission of a role in it."""
    if rights(world, person, "list", list_) or permitted(world, person, [(list_, None)]):
        return True
    sections = [key for key, row in world.sections.items() if row["list"] == list_]
    elements = {key: row for key, row in world.elements.items() if row["list"] == list_}
    active = world.people[person]["active"]
    return (
        any(rights(world, person, "section", key) for key in sections)
        or any(permitted(world, person, [(list_, key)]) for key in sections)
        or any(active and granted(world, person, "element", key, None) for key in elements)
        or any(may(world, person, "view", k) for k, row in elements.items() if not row["deleted"])
    )


def sees_section(world: World, person: int, section: int) -> bool:
    """Any right in it or below, also as an author, or by a role."""
    below = [key for key in world.sections if section in above(world.sections, key)]
    return any(
        rights(world, person, "section", key, author=person)
        or permitted(world, person, places(world, "section", key))
        for key in below
    )


def tab_fields(
    world: World, person: int, item: int, list_: int, author: int | None = None
) -> list[int]:
    """The fields that make the list a tab in the card of a CRM item, as far as one sees them."""
    kind = world.lists[world.elements[item]["list"]]["crm"]
    fields = {key: row for key, row in world.fields.items() if row["list"] == list_}
    making = [k for k, row in fields.items() if row.get("tab") and kind in row["kinds"]]
    return [key for key in making if sees_field(world, person, key, author)]


def tab(world: World, person: int, item: int, list_: int) -> set[int] | None:
    """The elements in the list's tab in the card of an item; None where there is no such tab."""
    making = tab_fields(world, person, item, list_)
    known = not world.elements[item]["deleted"] and may(world, person, "view", item)
    if not (known and making and sees_list(world, person, list_)):
        return None
    parts = [world.fields[key]["code"].lower() for key in making]
    return {
        key
        for key, row in world.elements.items()
        if row["list"] == list_ and any(item in row.get(part, ()) for part in parts)
        if not row["deleted"] and may(world, person, "view", key)
    }


# --- roles of CRM -----------------------------------------------------------------------


def places(world: World, kind: str, thing: int) -> list[Any]:
    """Where permissions that reach the thing may be, the nearest first: (list, section)."""
    found: list[Any] = []
    for level, number in levels(world, kind, thing):
        if level == "section":
            found.append((world.sections[number]["list"], number))
        elif level == "list":
            found.append((number, None))
    return found


def scopes(world: World, person: int, among: list[Any]) -> Iterator[dict[str, str]]:
    """Of each role of the person the permission in the first of these places that has one."""
    for role in world.roles.values():
        if any(counts_as(world, person, subject, None) for subject in role["members"]):
            own = role["permissions"]
            yield next((own[place] for place in among if place in own), {})


def permitted(world: World, person: int, among: list[Any]) -> bool:
    """Any permission with a scope: whoever the items there belong to."""
    found = scopes(world, person, among) if world.people[person]["active"] else ()
    return any(scope != "none" for own in found for scope in own.values())


def by_roles(world: World, person: int, among: list[Any], responsible: Any) -> set[str]:
    return set().union(
        *(
            all_of(frozenset({operation}))
            for own in scopes(world, person, among)
            for operation, scope in own.items()
            if in_scope(world, person, scope, responsible)
        )
    )


def in_scope(world: World, person: int, scope: str, responsible: int | None) -> bool:
    if scope in {"all", "none"} or responsible is None:
        return scope == "all"
    if responsible == person or scope == "own":
        return responsible == person
    home = world.people[responsible]["department"]
    reached = {home} - {None} if scope == "department" else set(above(world.departments, home))
    heads = {key for key, row in world.departments.items() if row.get("head") == person}
    return bool(reached & {world.people[person]["department"], *heads})
