"""`python -m benchmarks.rights`: pages of a million elements for people who see some of them.

Each reading stands beside the same one of the portal's administrator, who sees everything,
taken in turns; the ratio is the median of the paired ratios. Writes its part of RESULTS.md.
`RIGHTS_ROWS` sets the size (1,000,000 by default).
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection, transaction
from django.http import QueryDict

from benchmarks.measure import Line, compare
from benchmarks.report import put
from benchmarks.rights_world import Audience, fill
from lists_core.access import ROLES, remembering
from lists_core.grid.page import open_grid, page_of
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import capped_count
from lists_core.services.rights import grant_on_elements
from staff.models import Department, Employee
from staff.services.departments import create_department, move_department
from staff.services.groups import sync_groups
from staff.subjects import Subject

MARK = "## Rights"
HEAD = (
    MARK
    + """ at {rows:,} elements

`python -m benchmarks.rights`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
In ms: the person's median and, in brackets, the median of the paired ratios to the administrator,
who sees everything, in the same run. "Page" is `open_grid` and `page_of`: the rights, the capped
count, the ids and the 50 rows, without drawing. "Far" means that all that is seen lies at the far
end of the indexed sort. Bars: 150 ms at any share; a ratio of 2 from 10 % on.

| seen by | share, % | where | page, indexed sort | page, other sort | page, filtered | count |
|---|---|---|---|---|---|---|
"""
)
CHANGES = """
| change | Svod | hand-written SQL | ratio | bar |
|---|---|---|---|---|
"""
FILTER = '{"and":[{"field":"STATE","op":"eq","value":["1"]}]}'
READS = ({"sort": "-NUM"}, {"sort": "-PLAIN"}, {"sort": "-NUM", "filter": FILTER})
GRANTED, MOVED = 1000, 500


def reads(
    list_: List, admin: Employee, people: Iterable[Audience], *, rounds: int
) -> Iterator[str]:
    """One row of the table for each of the people."""
    for who in people:
        works = [
            *((lambda actor, q=query: page(list_, actor, q)) for query in READS),
            lambda actor: count(list_, actor),
        ]
        cells = [_cell(work, who.person, admin, rounds) for work in works]
        yield f"| {who.why} | {who.share:g} | {who.place} | {' | '.join(cells)} |"


def _cell(work: Callable[[Employee], Any], person: Employee, admin: Employee, rounds: int) -> str:
    line = compare("", lambda: work(person), lambda: work(admin), bar="", rounds=rounds)
    return f"{line.ours:.0f} ({line.ratio:.1f})"


def page(list_: List, actor: Employee, query: dict[str, str]) -> None:
    with remembering():
        page_of(open_grid(actor, list_.pk, _params(query)))


def count(list_: List, actor: Employee) -> None:
    with remembering():
        capped_count(open_grid(actor, list_.pk, _params({})).found)


def _params(query: dict[str, str]) -> QueryDict:
    params = QueryDict(mutable=True)
    params.update(query)
    return params


# --- changes, undone after each round ---------------------------------------------------


def changes(list_: List, admin: Employee, *, rounds: int) -> Iterator[Line]:
    schema = schema_of(list_)
    ids = list(schema.model.objects.order_by("pk").values_list("pk", flat=True)[:GRANTED])
    reader = Employee.objects.create_user("bench-reader", "r@svod.example", None)
    grants = {Subject("U", reader.pk): ROLES["view"][1]}
    yield compare(
        f"granting a view of {GRANTED} elements",
        _undone(lambda: grant_on_elements(list_.pk, ids, grants, actor=admin)),
        _undone(lambda: _grant_by_hand(schema.table, list_.pk, ids, reader.pk)),
        bar="–",
        rounds=rounds,
    )
    old, new, moved = _departments()
    yield compare(
        f"moving a department of {MOVED} people",
        _undone(lambda: move_department(moved, actor=None, parent=new)),
        _undone(lambda: _move_by_hand(moved, old, new)),
        bar="–",
        rounds=rounds,
    )


def _undone(work: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return run


def _grant_by_hand(table: str, list_id: int, ids: list[int], reader: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lists_core_elementuserright"
            " (permission_id, user_id, content_object_id, list_id)"
            " SELECT (SELECT id FROM auth_permission WHERE codename = 'view_element'), %s, id, %s"
            " FROM unnest(%s::bigint[]) AS id",
            [reader, list_id, ids],
        )
        cursor.execute(
            f"UPDATE {table} SET readers = array_append(readers, %s) WHERE id = ANY(%s)",
            [reader, ids],
        )


def _departments() -> tuple[Department, Department, Department]:
    old, new = (create_department(actor=None, name=n, parent=None) for n in ("Old", "New"))
    moved = create_department(actor=None, name="Moved", parent=old)
    Employee.objects.bulk_create(
        Employee(username=f"moved{n}", email=f"moved{n}@svod.example", department=moved)
        for n in range(MOVED)
    )
    sync_groups()
    for department in (old, new, moved):
        department.refresh_from_db()
    return old, new, moved


def _move_by_hand(moved: Department, old: Department, new: Department) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_department SET parent_id = %s WHERE id = %s", [new.pk, moved.pk]
        )
        cursor.execute(
            "UPDATE staff_employee_groups SET group_id = %s WHERE group_id = %s",
            [new.subtree_group_id, old.subtree_group_id],
        )


# --- the report -------------------------------------------------------------------------


def report(
    list_: List, admin: Employee, people: Iterable[Audience], *, rows: int, rounds: int
) -> str:
    before = os.getloadavg()[0]
    table = list(reads(list_, admin, people, rounds=rounds))
    written = [line.row() for line in changes(list_, admin, rounds=rounds)]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(rows=rows, machine=machine, before=before, after=os.getloadavg()[0])
    return head + "\n".join(table) + "\n" + CHANGES + "\n".join(written) + "\n"


def main() -> None:
    rows = int(os.environ.get("RIGHTS_ROWS", "1000000"))
    connection.creation.create_test_db(verbosity=0)
    try:
        world, people = fill(rows)
        list_ = List.objects.get(pk=world.list.pk)
        text = report(list_, world.admin, people, rows=rows, rounds=15)
        put(text)
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
