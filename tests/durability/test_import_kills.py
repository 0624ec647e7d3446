"""An import killed at random points and taken up again comes to what an unbroken one comes to.

`SVOD_KILLS=10` kills ten times over all 336,776 flights; without it a small file is killed a few
times. The workers are forks of the test: a kill takes all that they had in memory with it.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from lists_core.demo.flights import load_links
from lists_core.models import Element, ElementVersion, ImportBatch, Job, List, OutboxEvent
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services import imports
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from lists_core.transfer.tables import SAMPLE_ROWS
from staff.models import Employee
from tests.lists_core.flights_file import flights, flights_spec

KILLS = int(os.environ.get("SVOD_KILLS", "0"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.durability]
pytestmark += [pytest.mark.timeout(1800)] if KILLS else []
SMALL, FEW = 2_000, 3


@pytest.fixture
def admin(settings: Any, tmp_path: Path) -> Employee:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", time_zone="UTC")


def content() -> bytes:
    """Below what the types are guessed by, each hundredth line has no year that can be read."""
    lines = (flights() if KILLS else flights(SMALL)).splitlines(keepends=True)
    for place in range(SAMPLE_ROWS + 1, len(lines), 100):
        lines[place] = b"once" + lines[place][4:]
    return b"".join(lines)


def refused(job: Job) -> list[bytes]:
    with job.file.content.open("rb") as told:
        return told.read().splitlines()[1:]


def queued(admin: Employee, links: dict[str, List], text: bytes) -> Job:
    file = keep_file(ContentFile(text), "flights.csv", actor=admin)
    list_ = create_list(actor=admin, name="Рейсы")
    return start_import(list_, flights_spec(file, links), actor=admin)


def worker(job: Job) -> int:
    """A process of its own at work on the job; it has its own connection to the database."""
    if pid := os.fork():
        return pid
    try:
        kept = connection.connection  # closing it would end the parent's session
        connection.connection = None
        run_job(job.pk)
        os._exit(0 if kept is not None else 1)
    finally:
        os._exit(1)


def killed_after(job: Job, rows: int, chance: random.Random) -> bool:
    """Kill a worker some time after that many rows have landed; False when it was quicker."""
    pid, began = worker(job), time.perf_counter()
    while Job.objects.values_list("done", flat=True).get(pk=job.pk) < rows:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        assert time.perf_counter() - began < 600
    ends = time.perf_counter() + chance.random() * (1 if KILLS else 0.05)
    while time.perf_counter() < ends:
        pass
    os.kill(pid, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def state_of(list_: List) -> tuple[int, str, str]:
    """What an import wrote: how many rows, and digests of rows and of their history in the order
    of the file. The database makes them: the flights are 336,776. Keys of fields are numbered."""
    list_.refresh_from_db()
    schema = schema_of(list_)
    columns = [name for field in schema.editable for name in field.column_names]
    rows = schema.model.objects
    own = {"list": list_.pk, "version": 1, "kind": "created", "element__in": rows.values("pk")}
    author = rows.values_list("created_by", flat=True).first()
    registered = Element.objects.filter(list=list_)
    versions = ElementVersion.objects.filter(list=list_)
    numbers = {rows.count(), registered.count(), registered.filter(author=author).count()}
    numbers |= {versions.count(), ElementVersion.objects.filter(**own).count()}
    assert len(numbers) == 1, numbers
    history = ", ".join(f"changes -> '{field.key}'" for field in schema.editable)
    return (
        numbers.pop(),
        digest(f"version, {', '.join(columns)}", schema.table, "id"),
        digest(history, "lists_core_elementversion", "element_id", f"list_id = {list_.pk}"),
    )


def digest(columns: str, table: str, order: str, where: str = "true") -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT md5(string_agg(ROW({columns})::text, ' ' ORDER BY {order}))"
            f" FROM {table} WHERE {where}"
        )
        return str(cursor.fetchone()[0])


def test_kills_and_one_unbroken_import_come_to_the_same(
    admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not KILLS:
        monkeypatch.setattr(imports, "BATCH", 100)
    chance = random.Random(os.environ.get("SVOD_SEED", "7"))
    airlines, airports, planes = load_links(actor=admin)
    links = {"carrier": airlines, "origin": airports, "dest": airports, "tailnum": planes}
    text = content()
    lines = text.count(b"\n") - 1
    broken, whole = queued(admin, links, text), queued(admin, links, text)
    points = sorted(chance.randrange(int(lines * 0.9)) for _kill in range(KILLS or FEW))
    monkeypatch.setattr("lists_core.services.jobs.MAX_ATTEMPTS", len(points) + 2)
    kills = sum(killed_after(broken, rows, chance) for rows in points)
    assert kills >= len(points) - 1
    for job in (broken, whole):
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
    assert broken.attempts == kills + 1
    assert broken.result == whole.result
    assert refused(broken) == refused(whole)
    assert len(refused(broken)) == broken.result["failed"] == text.count(b"\nonce,") > 0
    landed = lines - broken.result["failed"]
    assert broken.result["created"] == landed
    assert state_of(broken.list) == state_of(whole.list)
    spans = list(ImportBatch.objects.filter(run__job=broken).values_list("first", "last"))
    assert [first for first, _last in spans] == [2, *(last + 1 for _first, last in spans[:-1])]
    events = OutboxEvent.objects.filter(list=broken.list, topic="element.created")
    assert sum(len(event.payload["ids"]) for event in events) == landed
