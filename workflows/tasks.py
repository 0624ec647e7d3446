"""Celery tasks: a message carries nothing but "look at the table"."""

from __future__ import annotations

from celery import shared_task

from workflows.engine import work as engine
from workflows.services import events, heartbeats, outgoing, task_moves, triggers


@shared_task(name="workflows.work")
def work() -> None:
    """Everything that is due: events into starts, then steps. Sent after commits for speed, and
    every second by beat so that nothing hangs on a message."""
    heartbeats.beat()
    while events.handle_events():
        pass
    triggers.start_scheduled()
    while task_moves.tend_due():
        pass
    engine.work_all()
    while outgoing.send_due():
        pass
