"""How a service wakes Celery: by name, after the commit, never failing the request."""

from __future__ import annotations

from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction


@dataclass(frozen=True)
class Hint:
    """A message to the workers; two that say the same are equal."""

    task: str
    args: tuple[int | str, ...]

    def __call__(self) -> None:
        current_app.send_task(self.task, args=self.args, retry=False)


def wake(task: str, *args: int | str) -> None:
    """Send a task to the workers when the transaction commits, once however often it is asked.

    A broker that is away is logged and costs the task, not the write: what must not be lost
    stands in a table, and the task only says that it is there.
    """
    hint = Hint(task, args)
    if not _will_be_sent(hint):
        transaction.on_commit(hint, robust=True)


def _will_be_sent(hint: Hint) -> bool:
    """The same stands there already, and is not undone unless this savepoint is undone too."""
    open_now = set(connection.savepoint_ids)
    return any(one[1] == hint and one[0] <= open_now for one in connection.run_on_commit)
