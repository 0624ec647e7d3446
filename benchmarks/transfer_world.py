"""A list of contracts with ten fields, filled through the import's own path."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from lists_core.models import Job, List
from lists_core.services.fields import create_field
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from lists_core.transfer.tables import Layout
from staff.models import Employee

FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("PARTNER", "string", {}),
    ("STATE", "number", {"precision": 0}),
    ("AMOUNT", "number", {"precision": 2}),
    ("WEIGHT", "number", {"precision": 0}),
    ("DUE", "date", {}),
    ("SIGNED_AT", "datetime", {}),
    ("ORIGINAL", "boolean", {}),
    ("NOTE", "string", {}),
]
DAY = date(2026, 1, 1)
MOMENT = datetime(2026, 1, 1, 12, tzinfo=timezone.get_default_timezone())


def make_list(actor: Employee) -> List:
    list_ = create_list(actor=actor, everyone="edit", name="Contracts")
    for code, slug, settings in FIELDS:
        create_field(list_.pk, slug, actor=actor, name=code, code=code, settings=settings)
    list_.refresh_from_db()
    return list_


def table(rows: int) -> ContentFile[bytes]:
    """A CSV file of that many contracts; the same ones in every run."""
    chance = random.Random(7)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["NAME", *(code for code, _slug, _settings in FIELDS)])
    for number in range(rows):
        writer.writerow(_row(number, chance))
    return ContentFile(out.getvalue().encode(), name="contracts.csv")


def _row(number: int, chance: random.Random) -> list[Any]:
    return [
        f"Contract {number}",
        f"Partner {chance.randrange(2000)}",
        chance.randrange(3),
        f"{chance.randrange(10**8) / 100:.2f}",
        chance.randrange(1000),
        DAY + timedelta(days=chance.randrange(700)),
        (MOMENT + timedelta(minutes=chance.randrange(10**6))).strftime("%Y-%m-%d %H:%M"),
        chance.choice(["yes", "no"]),
        " ".join(chance.choice(["red", "green", "blue", "heavy", "late"]) for _word in range(6)),
    ]


def fill(list_: List, rows: int, actor: Employee) -> None:
    file = keep_file(table(rows), "contracts.csv", actor=actor)
    codes = ["NAME", *(code for code, _slug, _settings in FIELDS)]
    columns = tuple(ColumnSpec(place, code) for place, code in enumerate(codes))
    spec = ImportSpec(file.pk, Layout(), tuple(codes), columns)
    finish(start_import(list_, spec, actor=actor))


def finish(job: Job) -> None:
    run_job(job.pk)
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"{job.kind}: {job.state} {job.error}")
