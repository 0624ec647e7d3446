"""Structure changes under load: processes agree, writers lose nothing, counters have no gaps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection

from lists_core.models import ElementVersion, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import elements
from lists_core.services.elements import Changed, create_element, update_element
from lists_core.services.fields import create_field, delete_field, purge_field
from lists_core.services.lists import create_list
from staff.models import Employee

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 50

OTHER_PROCESS = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.db import connections
from lists_core.models import List
from lists_core.schema.cache import schema_of
for line in sys.stdin:
    schema = schema_of(List.objects.get(pk=int(line)))
    list(schema.model.objects.all())
    print(*(field.code for field in schema.fields), flush=True)
"""


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


@pytest.fixture
def list_(admin: Employee) -> List:
    made = create_list(actor=admin, everyone="edit", name="Склад")
    create_field(made.pk, "number", actor=admin, name="Число", code="NUMBER")
    return made


@pytest.fixture
def other() -> Iterator[Callable[[int], list[str]]]:
    """Another process with its own cache of schemas: asked for a list, it answers its codes."""
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(list_id: int) -> list[str]:
        print(list_id, file=process.stdin, flush=True)
        return process.stdout.readline().split()

    yield ask
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def in_threads(work: Callable[[int], Any], count: int) -> list[Any]:
    def one(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_another_process_sees_a_new_field(
    admin: Employee, list_: List, other: Callable[[int], list[str]]
) -> None:
    assert other(list_.pk) == ["NUMBER"]
    field = create_field(list_.pk, "string", actor=admin, name="Новое", code="NEW")
    assert other(list_.pk) == ["NUMBER", "NEW"]
    delete_field(field.pk, actor=admin)
    purge_field(field.pk, actor=admin)
    assert other(list_.pk) == ["NUMBER"]


def test_writers_lose_nothing_while_fields_come_and_go(admin: Employee, list_: List) -> None:
    rows = [create_element(list_.pk, {"NAME": str(n)}, actor=admin) for n in range(THREADS)]
    stop = Event()

    def write(number: int) -> int:
        version, written = 1, 0
        while not stop.is_set():
            row = update_element(
                list_.pk, rows[number].pk, {"NUMBER": version}, version=version, actor=admin
            )
            version, written = row.version, written + 1
        return written

    def change(_number: int) -> None:
        try:
            for turn in range(4):
                made = create_field(list_.pk, "string", actor=admin, name="Х", code=f"X{turn}")
                delete_field(made.pk, actor=admin)
                purge_field(made.pk, actor=admin)
        finally:
            stop.set()

    work = [write] * THREADS + [change]
    written = in_threads(lambda number: work[number](number), len(work))[:THREADS]
    assert all(count > 0 for count in written)
    schema = schema_of(List.objects.get(pk=list_.pk))
    stored = {row.pk: row.version for row in elements(schema, admin)}
    assert [stored[row.pk] for row in rows] == [count + 1 for count in written]
    changed = ElementVersion.objects.filter(kind=ElementVersion.Kind.CHANGED)
    assert changed.count() == sum(written)


def test_one_of_many_writers_wins(admin: Employee, list_: List) -> None:
    row = create_element(list_.pk, {"NAME": "один"}, actor=admin)

    def write(number: int) -> bool:
        try:
            update_element(list_.pk, row.pk, {"NUMBER": number}, version=1, actor=admin)
        except Changed:
            return False
        return True

    assert sum(in_threads(write, 20)) == 1


def test_counter_has_no_gap_and_no_double(admin: Employee, list_: List) -> None:
    create_field(list_.pk, "counter", actor=admin, name="Номер", code="N")

    def create(number: int) -> None:
        for turn in range(200 // THREADS):
            create_element(list_.pk, {"NAME": f"{number}-{turn}"}, actor=admin)

    in_threads(create, THREADS)
    schema = schema_of(List.objects.get(pk=list_.pk))
    numbers = sorted(int(schema["N"].read(row)) for row in elements(schema, admin))
    assert numbers == list(range(1, 201))
