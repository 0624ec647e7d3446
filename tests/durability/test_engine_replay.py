"""Instances of earlier code under today's: the same signals must lead to the same journal.

`SVOD_RECORD=60` records the histories anew instead of comparing; the diff of
engine/histories.json is then what a reviewer reads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from staff.models import Employee
from tests.durability.engine.acts import Flaky, registered
from tests.durability.engine.history import FILE, Life, record

pytestmark = [pytest.mark.django_db, pytest.mark.durability]
HISTORIES: list[dict[str, Any]] = json.loads(FILE.read_text()) if FILE.exists() else []


@pytest.fixture(autouse=True)
def parts() -> Iterator[None]:
    Flaky.broken = False
    with registered():
        yield


@pytest.fixture
def boss(db: None) -> Employee:
    return Employee.objects.create_superuser("boss", "boss@svod.example", "x")


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_the_same_signals_lead_to_the_same_journal(boss: Employee) -> None:
    if wanted := int(os.environ.get("SVOD_RECORD", "0")):  # the next run reads it
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in record(wanted, boss))
        FILE.write_text(f"[{lines}]\n")
    assert len(HISTORIES) >= 50
    for place, history in enumerate(HISTORIES):
        assert Life(history, boss).play(history["script"]) == history["end"], f"history {place}"


def test_an_instance_left_by_earlier_code_goes_on(boss: Employee) -> None:
    """Taken up at its middle, from the rows that the earlier code had written."""
    for place, history in enumerate(HISTORIES):
        then, end = history["then"], history["end"]
        life = Life(history, boss)
        life.take_up(then)
        rest = life.play(history["script"][history["cut"] + 1 :])
        assert {**rest, "log": None} == {**end, "log": None}, f"history {place}"
        assert then["log"] + rest["log"] == end["log"], f"history {place}"


def test_the_histories_hold_what_matters() -> None:
    assert {row[2] for one in HISTORIES for row in one["end"]["log"]} >= {"done", "wait", "branch"}
    assert {one["then"]["status"] for one in HISTORIES} >= {"waiting", "running"}
    assert {one["end"]["status"] for one in HISTORIES} >= {"done"}
