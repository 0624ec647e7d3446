"""`python -m benchmarks.grown_world 200000:1 1158:8`: fills a migrated portal with lists.

Each argument is a size and how many lists have it. The database is the one of DATABASE_URL. Lists,
fields, options, sections and rights are written as rows, tables and their indexes by the product's
own DDL, elements with registry and history by SQL.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import islice, repeat

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from benchmarks.lists_world import KINDS, PEOPLE, STATES, Kind, fill, people
from crm_link.services.setup import set_up_crm
from lists_core.access import ROLES
from lists_core.models import Field, FieldOption, List, Section
from lists_core.schema import ddl
from lists_core.schema.cache import schemas_of
from lists_core.schema.compile import Schema
from lists_core.services.stored_rights import insert_rights
from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.groups import sync_groups
from staff.subjects import EVERYONE, Subject

DEPARTMENTS, SECTIONS, TOGETHER = 20, 20, 25
WORDS = ("Договоры", "Заявки", "Оборудование", "Помещения", "Проекты", "Письма", "Акты", "Поездки")
FIELDS = KINDS[:8]
DEALS = """
    INSERT INTO {table} (id, name, section, created_by, created_at, modified_at, version,
        restricted, {stage}, {amount}, {currency}, {owner})
    SELECT n, 'Сделка ' || n, {section}, {actor}, now(), now(), 1, false,
        ({stages})[1 + n % {number}], n % 9973 * 100, 'RUB', {first_person} + n % {people}
    FROM generate_series({first}, {last}) AS n
"""


def make(sizes: Sequence[int]) -> None:
    actor = Employee.objects.create_superuser("grown", "grown@svod.example", "x")
    seller = _staff()
    lists = _lists(sizes, actor)
    _rights(lists, seller, actor)
    _tables(lists)
    for place, (list_, size) in enumerate(zip(lists, sizes, strict=True)):
        _elements(list_, size, actor)
        if place % 100 == 99:
            print(f"{place + 1} lists are filled", flush=True)
    _deals(sum(sizes) // 60, actor)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _staff() -> Employee:
    first = people()
    made = [create_department(actor=None, name=f"Отдел {n}", parent=None)
            for n in range(DEPARTMENTS)]  # fmt: skip
    Employee.objects.filter(username__startswith="keeper-").update(
        department_id=made[0].pk + F("pk") % DEPARTMENTS
    )
    sync_groups()
    return Employee.objects.get(pk=first)


def _lists(sizes: Sequence[int], actor: Employee) -> list[List]:
    lists = List.objects.bulk_create(
        List(name=f"{WORDS[n % len(WORDS)]} {n}", created_by=actor, has_sections=n % 3 == 0,
             description="Список большого портала")
        for n in range(len(sizes))
    )  # fmt: skip
    Field.objects.bulk_create(
        Field(list=list_, code=kind.stem, name=kind.stem.title(), type=kind.slug, sort=place * 10,
              settings={k: v for k, v in kind.settings.items() if k != "options"})
        for list_ in lists for place, kind in enumerate(FIELDS)
    )  # fmt: skip
    Field.objects.filter(column="").update(column=Concat(Value("f"), F("pk")))
    choices = Field.objects.filter(list__in=lists, type="list").order_by("pk")
    FieldOption.objects.bulk_create(
        FieldOption(field=field, name=name, sort=place)
        for field in choices for place, name in enumerate(STATES)
    )  # fmt: skip
    Section.objects.bulk_create(
        Section(list=list_, name=f"Раздел {n}", sort=n)
        for list_ in lists if list_.has_sections for n in range(SECTIONS)
    )  # fmt: skip
    return lists


def _rights(lists: Sequence[List], seller: Employee, actor: Employee) -> None:
    """A third for everybody, a third for a department each, the rest for who made them; the first
    section of each for one person."""
    ids = [list_.pk for list_ in lists]
    view = ROLES["view"][1]
    insert_rights(List, ids, {Subject("U", actor.pk): ROLES["full"][1]})
    insert_rights(List, ids[::3], {EVERYONE: view})
    for place, department in enumerate(Department.objects.order_by("pk")[:DEPARTMENTS]):
        own = ids[1::3][place::DEPARTMENTS]
        insert_rights(List, own, {Subject("D", department.pk): view})
    first = Section.objects.filter(list__in=ids, sort=0).values_list("pk", flat=True)
    insert_rights(Section, list(first), {Subject("U", seller.pk): view})


def _tables(lists: Sequence[List]) -> None:
    schemas = iter(schemas_of(lists).values())
    while some := list(islice(schemas, TOGETHER)):
        with transaction.atomic():
            for schema in some:
                ddl.create_table(schema.list_id)
                for field in schema.fields:
                    ddl.add_columns(schema.list_id, field)


def _elements(list_: List, size: int, actor: Employee) -> None:
    (schema,) = schemas_of([list_]).values()
    section = Section.objects.filter(list=list_).order_by("pk").values_list("pk", flat=True).first()
    columns: list[tuple[str, Kind]] = [(kind.stem, kind) for kind in FIELDS]
    fill(schema, columns, size, actor, section=section, sections=SECTIONS, vacuum=False)


def _deals(number: int, actor: Employee) -> None:
    deals = set_up_crm(actor=actor)["deal"]
    (schema,) = schemas_of([deals]).values()
    names = dict(zip(("amount", "currency"), schema["AMOUNT"].column_names, strict=True))
    stages = FieldOption.objects.filter(field__list=deals, field__code="STAGE")
    ids = ",".join(map(str, stages.values_list("pk", flat=True)))
    with connection.cursor() as cursor:
        first, last = _reserve(schema, number, actor)
        insert = DEALS.format(
            table=schema.table, section=Section.objects.filter(list=deals).first().pk,
            actor=actor.pk, stages=f"'{{{ids}}}'::bigint[]", number=stages.count(), first=first,
            last=last, first_person=people(), people=PEOPLE, stage=schema["STAGE"].main_column,
            owner=schema["RESPONSIBLE"].main_column, **names,
        )  # fmt: skip
        cursor.execute(insert)


def _reserve(schema: Schema, number: int, actor: Employee) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO element (list_id, author) SELECT %s, %s FROM generate_series(1, %s)"
            " RETURNING id",
            [schema.list_id, actor.pk, number],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return ids[0], ids[-1]


if __name__ == "__main__":
    make([size for text in sys.argv[1:]
          for size in repeat(int(text.split(":")[0]), int(text.split(":")[1]))])  # fmt: skip
