"""How a service wakes Celery: by name, after the commit, never failing the request."""

from __future__ import annotations

from celery import current_app
from django.db import transaction


def wake(task: str, *args: int | str) -> None:
    """Send a task to the workers when the transaction commits.

    A broker that is away is logged and costs the task, not the write: what must not be lost
    stands in a table, and the task only says that it is there.
    """
    transaction.on_commit(lambda: current_app.send_task(task, args=args, retry=False), robust=True)
