"""A machine of random lives of processes: crashes, late, double and shuffled signals, a clock
that jumps. When all is over, exactly that was done which plain Python says (engine/plan.py).

Every crash is a rolled back transaction, as PostgreSQL makes it of a dead client. Replays of one
seed are equal, so a failure prints the steps that lead to it. `SVOD_ENGINE=500` draws so many.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lists_core.models import OutboxEvent
from staff.models import Employee
from svod.base.errors import DomainError
from tests.durability.engine.acts import Flaky, Post, registered
from tests.durability.engine.plan import (
    CHILD,
    drawn_parameters,
    drawn_steps,
    effects,
    numbered,
)
from tests.workflows.processes import START, step, template_of
from workflows.actions.base import Signal, actions
from workflows.engine.work import work
from workflows.engine.writes import Writes
from workflows.models import Instance, Outgoing, StepLog, Template, Wake
from workflows.services import instances, outgoing
from workflows.services.outgoing import Refused, channels

pytestmark = [pytest.mark.django_db, pytest.mark.durability]
EXAMPLES = int(os.environ.get("SVOD_ENGINE", "40"))
POINTS = ("before flush", "before commit", "before sending", "sent, not noted")


class Crash(BaseException):
    """The process is dead; nothing may catch it."""


class PostOffice:
    """Dies before or after sending, when told; the receiver drops repeats of a key."""

    slug = "test_post"
    received: Counter[str] = Counter()
    crash = ""

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.crash == "before sending":
            raise Crash
        self.received[key] += 1
        if self.crash == "sent, not noted":
            raise Crash
        return {}


@pytest.fixture(autouse=True)
def parts() -> Iterator[None]:
    PostOffice.received.clear()
    channels.register(PostOffice())
    with registered():
        yield
    channels.unregister("test_post")


@contextmanager
def dying(point: str) -> Iterator[None]:
    """What is done inside dies at the point, and a new process takes over."""
    flush = Writes.flush

    def dead_flush(writes: Writes, *args: Any) -> None:
        if point == "before flush":
            raise Crash
        flush(writes, *args)
        if point == "before commit":
            raise Crash

    PostOffice.crash = point
    with mock.patch.object(Writes, "flush", dead_flush), suppress(Crash):
        yield
    PostOffice.crash = ""


class Lives(RuleBasedStateMachine):
    def __init__(self, boss: Employee) -> None:
        super().__init__()
        self.boss = boss
        self.now = START
        #: Instance → the effects that it must have had in the end.
        self.expected: dict[int, Counter[tuple[str, str]]] = {}
        self.cancelled: set[int] = set()
        Flaky.broken = False
        PostOffice.received.clear()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        template_of(CHILD, code="child")

    # --- what happens -------------------------------------------------------------------

    @rule(drawn=drawn_steps, parameters=drawn_parameters, times=st.integers(1, 3))
    def start(self, drawn: Any, parameters: dict[str, Any], times: int) -> None:
        """A repeated event starts nothing new."""
        steps, code = numbered(drawn), f"p{len(self.expected)}"
        template = template_of(steps, code=code)
        for _time in range(times):
            made = self.launch(template, code, parameters)
        self.expected[made.pk] = effects(steps, parameters)

    def launch(self, template: Template, key: str, parameters: dict[str, Any]) -> Instance:
        return instances.launch(
            template, self.boss, parameters=parameters, start_key=key, now=self.now
        )

    @rule(batch=st.sampled_from([1, 3, 100]), times=st.integers(1, 4))
    def work(self, batch: int, times: int) -> None:
        for _time in range(times):
            work(self.now, batch=batch)

    @rule(point=st.sampled_from(POINTS), batch=st.sampled_from([1, 100]))
    def die(self, point: str, batch: int) -> None:
        with dying(point), transaction.atomic():
            work(self.now, batch=batch)
        with dying(point):
            outgoing.send_due(self.now)

    @rule()
    def deliver(self) -> None:
        outgoing.send_due(self.now)

    @rule(value=st.integers(), times=st.integers(1, 3), late=st.booleans())
    def answer(self, value: int, times: int, late: bool) -> None:
        """Twice, as people click, and to visits that were left long ago."""
        asked = StepLog.objects.filter(event="wait")
        asked = asked if late else asked.filter(instance__status="waiting")
        for row in list(asked)[-5:]:
            for time in range(times):
                self.signal(row.instance_id, f"{row.step}:{row.visit}", value + time)

    def signal(self, instance: int, key: str, value: int) -> None:
        payload = {"value": value, "timeout": 1, "status": "x"}
        Wake.objects.create(
            instance_id=instance, key=key, kind="answer", payload=payload, due_at=self.now
        )

    @rule(seed=st.integers(0, 99))
    def shuffle(self, seed: int) -> None:
        """What is due comes in another order."""
        chance = random.Random(seed)
        for wake in Wake.objects.filter(due_at__lte=self.now):
            wake.due_at = self.now - timedelta(seconds=chance.randrange(1000))
            wake.save(update_fields=["due_at"])

    @rule(days=st.sampled_from([1, 30, 400]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def breaks(self) -> None:
        Flaky.broken = True

    @rule()
    def mended(self) -> None:
        Flaky.broken = False
        for one in Instance.objects.filter(status="failed"):
            instances.retry(one.pk, actor=self.boss)

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), deed=st.sampled_from(["suspend", "resume", "cancel"]))
    def interfere(self, data: st.DataObject, deed: str) -> None:
        pk = data.draw(st.sampled_from(sorted(self.expected)))
        with suppress(DomainError):
            getattr(instances, deed)(pk, actor=self.boss)
            if deed == "cancel":
                self.cancelled.add(pk)

    # --- what always holds --------------------------------------------------------------

    @invariant()
    def nothing_is_done_twice(self) -> None:
        notes = OutboxEvent.objects.filter(topic="test.note").values_list("payload", flat=True)
        keys = Counter((note["instance"], note["key"]) for note in notes)
        assert not keys or max(keys.values()) == 1
        for pk, expected in self.expected.items():
            assert self.done(pk) <= expected

    @invariant()
    def what_is_over_leaves_nothing_behind(self) -> None:
        over = Instance.objects.filter(status="done")
        assert not over.filter(finished_at=None).exists()
        log = StepLog.objects.filter(event="done").values_list("instance_id", "step", "visit")
        counted = Counter(log)
        assert not counted or max(counted.values()) == 1

    def done(self, pk: int) -> Counter[tuple[str, str]]:
        """The effects of an instance with those of the processes that it started."""
        family = [pk, *Instance.objects.filter(parent=pk).values_list("pk", flat=True)]
        notes = OutboxEvent.objects.filter(topic="test.note", payload__instance__in=family)
        done = Counter((note["step"], "note") for note in notes.values_list("payload", flat=True))
        for key in Outgoing.objects.filter(instance__in=family).values_list("key", flat=True):
            done[key.split(":")[1], "post"] += 1
        return done

    # --- the end ------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self.live_on()
            for pk, expected in self.expected.items():
                status = Instance.objects.get(pk=pk).status
                if pk not in self.cancelled:
                    assert (status, self.done(pk)) == ("done", expected)
            sent = Outgoing.objects.filter(state="done").values_list("key", flat=True)
            assert set(sent) == set(PostOffice.received)
            assert not Wake.objects.exclude(instance__status__in=["done", "cancelled"]).exists()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def live_on(self) -> None:
        """No more crashes: everybody answers, time goes by, all must come to its end."""
        for one in Instance.objects.filter(status="suspended"):
            instances.resume(one.pk, actor=self.boss)
        for _round in range(300):
            self.mended()
            while work(self.now):
                pass
            outgoing.send_due(self.now)
            self.answer(1, 1, late=False)
            self.now += timedelta(days=50)
            if not Instance.objects.filter(status__in=Instance.OPEN).exists():
                break
        while outgoing.send_due(self.now):
            pass


def test_random_lives_end_as_planned(db: None) -> None:
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
    run_state_machine_as_test(
        lambda: Lives(boss),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize="SVOD_ENGINE" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_receiver_may_refuse(db: None) -> None:
    """A refusal is an outcome: the step that waits is told, nothing is tried again."""
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
    tree = [{"id": "p", "type": "test_post", "params": {"reply": True}, "branches": []}]
    made = instances.launch(template_of(tree), boss, now=START)
    work(START)
    with mock.patch.object(PostOffice, "send", side_effect=Refused("no")):
        outgoing.send_due(START)
    work(START)
    made.refresh_from_db()
    assert (made.status, made.state["results"]["p"]["ok"]) == ("done", False)


class Strict(Post):
    """Fails when what it sent was refused."""

    slug = "test_strict"

    def resume(self, context: Any, params: Any, signal: Signal) -> Any:
        if not signal.payload["ok"]:
            raise DomainError(signal.payload["error"])


def test_a_retry_sends_again_under_the_old_key(db: None) -> None:
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
    actions.register(Strict)
    try:
        made = instances.launch(template_of([step("test_strict", "p")]), boss, now=START)
        work(START)
        with mock.patch.object(PostOffice, "send", side_effect=Refused("no")):
            outgoing.send_due(START)
        work(START)
        made.refresh_from_db()
        assert (made.status, made.error) == ("failed", "no")
        instances.retry(made.pk, actor=boss)
        later = timezone.now()
        for _turn in range(2):
            work(later)
            outgoing.send_due(later)
        work(later)
        made.refresh_from_db()
        assert (made.status, list(PostOffice.received)) == ("done", [f"{made.pk}:p:1"])
    finally:
        actions.unregister("test_strict")
