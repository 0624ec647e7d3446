"""What becomes of an instance whose step failed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from svod.base.errors import DomainError, Invalid
from workflows.engine.errors import Retry, StepFailed
from workflows.engine.state import State
from workflows.models import Instance, StepLog, Wake
from workflows.values import load

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)


def note_failure(failed: StepFailed, now: datetime) -> None:
    """Put the step off, or let the instance stand as failed with the reason."""
    with transaction.atomic():
        instance = Instance.objects.select_for_update(no_key=True).get(pk=failed.instance_id)
        instance.attempts += 1
        instance.error = reason(failed.error)
        dead = not _passing(failed.error) or instance.attempts >= MAX_ATTEMPTS
        if dead:
            _bury(instance, failed.key, now)
        else:
            _put_off(instance, now)
        instance.save(update_fields=["attempts", "error", "status", "state"])
        _log(instance, failed, now, "failed" if dead else "retry")
    log.warning("step_failed", instance=instance.pk, step=failed.key, dead=dead,
                error=type(failed.error).__name__)  # fmt: skip


def reason(error: Exception) -> str:
    """The failure in words for whoever looks after the processes."""
    if isinstance(error, Invalid):
        return "; ".join(text for texts in error.errors.values() for text in texts)[:2000]
    if isinstance(error, DomainError):
        return str(error)[:2000]
    if isinstance(error, Retry | DatabaseError):
        return _("Not available at the moment: %(error)s") % {"error": str(error)[:500]}
    # The text of an unexpected error may hold values; the log has it.
    return _("An error in the program: %(kind)s.") % {"kind": type(error).__name__}


def _passing(error: Exception) -> bool:
    return isinstance(error, Retry | DatabaseError)


def _put_off(instance: Instance, now: datetime) -> None:
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (instance.attempts - 1))
    due = now + pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the load, no secret
    Wake.objects.filter(instance=instance, due_at__lte=now, parked=False).update(due_at=due)


def _bury(instance: Instance, key: str, now: datetime) -> None:
    """The step waits for a person; its signals with it. Other branches go on."""
    instance.status = Instance.Status.FAILED
    state = State.from_json(load(instance.state))
    token = state.by_key(key)
    if token is None:  # the whole instance failed, at its start for example
        Wake.objects.filter(instance=instance, due_at__lte=now).update(parked=True)
        return
    token.failed = True
    instance.state = state.to_json()
    Wake.objects.filter(instance=instance, key=key).update(parked=True)
    Wake.objects.create(instance=instance, kind=Wake.Kind.GO, due_at=now)


def _log(instance: Instance, failed: StepFailed, now: datetime, event: str) -> None:
    step, _colon, visit = failed.key.partition(":")
    data: dict[str, Any] = {"error": instance.error, "attempt": instance.attempts}
    StepLog.objects.create(
        instance=instance, step=step, visit=int(visit or 0), at=now, event=event, data=data
    )
