"""Import and export of a world's list, ours and by hand."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from benchmarks.lists_by_hand import Handmade
from benchmarks.lists_world import STATES, World
from lists_core.models import Job
from lists_core.services.exports import start_export
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from lists_core.transfer.tables import Layout

CHUNK = 2000


def our_import(world: World, rows: int) -> Callable[[], None]:
    """A job that adds so many rows of a CSV file to the list."""
    codes = ["NAME", *(code for code, _kind, _name in world.columns)]
    file = keep_file(ContentFile(_table(world, rows), name="more.csv"), "more.csv",
                     actor=world.actor)  # fmt: skip
    columns = tuple(ColumnSpec(place, code) for place, code in enumerate(codes))
    spec = ImportSpec(file.pk, Layout(), tuple(codes), columns)
    return lambda: _finish(start_import(world.list, spec, actor=world.actor))


def our_export(world: World) -> Callable[[], None]:
    return lambda: _finish(start_export(world.list, {}, actor=world.actor, format="xlsx"))


def _finish(job: Job) -> None:
    run_job(job.pk)
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"{job.kind}: {job.state} {job.error}")


def _table(world: World, rows: int) -> bytes:
    chance, out = random.Random(7), io.StringIO()
    writer = csv.writer(out)
    kinds = [kind.slug for _code, kind, _name in world.columns]
    writer.writerow(["NAME", *(code for code, _kind, _name in world.columns)])
    for number in range(rows):
        writer.writerow([f"More {number}", *(_text(slug, chance) for slug in kinds)])
    return out.getvalue().encode()


def _text(slug: str, chance: random.Random) -> str:
    """A value as a table has it; an employee by the e-mail is not in these tables."""
    number = chance.randrange(10**6)
    texts = {
        "string": f"Partner {number % 2000}",
        "list": STATES[number % 3],
        "number": str(number % 1000),
        "date": f"2026-{1 + number % 12:02}-{1 + number % 28:02}",
        "datetime": f"2026-{1 + number % 12:02}-{1 + number % 28:02} 12:{number % 60:02}",
        "boolean": "yes" if number % 2 else "no",
        "url": f"https://example.com/{number % 10000}",
        "employee": "",
    }
    return texts[slug]


def import_by_hand(hand: Handmade, rows: int) -> Callable[[], None]:
    """The same file read with `csv` and saved with bulk_create, history too, nothing checked."""
    content = _table(hand.world, rows).decode()
    kinds = list(hand.kinds.items())
    clean: dict[str, Callable[[str], Any]] = {
        "list": STATES.index,
        "boolean": lambda text: text == "yes",
        "employee": lambda text: text or None,
        "datetime": lambda text: timezone.make_aware(timezone.datetime.fromisoformat(text)),
    }

    def work() -> None:
        reader = csv.reader(io.StringIO(content))
        next(reader)
        made = [
            hand.model(
                name=row[0],
                created_by_id=hand.world.actor.pk,
                **{
                    name: clean.get(slug, str)(text)
                    for (name, slug), text in zip(kinds, row[1:], strict=True)
                },
            )
            for row in reader
        ]
        hand.model.objects.bulk_create(made, batch_size=CHUNK)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO handwritten_change (contract_id, changes, at)"
                " SELECT id, jsonb_build_object('name', name), now()"
                f" FROM {hand.model._meta.db_table} ORDER BY id DESC LIMIT %s",
                [rows],
            )

    return work


def export_by_hand(hand: Handmade) -> Callable[[], None]:
    """All rows into a sheet with xlsxwriter, as ours."""

    def work() -> None:
        with TemporaryFile() as target:
            options = {"constant_memory": True, "remove_timezone": True}
            book = xlsxwriter.Workbook(target, options)
            sheet = book.add_worksheet()
            names = ["name", *(f"{n}_id" if s == "employee" else n for n, s in hand.kinds.items())]
            rows = hand.model.objects.order_by("-pk").values_list(*names).iterator(CHUNK)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            book.close()

    return work
