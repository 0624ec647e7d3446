"""The worker: takes up due wakes, runs their instances, commits a whole batch at once.

Any number of workers may do this at the same time. What one has locked the others pass over,
and a worker that dies leaves nothing half done: its transaction never was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from lists_core.access import forget
from workflows.engine.errors import StepFailed
from workflows.engine.failures import note_failure
from workflows.engine.run import Run
from workflows.engine.writes import Writes
from workflows.models import Instance, Wake

log = structlog.get_logger(__name__)
BATCH = 100
BUDGET = 200


def work(now: datetime | None = None, *, batch: int = BATCH) -> int:
    """Take up the wakes that are due, once; returns how many were used (0: nothing to do).

    One instance that fails spoils the transaction of all: then each is run by itself, a step
    a transaction, so that good steps stay and only the bad one is undone.
    """
    now = now or timezone.now()
    touched: list[int] = []
    try:
        with transaction.atomic():
            return _run_batch(now, batch, touched)
    except (StepFailed, OperationalError) as error:
        log.info("batch_rolled_back", instances=len(touched), reason=str(error))
    return sum(_run_by_itself(instance_id, now) for instance_id in touched)


def work_all(now: datetime | None = None, *, limit: int = 10_000) -> int:
    """Work until nothing is due; returns how many wakes were used."""
    used = 0
    while used < limit and (some := work(now)):
        used += some
    return used


def work_on(instance_id: int, now: datetime) -> int:
    """Work on one instance alone, a step a transaction, until nothing is due for it; returns
    how many wakes were used. For trying a process out: nobody else's work is taken up."""
    return _run_by_itself(instance_id, now)


def _run_batch(now: datetime, batch: int, touched: list[int]) -> int:
    wakes = _claim(now, batch)
    by_instance = _by_instance(wakes)
    instances = _lock(by_instance)
    touched += [one.pk for one in instances]
    return _run(instances, by_instance, now, budget=BUDGET)


def _run_by_itself(instance_id: int, now: datetime) -> int:
    """A step a transaction until nothing is due for the instance, or a step fails."""
    used = 0
    while True:
        try:
            with transaction.atomic():
                some = _run_one(instance_id, now)
        except StepFailed as failed:
            note_failure(failed, now)
            return used + 1
        except (OperationalError, InterfaceError) as error:
            log.warning("database_away", instance=instance_id, error=str(error))
            return used
        if not some:
            return used
        used += some


def _run_one(instance_id: int, now: datetime) -> int:
    """A signal is taken in by one transaction and the step after it made by the next: a step
    that fails is then one that the stored state knows."""
    wakes = _claim(now, 1, only=instance_id)
    by_instance = _by_instance(wakes)
    steps = sum(wake.kind == Wake.Kind.GO for wake in wakes)
    return _run(_lock(by_instance), by_instance, now, budget=steps, alone=True)


def _run(
    instances: list[Instance],
    by_instance: dict[int, list[Wake]],
    now: datetime,
    *,
    budget: int,
    alone: bool = False,
) -> int:
    """Run locked instances and write what came of it; returns how many wakes were used."""
    forget()  # rights as they are now
    writes = Writes()
    open_ones = [one for one in instances if not one.is_over]
    for instance in open_ones:
        signals = by_instance[instance.pk]
        one_alone = alone or any(wake.alone for wake in signals)
        Run(instance, now=now, writes=writes, alone=one_alone).go(signals, budget=budget)
    used = [wake.pk for one in instances for wake in by_instance[one.pk]]
    if used:
        writes.flush(open_ones, used)
    return len(used)


def _claim(now: datetime, batch: int, *, only: int | None = None) -> list[Wake]:
    """Lock wakes that are due and that nobody else has. One that wants to be alone is."""
    due = Wake.objects.filter(due_at__lte=now, parked=False)
    due = due.exclude(instance__status=Instance.Status.SUSPENDED)
    due = due.filter(instance=only) if only else due
    # A person's answer does not stand in line behind the starts of a bulk change.
    signals = due.exclude(kind=Wake.Kind.START)
    wakes = _in_turn(signals, _take(signals, batch))
    wakes = wakes or _take(due.filter(kind=Wake.Kind.START), batch)
    together: list[Wake] = []
    for wake in wakes:
        if wake.alone:
            return together or [wake]
        together.append(wake)
    return together


def _take(due: QuerySet[Wake], batch: int) -> list[Wake]:
    locked = due.select_for_update(skip_locked=True, of=("self",))
    return list(locked.order_by("due_at", "pk")[:batch])


def _in_turn(signals: QuerySet[Wake], taken: list[Wake]) -> list[Wake]:
    """Those taken that nothing earlier of their instance is ahead of. Of two workers that look
    at the same moment each may lock one of a pair: the later of the two must not go first."""
    others = signals.filter(instance__in={wake.instance_id for wake in taken})
    others = others.exclude(pk__in=[wake.pk for wake in taken]).order_by("-due_at", "-pk")
    rows = others.values_list("instance", "due_at", "pk")
    ahead = {instance: (due_at, pk) for instance, due_at, pk in rows}
    return [wake for wake in taken if not _is_after(wake, ahead.get(wake.instance_id))]


def _is_after(wake: Wake, other: tuple[datetime, int] | None) -> bool:
    return other is not None and other < (wake.due_at, wake.pk)


def _lock(instance_ids: Iterable[int]) -> list[Instance]:
    """Lock those instances that nobody else has.

    NO KEY UPDATE: a web request that adds a wake takes KEY SHARE on the instance through its
    foreign key and must not wait for the engine.
    """
    rows = Instance.objects.filter(pk__in=list(instance_ids)).select_related("run_as", "started_by")
    return list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",)))


def _by_instance(wakes: Iterable[Wake]) -> dict[int, list[Wake]]:
    grouped: dict[int, list[Wake]] = defaultdict(list)
    for wake in wakes:
        grouped[wake.instance_id].append(wake)
    return grouped
