"""The engine under SIGKILL: no effect lost, none doubled, numbers without gaps.

Real PostgreSQL, Redis, Celery worker and two beats. Workers die at nine named points and at
random, PostgreSQL is killed and recovers, Redis is emptied and stopped, messages come twice and
in the wrong order. `SVOD_KILLS=5000` makes so many elements instead of 200.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.durability.engine.faults import KILLS, POINTS
from tests.durability.engine.portal import WORLD, Portal, Stub

pytestmark = [pytest.mark.durability, pytest.mark.timeout(900)]
ELEMENTS = int(os.environ.get("SVOD_KILLS", "200"))
LIMIT = 600
#: Everything is well again, without a person, within so many seconds of the last fault.
RECOVERY = 120


@pytest.fixture
def stub() -> Iterator[Stub]:
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture
def portal(clean_environment: dict[str, str], stub: Stub) -> Iterator[Portal]:
    var = Path(tempfile.mkdtemp(prefix="svod-kills-"))
    var.chmod(0o711)  # PostgreSQL's own user must reach its folder in here
    portal = Portal(var, clean_environment, stub)
    try:
        portal.start()
        yield portal
    finally:
        portal.stop()
        shutil.rmtree(var, ignore_errors=True)


def torment(portal: Portal, chance: random.Random) -> list[str]:
    """Faults until everybody's work is written down and every named point has struck."""
    happened, since = [], time.monotonic()
    portal.keep_running("web", *WORLD, "web", str(ELEMENTS), str(portal.var / "written"))
    while portal.children["web"].poll() is None or len(portal.struck()) < len(POINTS):
        assert time.monotonic() - since < LIMIT, f"not over in time; struck: {portal.struck()}"
        portal.keep_all()
        time.sleep(chance.uniform(0.5, 3))
        happened.append(portal.random_fault(chance))
        if len(happened) in {6, 14}:
            portal.kill_postgres()
        if len(happened) == 10:
            portal.restart_redis(pause=3)
    return happened


def recovered(portal: Portal) -> float:
    """Seconds until nothing is left to do."""
    since = time.monotonic()
    while portal.open_work():
        assert time.monotonic() - since < RECOVERY, portal.python(*WORLD, "check")
        portal.keep_all()
        time.sleep(1)
    return time.monotonic() - since


def test_nothing_is_lost_or_doubled(portal: Portal, stub: Stub) -> None:
    chance = random.Random(7)
    happened = torment(portal, chance)
    seconds = recovered(portal)  # I8
    came: dict[str, Any] = json.loads(portal.python(*WORLD, "check"))
    written = [int(line) for line in (portal.var / "written").read_text().split()]
    count, mains = len(came["elements"]), came["mains"]
    assert set(written) <= set(came["elements"])  # I1
    assert len(written) == ELEMENTS
    assert came["instances"] == {"main": count, "subjects": count, "child": count}  # I3
    assert came["statuses"] == {"done": 2 * count}, came["errors"]
    assert (came["wakes"], came["tasks"], came["late"]) == (0, 0, 0)
    notes = ["child", "s11", "s4:a", "s4:b", "s4:c"]
    assert came["journal"] == sorted(f"{one} {note}" for one in mains for note in notes)  # I2
    assert came["doubled"] == 0
    assert came["outgoing"] == sorted(f"{one}:s6:1" for one in mains)
    assert set(stub.seen) == set(came["outgoing"])
    assert came["answers"] == ["first"]
    assert came["registered"] == count  # I4
    assert came["numbers"] == came["numbered"] == list(range(1, count + 1))  # I5
    assert came["versions_differ"] == 0  # I6
    portal.python("manage.py", "check_access")  # I7: fails where rights and readers differ
    struck = portal.struck()
    assert set(struck) == POINTS
    assert max(struck.values()) <= KILLS
    print(f"{count} elements, {2 * count} instances, {len(happened)} random faults,",
          f"{struck.total()} kills at named points, well again after {seconds:.0f} s,",
          f"{stub.seen.total() - len(stub.seen)} repeats under the same key")  # fmt: skip
