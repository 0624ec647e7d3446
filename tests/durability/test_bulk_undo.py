"""A worker killed with SIGKILL in the middle of an undo: the rest comes back, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connection

from lists_core.models import BulkLine, ElementVersion, Job
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services.bulk_changes import start_undo
from lists_core.services.fields import create_field
from lists_core.services.jobs import run_at_once, run_job
from lists_core.services.lists import create_list
from lists_core.services.many import create_many
from staff.models import Employee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.durability]
ROWS = 400
WORKER = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from lists_core.jobs import bulk
from lists_core.services.jobs import run_job
bulk.BATCH = 10
run_job(sys.argv[2])
"""


@pytest.fixture
def undo() -> Job:
    forget_schemas()
    admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
    list_ = create_list(actor=admin, everyone="edit", name="Склад")
    create_field(list_.pk, "string", actor=admin, name="Полка", code="SHELF")
    list_.refresh_from_db()
    names = [{"NAME": f"товар {number}", "SHELF": str(number)} for number in range(ROWS)]
    ids = [row.pk for row in create_many(list_.pk, names, actor=admin)]
    values = {"SHELF": "все"}
    job = run_at_once("bulk_edit", actor=admin, list_=list_, ids=ids, values=values)
    assert job.result["changed"] == ROWS
    return start_undo(job.pk, actor=admin)


def killed_at(job: Job, rows: int) -> None:
    """Kill a worker once that many elements are back."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen([sys.executable, "-c", WORKER, name, str(job.pk)], env=environment)
    deadline = time.monotonic() + 60
    while Job.objects.get(pk=job.pk).done < rows:
        assert process.poll() is None, "the worker ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_undo_ends_as_an_unbroken_one(undo: Job) -> None:
    killed_at(undo, 100)
    undo.refresh_from_db()
    assert undo.state == Job.State.RUNNING
    assert undo.done < ROWS
    assert start_undo(undo.undoes_id, actor=undo.actor).pk == undo.pk
    run_job(undo.pk)
    undo.refresh_from_db()
    told: dict[str, Any] = undo.result
    assert (undo.state, undo.done, told["changed"], told["skipped"]) == ("done", ROWS, ROWS, 0)
    schema = schema_of(undo.list)
    rows = schema.model.objects.order_by("pk")
    assert [schema["SHELF"].read(row) for row in rows] == [str(number) for number in range(ROWS)]
    assert {row.version for row in rows} == {3}
    assert ElementVersion.objects.count() == 3 * ROWS
    assert BulkLine.objects.filter(job=undo).count() == ROWS
