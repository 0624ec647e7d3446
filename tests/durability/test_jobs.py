"""A worker killed with SIGKILL in the middle of an import: nothing lost, nothing twice (F-29)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from lists_core.models import Element, ElementVersion, Job, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import elements
from lists_core.services.fields import create_field
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from lists_core.transfer.spec import ColumnSpec, ImportSpec
from lists_core.transfer.tables import Layout
from staff.models import Employee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.durability]
ROWS = 3_000
WORKER = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.MEDIA_ROOT = sys.argv[2]
django.setup()
from lists_core.services import imports
from lists_core.services.jobs import run_job
imports.BATCH = 100
run_job(sys.argv[3])
"""


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def queued() -> tuple[List, Job]:
    admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
    list_ = create_list(actor=admin, everyone="edit", name="Склад")
    create_field(list_.pk, "counter", actor=admin, name="Номер", code="NUMBER")
    text = "Name\n" + "".join(f"товар {number}\n" for number in range(ROWS))
    file = keep_file(ContentFile(text.encode()), "t.csv", actor=admin)
    spec = ImportSpec(file.pk, Layout(), ("Name",), (ColumnSpec(0, "NAME"),))
    list_.refresh_from_db()
    return list_, start_import(list_, spec, actor=admin)


def worker(job: Job, files: Path) -> subprocess.Popen[bytes]:
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, name, str(files), str(job.pk)], env=environment
    )


def killed_at(job: Job, process: subprocess.Popen[bytes], rows: int) -> None:
    """Kill the worker once that many rows have landed."""
    deadline = time.monotonic() + 60
    while Job.objects.get(pk=job.pk).done < rows:
        assert process.poll() is None, "the worker ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_kills_neither_lose_nor_repeat_rows(queued: tuple[List, Job], tmp_path: Path) -> None:
    list_, job = queued
    for rows in (1, 700, 1_500):
        killed_at(job, worker(job, tmp_path), rows)
        job.refresh_from_db()
        assert job.state == Job.State.RUNNING
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.result["created"]) == (Job.State.DONE, ROWS, ROWS)
    schema = schema_of(list_)
    rows = list(elements(schema, job.actor).order_by("pk"))
    assert [row.name for row in rows] == [f"товар {number}" for number in range(ROWS)]
    assert sorted(schema["NUMBER"].read(row) for row in rows) == list(range(1, ROWS + 1))
    assert Element.objects.filter(list=list_).count() == ROWS
    assert ElementVersion.objects.count() == ROWS


def test_two_workers_cannot_hold_one_job(queued: tuple[List, Job], tmp_path: Path) -> None:
    _list, job = queued
    process = worker(job, tmp_path)
    try:
        deadline = time.monotonic() + 60
        while Job.objects.get(pk=job.pk).state != Job.State.RUNNING:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        run_job(job.pk)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result["created"]) == (Job.State.DONE, 1, ROWS)
