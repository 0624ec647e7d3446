"""Worlds of the Disk: one made by hand, drawn ones, and how they come into PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from hypothesis import strategies as st

from lists_core.access import Right, forget
from lists_core.access.disk import ROOT
from lists_core.models import DiskFile, DiskFileVersion, DiskFolder, DiskRoot, StoredFile
from lists_core.services.stored_rights import insert_rights
from staff.models import Department, Employee
from staff.subjects import Subject
from tests.access.oracle_disk import DiskWorld
from tests.access.worlds import _make_people
from tests.access.worlds_drawn import _people, tree

RIGHTS = ("view", "add", "change", "delete", "access", "full")
DELETED = datetime(2026, 11, 1, tzinfo=UTC)


def canary(kind: str, number: int) -> str:
    return f"CANARY-{'F' if kind == 'file' else 'D'}{number}Z"


@dataclass
class BuiltDisk:
    world: DiskWorld
    people: dict[int, Employee]
    departments: dict[int, Department]
    groups: dict[int, Group]
    folders: dict[int, DiskFolder]
    files: dict[int, DiskFile]

    def subject(self, code: str) -> Subject:
        kind, number = code.rstrip("0123456789"), code.lstrip("ACDGRU")
        known: dict[str, dict[int, Any]] = {"U": self.people, "G": self.groups}
        places = known.get(kind, self.departments)
        return Subject(kind, places[int(number)].pk) if number else Subject(kind)

    def item(self, kind: str, number: int) -> Any:
        return (self.files if kind == "file" else self.folders)[number]

    def numbers(self, kind: str, items: Any) -> set[int]:
        """The world's numbers of these folders or files (or their ids)."""
        known = {i.pk: n for n, i in (self.files if kind == "file" else self.folders).items()}
        return {known[getattr(item, "pk", item)] for item in items}


def build_disk(world: DiskWorld) -> BuiltDisk:
    """Put the world into the database, inside a transaction that the caller rolls back."""
    built = BuiltDisk(world, *_make_people(world), {}, {})
    for number, row in world.folders.items():
        built.folders[number] = DiskFolder.objects.create(
            name=canary("folder", number),
            parent=built.folders.get(row["parent"]),
            created_by=built.people.get(row["author"]),
            restricted=row["restricted"],
            deleted_at=deleted(row),
        )
    for number, row in world.files.items():
        built.files[number] = _file(built, number, row)
    _grant(built)
    forget()
    return built


def deleted(row: dict[str, Any]) -> datetime | None:
    return DELETED + timedelta(days=row["deleted"]) if row["deleted"] else None


def _file(built: BuiltDisk, number: int, row: dict[str, Any]) -> DiskFile:
    name = canary("file", number)
    stored = StoredFile.objects.create(
        name=name, content=f"x/{number}", size=1, mime="application/octet-stream", sha256="0" * 64
    )
    file = DiskFile.objects.create(
        name=name,
        folder=built.folders.get(row["folder"]),
        current=stored,
        created_by=built.people.get(row["author"]),
        restricted=row["restricted"],
        deleted_at=deleted(row),
    )
    DiskFileVersion.objects.create(disk_file=file, number=1, file=stored)
    return file


def _grant(built: BuiltDisk) -> None:
    if built.world.changed:
        DiskRoot.objects.create(pk=ROOT)
    merged: dict[tuple[str, int], dict[Subject, frozenset[Right]]] = defaultdict(dict)
    for kind, number, code, given in built.world.grants:
        on = merged[kind, number]
        subject = built.subject(code)
        on[subject] = on.get(subject, frozenset()) | frozenset(map(Right, given))
    for (kind, number), grants in merged.items():
        if kind == "disk":
            if built.world.changed:
                insert_rights(DiskRoot, [ROOT], grants)
        else:
            item = built.item(kind, number)
            insert_rights(type(item), [item.pk], grants)


# --- drawn --------------------------------------------------------------------------------


@st.composite
def disks(draw: Callable[[Any], Any]) -> DiskWorld:
    world = DiskWorld()
    _people(draw, world)
    authors = st.sampled_from([None, *world.people])
    cut = st.sampled_from([False, False, True])
    for number, above in tree(draw, draw(st.integers(1, 6))).items():
        gone = draw(st.sampled_from([0, 0, 0, 1]))
        if above and world.folders[above]["deleted"]:
            gone = world.folders[above]["deleted"]
        world.folders[number] = {
            "parent": above, "restricted": draw(cut), "author": draw(authors), "deleted": gone,
        }  # fmt: skip
    for number in range(1, draw(st.integers(1, 8)) + 1):
        folder = draw(st.sampled_from([None, *world.folders]))
        gone = world.folders[folder]["deleted"] if folder else 0
        gone = gone or draw(st.sampled_from([0, 0, 0, 2]))
        world.files[number] = {
            "folder": folder, "restricted": draw(cut), "author": draw(authors), "deleted": gone,
        }  # fmt: skip
    _grants(draw, world)
    return world


def _grants(draw: Callable[[Any], Any], world: DiskWorld) -> None:
    subjects = ["AU", "CR", "CR", *(f"U{pk}" for pk in world.people)]
    subjects += [f"{kind}{pk}" for pk in world.departments for kind in ("D", "DR")]
    subjects += [f"G{pk}" for pk in world.groups]
    things = [("disk", 1), *(("folder", key) for key in world.folders)] * 2
    things += [("file", key) for key in world.files]
    world.changed = draw(st.sampled_from([True, True, False]))
    given = st.frozensets(st.sampled_from(RIGHTS), min_size=1, max_size=3)
    one = st.tuples(st.sampled_from(things), st.sampled_from(subjects), given)
    for (kind, number), subject, rights in draw(st.lists(one, max_size=10)):
        meant = rights - {"add"} if kind == "file" else rights
        if meant:
            world.grants.append((kind, number, subject, meant))


# --- made by hand -------------------------------------------------------------------------

VIEW, EDIT = frozenset({"view"}), frozenset({"view", "change", "delete"})


def small_disk() -> DiskWorld:
    """1 administers, 2 left, 3 works in D2 below D1, 4 in D1, 5 nowhere but in the group.

    Folder 1 is open, 2 in it is 3's own, 3 is closed to all but 4, 4 in it is open to D1 again by
    a grant, 5 is in the bin, 6 shows files to their authors alone, who do not know of it. All
    employees view, authors have full access.
    """
    world = DiskWorld(changed=True)
    world.departments = {1: {"parent": None, "head": None}, 2: {"parent": 1, "head": None}}
    for number, place in {1: None, 2: None, 3: 2, 4: 1, 5: None}.items():
        world.people[number] = {"active": number != 2, "admin": number == 1, "department": place}
    world.groups = {1: {"members": {5}}}
    rows = {1: (None, False, 1, 0), 2: (1, False, 3, 0), 3: (None, True, 1, 0),
            4: (3, False, 1, 0), 5: (1, False, 4, 1), 6: (None, True, 1, 0)}  # fmt: skip
    for number, (above, cut, author, gone) in rows.items():
        world.folders[number] = {
            "parent": above, "restricted": cut, "author": author, "deleted": gone,
        }  # fmt: skip
    # In each folder one of 1's; then one restricted, one of 5's in the closed folder, one that
    # is shared out of it, two in the bin, a restricted one of 1's, and 3's in folder 6.
    files = [*((place, False, 1, 0) for place in (None, 1, 2, 3, 4)), (1, True, 3, 0),
             (3, False, 5, 0), (3, False, 1, 0), (None, False, 3, 2), (5, False, 1, 1),
             (1, True, 1, 0), (6, False, 3, 0)]  # fmt: skip
    for number, (place, cut, author, gone) in enumerate(files, 1):
        world.files[number] = {
            "folder": place, "restricted": cut, "author": author, "deleted": gone,
        }  # fmt: skip
    world.grants = [
        ("disk", 1, "AU", VIEW), ("disk", 1, "CR", frozenset({"full"})),
        ("folder", 3, "U4", EDIT), ("folder", 4, "DR1", VIEW), ("folder", 3, "CR", VIEW),
        ("file", 6, "G1", VIEW), ("file", 8, "G1", frozenset({"change"})),
        ("folder", 1, "U2", EDIT), ("folder", 6, "CR", VIEW),
        ("file", 6, "CR", EDIT),
    ]  # fmt: skip
    return world
