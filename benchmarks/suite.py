"""What is measured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.test import Client

from benchmarks import contracts, handwritten
from benchmarks.measure import Line, compare, once
from lists_core.models import Job, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services.elements import create_element, update_element
from lists_core.services.exports import start_export
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from lists_core.transfer.tables import Layout
from staff.models import Employee

FILTER = (
    '{"and":[{"field":"STATE","op":"eq","value":["1"]},'
    '{"field":"WEIGHT","op":"between","value":["100","300"]}]}'
)


def run(rows: int) -> Iterator[Line]:
    actor = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    list_ = contracts.make_list(actor)
    yield once(f"import of {rows:,} rows from CSV", lambda: fill(list_, rows, actor),
               bar=f"≤ {rows / 20:.0f}")  # fmt: skip
    schema = schema_of(List.objects.get(pk=list_.pk))
    handwritten.make_tables()
    handwritten.fill(schema)
    yield from pages(list_, actor)
    yield from writes(list_, schema, actor)
    yield once("export to XLSX", lambda: export(list_, actor), bar="≤ 20,000 at 100,000 rows")


def fill(list_: List, rows: int, actor: Employee) -> None:
    file = keep_file(contracts.table(rows), "contracts.csv", actor=actor)
    codes = ["NAME", *(code for code, _slug, _settings in contracts.FIELDS)]
    columns = tuple(ColumnSpec(place, code) for place, code in enumerate(codes))
    spec = ImportSpec(file.pk, Layout(), tuple(codes), columns)
    finish(start_import(list_, spec, actor=actor))


def finish(job: Job) -> None:
    run_job(job.pk)
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"{job.kind}: {job.state} {job.error}")


def pages(list_: List, actor: Employee) -> Iterator[Line]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(actor)
    url = list_.get_absolute_url()
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}

    def page(**query: str) -> None:
        status = client.get(url, query, headers=part).status_code
        if status != 200:
            raise RuntimeError(f"the page answered {status}")

    yield compare("grid of 50 × 10 as HTML, CPU", page, handwritten.page, bar="≤ 1.5", cpu=True)
    yield compare("grid of 50, wall time", page, handwritten.page, bar="≤ 2.5")
    yield compare(
        "the same filtered by a choice and a range",
        lambda: page(filter=FILTER),
        lambda: handwritten.page_of_numbers(100, 300),
        bar="≤ 30 ms",
    )


def writes(list_: List, schema: Any, actor: Employee) -> Iterator[Line]:
    numbers = count()
    yield compare(
        "create an element with history and outbox",
        lambda: create_element(list_.pk, {"NAME": "one", "PARTNER": "two"}, actor=actor),
        lambda: handwritten.create({"name": "one", "partner": "two"}),
        bar="≤ 9 ms",
    )
    pk = elements(schema, actor).values_list("pk", flat=True).first()
    version = count(1)
    yield compare(
        "update an element with history and outbox",
        lambda: update_element(
            list_.pk, pk, {"WEIGHT": next(numbers) + 2000}, version=next(version), actor=actor
        ),
        lambda: handwritten.update(1, next(numbers)),
        bar="≤ 9 ms",
    )


def export(list_: List, actor: Employee) -> None:
    finish(start_export(list_, {}, actor=actor, format="xlsx"))
