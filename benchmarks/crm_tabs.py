"""`python -m benchmarks.crm_tabs`: a card with fifty bound lists and a million bound elements.

`BENCH_ROWS` sets how many elements there are in all (1,000,000 by default). Deals have twenty
elements in each list; one of them, "heavy", has a quarter of each list. The limit is SQL by hand:
one UNION ALL for the numbers, one SELECT for the rows of a tab; they ask for no rights. Writes
its part of RESULTS.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks.measure import Line, compare
from benchmarks.numerators import machine, write
from crm_link.kinds import CONTACT, DEAL
from crm_link.refs import CrmRef
from crm_link.selectors.tabs import bound_counts, bound_lists
from crm_link.services.items import create_item
from crm_link.services.setup import set_up_crm
from lists_core.access import ROLES, remembering
from lists_core.grid.page import open_grid, page_of
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.ddl import analyze
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import EVERYONE

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
LISTS = 50
ON_A_CARD = 20
ROUNDS = 15
RESULTS = Path(__file__).parent / "RESULTS.md"
MARK = "## A card with fifty lists"
HEAD = (
    MARK
    + """

`python -m benchmarks.crm_tabs`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
{lists} lists bound to deals, {rows:,} bound elements. Times in ms, medians; "limit" is SQL by hand
without rights, taken in turns; for pages it is the card of a contact, to which no list is bound.
"Usual" deals have {on_a_card} elements in each list, the heavy one {heavy:,} (numbers stop at
1,000).

| work | Svod | limit | ratio | bar |
|---|---|---|---|---|
"""
)
ELEMENTS = "INSERT INTO element (id, list_id) SELECT n, %s FROM generate_series(%s, %s) AS n"
FILL = """
    INSERT INTO {table} (id, name, created_by, created_at, modified_at, version, restricted,
                         {to}, {score}, {note})
    SELECT n, 'Element ' || n, {author}, now(), now(), 1, false,
           'D_' || CASE WHEN n %% 4 = 0 THEN {heavy} ELSE deals[1 + n %% {deals}] END,
           floor(random() * 100), 'note ' || md5(n::text)
    FROM generate_series(%s, %s) AS n, (SELECT %s::bigint[] AS deals) AS known
"""


@dataclass(frozen=True)
class World:
    admin: Employee
    person: Employee
    lists: list[List]
    usual: CrmRef
    heavy: CrmRef
    contact: int


def make(rows: int) -> World:
    admin = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    person: Employee = Employee.objects.create_user("reader", "reader@svod.example", None)
    crm = set_up_crm(actor=admin)
    for list_ in crm.values():
        set_list_rights(list_.pk, {EVERYONE: ROLES["view"][1]}, actor=admin)
    own = rows // LISTS
    usual = max(1, own * 3 // 4 // ON_A_CARD)
    deals = [create_item(DEAL, {"NAME": f"Deal {n}"}, actor=admin).pk for n in range(usual + 1)]
    contact = create_item(CONTACT, {"NAME": "Nobody"}, actor=admin).pk
    lists = [_list(number, admin) for number in range(LISTS)]
    for list_ in lists:
        _fill(list_, own, deals, admin)
    refs = CrmRef("deal", deals[1]), CrmRef("deal", deals[0])
    return World(admin, person, lists, *refs, contact)


def _list(number: int, admin: Employee) -> List:
    list_ = create_list(actor=admin, everyone="edit", name=f"List {number}")
    settings = {"kinds": ["deal"], "visible": True}
    create_field(list_.pk, "crm", actor=admin, name="To", code="TO", settings=settings)
    create_field(list_.pk, "number", actor=admin, name="Score", code="SCORE")
    create_field(list_.pk, "string", actor=admin, name="Note", code="NOTE")
    return List.objects.get(pk=list_.pk)


def _fill(list_: List, rows: int, deals: list[int], admin: Employee) -> None:
    schema = schema_of(list_)
    statement = FILL.format(
        table=schema.table, author=admin.pk, heavy=deals[0], deals=len(deals) - 1,
        to=schema["TO"].main_column, score=schema["SCORE"].main_column,
        note=schema["NOTE"].main_column,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 1 FROM element")
        first = cursor.fetchone()[0]
        last = first + rows - 1
        cursor.execute(ELEMENTS, [list_.pk, first, last])
        cursor.execute(statement, [first, last, deals[1:]])
        cursor.execute("SELECT setval(pg_get_serial_sequence('element', 'id'), %s)", [last])
    analyze(list_.pk)


def lines(world: World) -> Iterator[Line]:
    for name, ref in (("a usual deal", world.usual), ("the heavy deal", world.heavy)):
        for who, actor in (("administrator", world.admin), ("employee", world.person)):
            yield compare(
                f"numbers of all tabs of {name}, {who}",
                lambda actor=actor, ref=ref: counts(world, actor, ref),  # type: ignore[misc]
                lambda ref=ref: counts_by_hand(world, ref),  # type: ignore[misc]
                bar="≤ 100 ms", rounds=ROUNDS,
            )  # fmt: skip
        yield compare(
            f"rows of one tab of {name}, employee",
            lambda ref=ref: rows(world, world.person, ref),  # type: ignore[misc]
            lambda ref=ref: rows_by_hand(world, ref),  # type: ignore[misc]
            bar="≤ 50 ms", rounds=ROUNDS,
        )  # fmt: skip
    yield from pages(world)


def counts(world: World, actor: Employee, ref: CrmRef) -> None:
    with remembering():
        found = bound_counts(actor, ref, bound_lists(actor, DEAL), milliseconds=60_000)
    if found is None or len(found) != LISTS or not all(one.number for one in found.values()):
        raise RuntimeError(f"wrong numbers: {found}")


def counts_by_hand(world: World, ref: CrmRef) -> dict[int, int]:
    parts = [
        f"SELECT {one.pk}, count(*) FROM (SELECT 1 FROM list_{one.pk} WHERE deleted_at IS NULL"
        f" AND {_column(one)} = %s LIMIT 1001) AS bound"
        for one in world.lists
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [str(ref)] * len(parts))
        return dict(cursor.fetchall())


def rows(world: World, actor: Employee, ref: CrmRef) -> None:
    with remembering():
        found = page_of(open_grid(actor, world.lists[0].pk, {"scope": f"crm-{ref}"}))
    if not found.rows:
        raise RuntimeError("no rows")


def rows_by_hand(world: World, ref: CrmRef) -> list[Any]:
    one = world.lists[0]
    where = f"FROM list_{one.pk} WHERE deleted_at IS NULL AND {_column(one)} = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 {where} LIMIT 10001) AS b", [str(ref)])
        cursor.execute(f"SELECT * {where} ORDER BY id DESC LIMIT 50", [str(ref)])
        return list(cursor.fetchall())


def _column(list_: List) -> str:
    return schema_of(list_)["TO"].main_column


def pages(world: World) -> Iterator[Line]:
    for who, actor in (("administrator", world.admin), ("employee", world.person)):
        client = Client(SERVER_NAME="localhost")
        client.force_login(actor)
        card = reverse("crm_card", args=[DEAL, world.usual.id])
        tab = reverse("crm_card_list", args=[DEAL, world.usual.id, world.lists[0].pk])
        plain = reverse("crm_card", args=[CONTACT, world.contact])
        yield compare(f"page of the card, {who}", _get(client, card), _get(client, plain),
                      bar="≤ 300 ms", rounds=ROUNDS)  # fmt: skip
        yield compare(f"page of the card with a tab open, {who}", _get(client, tab),
                      _get(client, plain), bar="≤ 400 ms", rounds=ROUNDS)  # fmt: skip


def _get(client: Client, url: str) -> Callable[[], None]:
    def get() -> None:
        status = client.get(url).status_code
        if status != 200:
            raise RuntimeError(f"{url} answered {status}")

    return get


def main() -> int:
    before = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        found = "\n".join(line.row() for line in lines(make(ROWS)))
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    head = HEAD.format(
        machine=machine(), before=before, after=os.getloadavg()[0], lists=LISTS, rows=ROWS,
        on_a_card=ON_A_CARD, heavy=ROWS // LISTS // 4,
    )  # fmt: skip
    write(RESULTS, MARK, head + found + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
