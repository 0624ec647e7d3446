"""The row changes of a batch, written by one statement a table before the commit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection

from workflows.engine.errors import Fatal
from workflows.models import Command, Instance, Outgoing, StepLog, Wake, Watch
from workflows.values import dump

Row = TypeVar("Row", Wake, Watch, Command)
MAX_STATE = 256 * 1024

SAVE = """
    UPDATE workflows_instance AS instance
    SET state = given.state::jsonb, status = given.status, finished_at = given.finished_at,
        attempts = CASE WHEN given.status = 'failed' THEN instance.attempts ELSE 0 END,
        error = CASE WHEN given.status = 'failed' THEN instance.error ELSE '' END
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
        AS given (id, state, status, finished_at)
    WHERE instance.id = given.id
"""
FORGET = """
    DELETE FROM workflows_wake AS wake
    USING unnest(%s::bigint[], %s::text[]) AS given (instance, key)
    WHERE wake.instance_id = given.instance AND wake.key = given.key
"""
UNWATCH = """
    DELETE FROM workflows_watch AS watch
    USING unnest(%s::bigint[], %s::text[]) AS given (instance, key)
    WHERE watch.instance_id = given.instance AND watch.key = given.key
"""
UNOFFER = """
    DELETE FROM workflows_command AS command
    USING unnest(%s::bigint[], %s::text[]) AS given (instance, key)
    WHERE command.instance_id = given.instance AND command.key = given.key
"""
CLOSE = """
    WITH closed AS (
        UPDATE workflows_task AS task SET state = 'cancelled', finished_at = now()
        FROM unnest(%s::bigint[], %s::text[]) AS given (instance, key)
        WHERE task.instance_id = given.instance AND task.key = given.key AND task.state = 'open'
        RETURNING task.id
    )
    UPDATE workflows_taskperson SET is_open = false
    WHERE is_open AND task_id IN (SELECT id FROM closed)
"""


@dataclass
class Writes:
    """Collected while instances run; `flush` writes it."""

    wakes: list[Wake] = field(default_factory=list)
    log: list[StepLog] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    #: (instance, `step:visit`) of steps that were left: their timers mean nothing any more.
    left: list[tuple[int, str]] = field(default_factory=list)
    #: The same of steps that were given up: their tasks are closed.
    dropped: list[tuple[int, str]] = field(default_factory=list)

    def flush(self, instances: list[Instance], used: list[int]) -> None:
        """Write everything; `used` are the wakes that were taken up."""
        with connection.cursor() as cursor:
            cursor.execute(SAVE, _columns(instances))
            leave = (FORGET, UNWATCH, UNOFFER)
            for statements, pairs in ((leave, self.left), ((CLOSE,), self.dropped)):
                given = [list(one) for one in zip(*pairs, strict=True)]
                for statement in statements if pairs else ():
                    cursor.execute(statement, given)
        Wake.objects.filter(pk__in=used).delete()
        left = set(self.left)  # also by steps that began to wait in this very batch
        Outgoing.objects.bulk_create(self.outgoing)
        Wake.objects.bulk_create(_but(self.wakes, left))
        Watch.objects.bulk_create(_but(self.watches, left))
        Command.objects.bulk_create(_but(self.commands, left))
        StepLog.objects.bulk_create(self.log)


def _but(rows: list[Row], left: set[tuple[int, str]]) -> list[Row]:
    return [one for one in rows if (one.instance_id, one.key) not in left]


def _columns(instances: list[Instance]) -> list[list[object]]:
    return [
        [one.pk for one in instances],
        [_state(one) for one in instances],
        [one.status for one in instances],
        [one.finished_at for one in instances],
    ]


def _state(instance: Instance) -> str:
    text = json.dumps(instance.state, ensure_ascii=False, default=dump)
    if len(text) > MAX_STATE:
        raise Fatal("the process keeps more than 256 KB of values")
    return text
