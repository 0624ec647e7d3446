"""Celery tasks: a message carries nothing but "look at the table"."""

from __future__ import annotations

from celery import current_app, shared_task

from svod.base.locks import only_one
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
    if outgoing.anything_due():
        current_app.send_task("workflows.send", retry=False)


@shared_task(name="workflows.send")
def send() -> None:
    """What leaves the portal. One sender at a time: receivers that hang hold up no step."""
    with only_one("workflows.send") as mine:
        while mine and outgoing.send_due():
            pass
