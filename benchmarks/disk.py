"""`python -m benchmarks.disk`: the Disk with 10,000 folders and 100,000 files.

`BENCH_FOLDERS` sets how many folders there are, each holds ten files. The limit is SQL by hand over
the same rows, which asks for no rights; both take turns. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection
from django.utils import timezone

from benchmarks import report
from benchmarks.measure import Line, compare
from benchmarks.place import database, machine
from lists_core.access import Right, remembering
from lists_core.access.disk import ROOT, disk_rights
from lists_core.models import DiskFile, DiskFolder, DiskRoot, StoredFile
from lists_core.selectors import disk
from lists_core.services.stored_rights import insert_rights
from staff.models import Employee
from staff.subjects import Subject

QUICK = bool(os.environ.get("BENCH_QUICK"))
FOLDERS = int(os.environ.get("BENCH_FOLDERS", "200" if QUICK else "10000"))
FILES_EACH, BELOW, PAGE = 10, 9, 101
ROUNDS = 3 if QUICK else 40
HEAD = """## Disk: {folders:,} folders, {files:,} files

`python -m benchmarks.disk`; {machine}; load {load:.1f} at the start, {end:.1f} at the end. Medians
in ms; "limit" is SQL by hand over the same rows without rights, in turns. Rights are read anew each
time, as at each request. *Everybody* may read the whole Disk but every fiftieth folder, with what
is below it; *a few* is a person to whom one folder in a hundred is open and nothing else. Pages
have 100 lines, the largest folder 1,000 files.

| work | Svod | limit | ratio | bar |
|---|---|---|---|---|
"""
WORDS = (  # noqa: SIM905
    "договор счёт акт смета отчёт план график заявка протокол письмо приказ фото чертёж схема "
    "прайс каталог склад поставка оплата аренда ремонт монтаж проект закупка тендер реклама"
).split()
BY_HAND = {
    "folder": """
        SELECT f.*, s.* FROM lists_core_diskfile f
            JOIN lists_core_storedfile s ON s.id = f.current_id
        WHERE f.folder_id = %(folder)s AND f.deleted_at IS NULL ORDER BY f.name, f.id LIMIT 101
    """,
    "files": """
        SELECT f.*, s.* FROM lists_core_diskfile f
            JOIN lists_core_storedfile s ON s.id = f.current_id
        WHERE upper(f.name) LIKE upper(%(first)s) AND upper(f.name) LIKE upper(%(second)s)
            AND f.deleted_at IS NULL ORDER BY f.name, f.id LIMIT 101
    """,
    "folders": """
        SELECT * FROM lists_core_diskfolder WHERE upper(name) LIKE upper(%(first)s)
            AND deleted_at IS NULL ORDER BY name, id LIMIT 101
    """,
    "tree": "SELECT id, parent_id, restricted, created_by_id FROM lists_core_diskfolder",
}


@dataclass(frozen=True)
class Person:
    name: str
    actor: Employee
    folder: DiskFolder


def make() -> list[Person]:
    """Administrator, somebody like everybody, somebody who sees a few."""
    admin = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    plain, few = (Employee.objects.create_user(name, f"{name}@svod.example") for name in "pf")
    folders = _folders(admin)
    _files(folders, admin)
    view = frozenset({Right.VIEW})
    DiskRoot.objects.create(pk=ROOT)
    insert_rights(DiskRoot, [ROOT], {Subject("U", plain.pk): view})
    closed = [folder.pk for folder in folders[::50]]
    DiskFolder.objects.filter(pk__in=closed).update(restricted=True)
    insert_rights(DiskFolder, closed[::2], {Subject("U", few.pk): view})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    fresh = {one.pk: one for one in Employee.objects.all()}
    open_ = folders[FOLDERS // 2 + 1]
    return [
        Person("administrator", fresh[admin.pk], open_),
        Person("everybody", fresh[plain.pk], open_),
        Person("a few", fresh[few.pk], folders[0]),
    ]


def _folders(maker: Employee) -> list[DiskFolder]:
    """A tree in which each folder has BELOW others below it."""
    draw = random.Random(7)
    made: list[DiskFolder] = []
    last: list[DiskFolder] = []
    while len(made) < FOLDERS:
        parents = _parents(last)
        level = [
            DiskFolder(name=f"{_name(draw)} {len(made) + n}", parent=parent, created_by=maker)
            for n, parent in enumerate(parents)
        ]
        last = DiskFolder.objects.bulk_create(level[: FOLDERS - len(made)])
        made += last
    return made


def _parents(last: Sequence[DiskFolder]) -> list[DiskFolder | None]:
    """Of the next level: the Disk itself, or each of the last one several times."""
    return [folder for folder in last for _n in range(BELOW)] if last else [None] * BELOW


def _name(draw: random.Random) -> str:
    return " ".join(draw.sample(WORDS, 3)).capitalize()


def _files(folders: Sequence[DiskFolder], maker: Employee) -> None:
    draw = random.Random(8)
    for start in range(0, len(folders), 1_000):
        some = folders[start : start + 1_000]
        places = [folder for folder in some for _n in range(FILES_EACH)]
        if not start:
            places += [folders[FOLDERS // 2 + 1]] * 1_000
        stored = StoredFile.objects.bulk_create(
            _stored(draw, n, maker) for n, _p in enumerate(places)
        )
        DiskFile.objects.bulk_create(
            DiskFile(folder=folder, name=f"{start + n} {one.name}", current=one, created_by=maker)
            for n, (folder, one) in enumerate(zip(places, stored, strict=True))
        )


def _stored(draw: random.Random, number: int, maker: Employee) -> StoredFile:
    """A row with no bytes behind it: only names are read here."""
    return StoredFile(
        name=f"{_name(draw)}.pdf", content=f"none/{number}", size=number, mime="application/pdf",
        sha256="0" * 64, uploaded_by=maker, uploaded_at=timezone.now(),
    )  # fmt: skip


def works(person: Person) -> Iterator[tuple[str, Callable[[], Any], str, str]]:
    """(work, ours, the limit's name, the bar)."""
    actor, folder = person.actor, person.folder
    yield "rights in all folders", lambda: disk_rights(actor), "tree", "≤ 150"
    yield "a folder", lambda: list(disk.files_in(actor, folder)[:PAGE]), "folder", "≤ 150"
    yield (
        "search of files by two words",
        lambda: list(disk.search_files(actor, "договор склад")[:PAGE]),
        "files",
        "≤ 150",
    )
    yield (
        "search of folders",
        lambda: list(disk.search_folders(actor, "смета")[:PAGE]),
        "folders",
        "≤ 150",
    )
    yield "where a file may go", lambda: disk.folder_choices(actor, right=Right.VIEW), "tree", "–"


def lines(people: Sequence[Person]) -> Iterator[Line]:
    for person in people:
        for work, ours, limit, bar in works(person):
            yield compare(
                f"{person.name}: {work}", _as_request(ours), _by_hand(limit, person),
                bar=bar, rounds=ROUNDS,
            )  # fmt: skip


def _as_request(ours: Callable[[], Any]) -> Callable[[], Any]:
    def work() -> Any:
        with remembering():
            return ours()

    return work


def _by_hand(name: str, person: Person) -> Callable[[], Any]:
    words = {"first": "%смета%", "second": "%склад%"} if name == "folders" else {
        "first": "%договор%", "second": "%склад%",
    }  # fmt: skip

    def work() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND[name], {"folder": person.folder.pk, **words})
            return cursor.fetchall()

    return work


def main() -> int:
    load = os.getloadavg()[0]
    with database():
        found = [line.row() for line in _told(lines(make()))]
        head = HEAD.format(folders=DiskFolder.objects.count(), files=DiskFile.objects.count(),
                           machine=machine(), load=load, end=os.getloadavg()[0])  # fmt: skip
    report.put(head + "\n".join(found) + "\n")
    return 0


def _told(found: Iterator[Line]) -> Iterator[Line]:
    for line in found:
        print(line.row(), flush=True)
        yield line


if __name__ == "__main__":
    sys.exit(main())
