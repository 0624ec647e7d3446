"""The Disk's part of docs/access.md once more, by brute force; see tests/access/oracle.py.

Written from that page alone and sharing no code with the product. A world's folders have parent,
restricted, author, deleted; its files have folder in the place of parent. Grants are those of
`oracle.World`, on ("disk", 1), ("folder", n), ("file", n).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.access.oracle import EVERYTHING, Rows, World, granted


@dataclass
class DiskWorld(World):
    """`changed`: somebody has set the rights on the Disk itself; until then all employees edit
    and authors have full access."""

    folders: Rows = field(default_factory=dict)
    files: Rows = field(default_factory=dict)
    changed: bool = False


AT_FIRST = [
    ("disk", 1, "AU", frozenset({"view", "add", "change", "delete"})),
    ("disk", 1, "CR", frozenset({"full"})),
]


def row_of(world: DiskWorld, kind: str, number: int) -> dict:
    return (world.files if kind == "file" else world.folders)[number]


def way(world: DiskWorld, kind: str, number: int) -> Iterator[tuple[str, int, int | None]]:
    """The thing and all that it takes rights from: (kind, number, author)."""
    place: int | None = number
    while place is not None:
        row = row_of(world, kind, place)
        yield kind, place, row["author"]
        if row["restricted"]:
            return
        place, kind = row["folder" if kind == "file" else "parent"], "folder"
    yield "disk", 1, None


def rights(world: DiskWorld, person: int, kind: str, number: int) -> set[str]:
    if not world.people[person]["active"]:
        return set()
    if world.people[person]["admin"]:
        return set(EVERYTHING)
    steps = list(way(world, kind, number)) if kind != "disk" else [("disk", 1, None)]
    held: set[str] = set()
    for place, (its_kind, its_number, _author) in enumerate(steps):
        # Who made this or something on the way below it holds what authors were given here.
        made = any(author == person for *_thing, author in steps[: place + 1])
        author = person if made else None
        held |= granted(as_granted(world), person, its_kind, its_number, author)
    return held


def as_granted(world: DiskWorld) -> DiskWorld:
    if world.changed:
        return world
    grants = [one for one in world.grants if one[0] != "disk"] + AT_FIRST
    return DiskWorld(world.people, world.departments, world.groups, grants=grants)


def sees_file(world: DiskWorld, person: int, number: int) -> bool:
    return not world.files[number]["deleted"] and "view" in rights(world, person, "file", number)


def reads_content(world: DiskWorld, person: int, number: int) -> bool:
    needed = "delete" if world.files[number]["deleted"] else "view"
    return needed in rights(world, person, "file", number)


def knows_folder(world: DiskWorld, person: int, number: int) -> bool:
    """Any right on it, on a folder below, or something granted on a file below to see it."""
    if world.folders[number]["deleted"]:
        return False
    if not world.people[person]["active"]:
        return False
    if rights(world, person, "folder", number):
        return True
    inside = [key for key, row in world.folders.items() if row["parent"] == number]
    files = [key for key, row in world.files.items() if row["folder"] == number]
    return any(knows_folder(world, person, key) for key in inside) or any(
        "view" in granted(world, person, "file", key, None)
        for key in files
        if not world.files[key]["deleted"]
    )
