"""What the Disk shows and lets do, beside what `oracle_disk` says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db import transaction
from django.test import Client
from django.urls import reverse

from lists_core.access import Right
from lists_core.access.disk import rights_on_files, rights_on_item
from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors import disk as selectors
from lists_core.selectors.access_page import meant
from lists_core.selectors.disk_access import DiskThing
from lists_core.selectors.disk_bin import binned_files, binned_folders
from lists_core.selectors.disk_explain import explain_disk
from lists_core.selectors.files import readable_files
from lists_core.services import disk, disk_copies
from staff.models import Employee
from svod.base.errors import DomainError, Forbidden, NotFound
from tests.access import oracle_disk
from tests.access.worlds_disk import BuiltDisk, canary

CANARY = re.compile(r"CANARY-([FD])(\d+)Z")


@dataclass
class DiskLook:
    """One person's look at a built Disk; `problems` are differences from the oracle."""

    built: BuiltDisk
    person: int
    problems: list[str] = field(default_factory=list)

    @cached_property
    def actor(self) -> Employee:
        return Employee.objects.get(pk=self.built.people[self.person].pk)

    def same(self, what: str, got: Any, expected: Any) -> None:
        if got != expected:
            self.problems.append(f"person {self.person}: {what}: {got!r} != {expected!r}")

    def rights(self, kind: str, number: int) -> set[str]:
        return oracle_disk.rights(self.built.world, self.person, kind, number)

    def seen(self) -> set[int]:
        world = self.built.world
        return {key for key in world.files if oracle_disk.sees_file(world, self.person, key)}

    def known(self) -> set[int]:
        world = self.built.world
        return {key for key in world.folders if oracle_disk.knows_folder(world, self.person, key)}

    def things(self) -> list[tuple[str, int]]:
        world = self.built.world
        return [*(("folder", n) for n in world.folders), *(("file", n) for n in world.files)]


def rights(look: DiskLook) -> None:
    files = list(DiskFile.objects.filter(pk__in=[f.pk for f in look.built.files.values()]))
    held = rights_on_files(look.actor, files)
    for kind, number in look.things():
        item = look.built.item(kind, number)
        got = held[item.pk] if kind == "file" else rights_on_item(look.actor, item)
        look.same(f"rights on {kind} {number}", {r.value for r in got}, look.rights(kind, number))
    root = {r.value for r in rights_on_item(look.actor, None)}
    look.same("rights on the Disk", root, look.rights("disk", 1))


def explained(look: DiskLook) -> None:
    """Why somebody may do something is worked out apart; an administrator asks."""
    admin = Employee.objects.get(pk=look.built.people[1].pk)
    for kind, number in look.things():
        thing = DiskThing(look.built.item(kind, number), f"disk_{kind}")
        got = {right.value for right in explain_disk(thing, look.actor, actor=admin).rights}
        held = meant(thing.kind, frozenset(map(Right, look.rights(kind, number))))
        look.same(f"explained {kind} {number}", got, {right.value for right in held})


def reading(look: DiskLook) -> None:
    if not look.actor.is_active:
        return
    built, actor = look.built, look.actor
    places = [None, *DiskFolder.objects.all()]
    folders = [one for place in places for one in selectors.folders_in(actor, place)]
    files = [one for place in places for one in selectors.files_in(actor, place)]
    look.same("folders", built.numbers("folder", folders), look.known())
    look.same("files", built.numbers("file", files), look.seen())
    found = selectors.search_folders(actor, "canary"), selectors.search_files(actor, "canary")
    look.same("folders found", built.numbers("folder", found[0]), look.known())
    look.same("files found", built.numbers("file", found[1]), look.seen())
    ids = [file.pk for file in built.files.values()]
    by_id = selectors.disk_files_by_id(actor, ids)
    look.same("files by id", built.numbers("file", by_id), look.seen())
    look.same("suggested", built.numbers("file", selectors.suggest_files(actor, "")), look.seen())
    for file in files:
        path = selectors.path_of(actor, file.folder)
        look.same("path", built.numbers("folder", path) - look.known(), set())


def contents(look: DiskLook) -> None:
    stored = {file.current_id: number for number, file in look.built.files.items()}
    got = {stored[pk] for pk in readable_files(look.actor, set(stored))}
    world = look.built.world
    expected = {n for n in world.files if oracle_disk.reads_content(world, look.person, n)}
    look.same("contents read", got, expected)
    there = {n: file for n, file in look.built.files.items() if not world.files[n]["deleted"]}
    named = {n for n, file in there.items() if selectors.all_visible(look.actor, [file.pk])}
    look.same("named in a file that is given out", named, look.seen())


def bin_(look: DiskLook) -> None:
    """What may be deleted is there, or its folder went along with it and is there."""
    if not look.actor.is_active:
        return
    world, built = look.built.world, look.built
    expected = {
        (kind, n)
        for kind, n in look.things()
        if oracle_disk.row_of(world, kind, n)["deleted"] and "delete" in look.rights(kind, n)
    }
    inside = {pair for pair in expected if _went_along(world, pair, expected)}
    shown = {("folder", n) for n in built.numbers("folder", binned_folders(look.actor))}
    shown |= {("file", n) for n in built.numbers("file", binned_files(look.actor))}
    look.same("bin", shown, expected - inside)


def _went_along(world: Any, pair: tuple[str, int], shown: set[tuple[str, int]]) -> bool:
    row = oracle_disk.row_of(world, *pair)
    above = row["folder" if pair[0] == "file" else "parent"]
    same = above and world.folders[above]["deleted"] == row["deleted"]
    return bool(same and ("folder", above) in shown)


def writing(look: DiskLook) -> None:
    """Each deed is done, refused or not found as the rights are."""
    deeds: list[tuple[str, str, Callable[[str, int], Any]]] = [
        ("rename", "change", lambda k, pk: disk.rename_item(k, pk, "new", actor=look.actor)),
        ("delete", "delete", lambda k, pk: disk.delete_item(k, pk, actor=look.actor)),
        ("copy", "view",
         lambda k, pk: disk_copies.copy_item(k, pk, folder_id=None, actor=look.actor)),
    ]  # fmt: skip
    if not look.actor.is_active:
        return
    for kind, number in look.things()[:6]:
        known = number in (look.seen() if kind == "file" else look.known())
        for name, right, deed in deeds:
            may = known and right in look.rights(kind, number)
            if name == "copy":
                may = may and "add" in look.rights("disk", 1)
            got = _outcome(deed, kind, look.built.item(kind, number).pk)
            expected = "done" if may else "forbidden" if known else "unknown"
            look.same(f"{name} {kind} {number}", got, expected)


def _outcome(deed: Callable[[str, int], Any], kind: str, pk: int) -> str:
    with transaction.atomic():
        try:
            deed(kind, pk)
            told = "done"
        except NotFound:
            told = "unknown"
        except Forbidden:
            told = "forbidden"
        except DomainError as error:
            told = repr(error)
        transaction.set_rollback(True)
    return told


def disk_pages(look: DiskLook) -> None:
    """Pages of the Disk: no name that the person may not know, 404 for hidden things."""
    _visit(look, few(addresses(look)))


def all_disk_pages(look: DiskLook) -> None:
    """Every page about every thing."""
    _visit(look, addresses(look))


def _visit(look: DiskLook, asked: list[Address]) -> None:
    client = Client(raise_request_exception=True)
    client.force_login(look.actor)
    allowed = {canary("file", n) for n in look.seen()} | {canary("folder", n) for n in look.known()}
    for page in asked:
        address = page.url
        for method in ("get", "post"):
            with transaction.atomic():
                response = getattr(client, method)(address)
                transaction.set_rollback(True)
            text = response.getvalue().decode(errors="replace")
            told = {found.group() for found in CANARY.finditer(text)}
            extra = set() if page.name != "disk_bin" else binned(look)
            look.same(f"{method} {address} tells", told - allowed - extra, set())
            if not page.known and look.actor.is_active:
                look.same(f"{method} {address}", response.status_code in (400, 404, 405), True)


class Address(NamedTuple):
    """`known`: the person may know of the thing that it is about."""

    name: str
    url: str
    kind: str = ""
    known: bool = True


def addresses(look: DiskLook) -> list[Address]:
    names = ("disk", "disk_bin", "disk_room", "disk_access")
    found = [Address(name, reverse(name)) for name in names]
    found += [Address(name, reverse(name) + "?q=CANARY", "q") for name in ("disk", "disk_suggest")]
    for kind, number in look.things():
        item = look.built.item(kind, number)
        known = number in (look.seen() if kind == "file" else look.known())
        both = ["disk_rename", "disk_move", "disk_copy", "disk_delete", "disk_history"]
        for name in (*both, "disk_item_access"):
            found.append(Address(name, reverse(name, args=[kind, item.pk]), kind, known))
        own = ["disk_file", "disk_preview", "disk_used", "disk_version_add"]
        for name in own if kind == "file" else ["disk_folder"]:
            found.append(Address(name, reverse(name, args=[item.pk]), kind, known))
    return found


def few(every: list[Address]) -> list[Address]:
    """Each page about one thing that is known and one that is not, now this one and now that:
    which things are known is asked of the selectors. What is in a folder, of all that are known."""
    alike: dict[tuple[str, str, bool], list[Address]] = {}
    for one in every:
        alike.setdefault((one.name, one.kind, one.known), []).append(one)
    return [
        one
        for turn, (kind, same) in enumerate(alike.items())
        for one in (same if kind == ("disk_folder", "folder", True) else [same[turn % len(same)]])
    ]


def binned(look: DiskLook) -> set[str]:
    world = look.built.world
    return {
        canary(kind, n)
        for kind, n in look.things()
        if oracle_disk.row_of(world, kind, n)["deleted"] and "delete" in look.rights(kind, n)
    }


DISK = [rights, explained, reading, contents, bin_, writing]
EVERY = [*DISK, disk_pages]


def disk_differences(built: BuiltDisk, people: Any, adapters: Any) -> list[str]:
    found: list[str] = []
    for adapter in adapters:
        for person in people:
            look = DiskLook(built, person)
            adapter(look)
            found += [f"{adapter.__name__}: {problem}" for problem in look.problems]
    return found
