"""`python -m benchmarks.crm_roles`: pages of a million deals for people who see by a role.

Each reading stands beside the same one of the portal's administrator, as in `benchmarks.rights`.
`PLANS=1` prints the plans of the first page instead. `RIGHTS_ROWS` sets the size.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection

from benchmarks.measure import compare
from benchmarks.report import put
from benchmarks.rights import _params, count, page
from benchmarks.rights_world import Audience
from crm_link.models import Role, RoleMember, RolePermission, Scope
from crm_link.services.setup import set_up_crm
from lists_core.access import remembering
from lists_core.grid.page import open_grid
from lists_core.models import FieldOption, List, Section
from lists_core.schema.cache import schema_of
from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.groups import sync_groups

MARK = "## Roles of CRM"
HEAD = (
    MARK
    + """ at {rows:,} deals

`python -m benchmarks.crm_roles`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
In ms, as in "Rights": the person's median and the ratio to the administrator. "Far" means that all
that is seen are the oldest deals.

| scope | share, % | where | page, newest first | page, by sum | page, one stage | count |
|---|---|---|---|---|---|---|
"""
)
STAGE = '{"and":[{"field":"STAGE","op":"eq","value":["%s"]}]}'
#: Share of the deals in % → how many people they belong to.
PEOPLE = {0.1: 1, 10: 40, 50: 400}
SCOPES = {0.1: Scope.OWN, 10: Scope.DEPARTMENT, 50: Scope.SUBTREE}
STRANGERS = 1_000

ELEMENTS = "INSERT INTO element (id, list_id) SELECT n, %s FROM generate_series(%s, %s) AS n"
ROWS = """
    INSERT INTO {table} (id, section, name, created_by, created_at, modified_at, version,
                         restricted, {responsible}, {stage}, {amount}, {currency})
    SELECT n, {section}, 'Deal ' || n, 1000000 + floor(random() * 3000)::int, now(), now(), 1,
           false, (CASE {owners} ELSE {strangers}[1 + floor(random() * {number})::int] END),
           {stages}[1 + floor(random() * array_length({stages}, 1))::int],
           floor(random() * 1000000), 'RUB'
    FROM (SELECT n, random() AS chance FROM generate_series({first}, {last}) AS n) AS chances
"""


class World:
    """The deals, and for each share and place somebody whose role shows them that much."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.admin = Employee.objects.create_superuser("rights", "rights@svod.example", "x")
        self.list = set_up_crm(actor=self.admin)["deal"]
        self.schema = schema_of(self.list)
        self.people = [_audience(self.list, share, at) for share in PEOPLE for at in ("any", "far")]
        sync_groups()

    def fill(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM element")
            first = cursor.fetchone()[0]
            last = first + self.rows - 1
            cursor.execute(ELEMENTS, [self.list.pk, first, last])
            cursor.execute("SELECT setval(pg_get_serial_sequence('element', 'id'), %s)", [last])
            cursor.execute("SELECT setseed(0.5)")
            cursor.execute(self._rows(first, last))
            for table in (self.schema.table, "element"):
                cursor.execute(f"VACUUM ANALYZE {table}")

    def _rows(self, first: int, last: int) -> str:
        stages = FieldOption.objects.filter(field__list=self.list, field__code="STAGE")
        strangers = _people("stranger", None, STRANGERS)
        return ROWS.format(
            table=self.schema.table,
            section=Section.objects.get(list=self.list).pk,
            owners=" ".join(self._owners(first)),
            strangers=_array(strangers),
            number=len(strangers),
            stages=_array(list(stages.values_list("pk", flat=True))),
            first=first,
            last=last,
            responsible=self.schema["RESPONSIBLE"].main_column,
            stage=self.schema["STAGE"].main_column,
            **dict(zip(("amount", "currency"), self.schema["AMOUNT"].column_names, strict=True)),
        )

    def _owners(self, first: int) -> Iterator[str]:
        """SQL: the far ones own the oldest deals, the others a share of all."""
        begin = 0.0
        for who in self.people:
            ids = _array(list(_owned_by(who.person, who.share)))
            part = who.share / 100
            number = PEOPLE[who.share]
            place = f"n < {first + int(part * self.rows)}"
            if who.place == "any":
                place = f"chance >= {begin} AND chance < {begin + part}"
                begin += part
            yield f"WHEN {place} THEN {ids}[1 + floor(random() * {number})::int]"


def _audience(list_: List, share: float, place: str) -> Audience:
    """Somebody in the top department of their own, the people of it, and a role for them."""
    scope, name = SCOPES[share], f"{place} {share}"
    top: Department = create_department(actor=None, name=name, parent=None)
    (person,) = Employee.objects.filter(pk__in=_people(name, top, 1))
    below = create_department(actor=None, name=f"{name} below", parent=top)
    _people(f"{name} more", below if scope == Scope.SUBTREE else top, PEOPLE[share] - 1)
    role = Role.objects.create(name=name)
    RoleMember.objects.create(role=role, employee=person)
    RolePermission.objects.create(role=role, list=list_, may_view=scope)
    return Audience(scope.value, share, place, person)


def _people(name: str, department: Department | None, number: int) -> list[int]:
    made = [Employee(username=f"{name} {n}", department=department) for n in range(number)]
    return [person.pk for person in Employee.objects.bulk_create(made)]


def _owned_by(person: Employee, share: float) -> Iterator[int]:
    yield person.pk
    if share != 0.1:
        places = person.department.descendants(include_self=True)  # type: ignore[union-attr]
        others = Employee.objects.filter(department__in=places).exclude(pk=person.pk)
        yield from others.values_list("pk", flat=True)


def _array(ids: list[int]) -> str:
    return f"('{{{','.join(map(str, ids))}}}'::bigint[])"


# --- the report -------------------------------------------------------------------------


def queries(world: World) -> list[dict[str, str]]:
    option = FieldOption.objects.filter(field__list=world.list, field__code="STAGE").first()
    return [{}, {"sort": "-AMOUNT"}, {"filter": STAGE % (option.pk if option else 0)}]


def table(world: World, *, rounds: int) -> Iterator[str]:
    for who in world.people:
        works = [
            *(lambda a, q=query: page(world.list, a, q) for query in queries(world)),
            lambda a: count(world.list, a),
        ]
        cells = []
        for work in works:
            line = compare(
                "", lambda w=work, p=who.person: w(p), lambda w=work: w(world.admin),
                bar="", rounds=rounds,
            )  # fmt: skip
            cells.append(f"{line.ours:.0f} ({line.ratio:.1f})")
        yield f"| {who.why} | {who.share:g} | {who.place} | {' | '.join(cells)} |"


def plans(world: World) -> Iterator[str]:
    for who in world.people:
        for query in queries(world):
            with remembering():
                rows = open_grid(who.person, world.list.pk, _params(query)).found
                plan = rows.values_list("pk", flat=True)[:51].explain(analyze=True)
            yield f"=== {who.why} {who.share} {who.place} {query}\n{plan}"


def main() -> None:
    rows = int(os.environ.get("RIGHTS_ROWS", "1000000"))
    connection.creation.create_test_db(verbosity=0)
    try:
        world = World(rows)
        world.fill()
        if "PLANS" in os.environ:
            sys.stdout.write("\n".join(plans(world)))
            return
        before = os.getloadavg()[0]
        lines = list(table(world, rounds=int(os.environ.get("ROUNDS", "9"))))
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        head = HEAD.format(rows=rows, machine=machine, before=before, after=os.getloadavg()[0])
        text = head + "\n".join(lines) + "\n"
        put(text)
        sys.stdout.write(text)
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


if __name__ == "__main__":
    main()
