"""Starting, running and cancelling long work. Celery carries the job's id and nothing else.

A running job holds an advisory lock of its worker's database session. When the worker dies,
however it dies, the session ends and the lock is free: whoever delivers the job's id next (the
broker again, or the sweep of every minute) sees by that alone that nobody works on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lists_core.jobs.base import JobCancelled, JobLost, job_kinds, stop_if_asked
from lists_core.models import Job, List
from lists_core.services.job_news import tell_finished
from staff.models import Employee
from svod.base.errors import DomainError, NotFound
from svod.base.tasks import wake

log = structlog.get_logger(__name__)
State = Job.State
MAX_ATTEMPTS = 5
PATIENCE = timedelta(minutes=1)
FILE_KEPT = timedelta(days=1)
KEPT = timedelta(days=30)


def start_job(kind: str, *, actor: Employee, list_: List | None = None, **params: Any) -> Job:
    """Queue a job; it begins once the surrounding transaction has committed."""
    job = Job.objects.create(kind=job_kinds.get(kind).slug, actor=actor, list=list_, params=params)
    wake("lists_core.run_job", str(job.pk))
    return job


def run_at_once(kind: str, *, actor: Employee, list_: List | None = None, **params: Any) -> Job:
    """A job so small that whoever asks waits for it. When their process dies over it, the sweep
    finds it as any other. Returns it over; a refusal stands in its `error`."""
    job = Job.objects.create(kind=job_kinds.get(kind).slug, actor=actor, list=list_, params=params)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def cancel_job(job_id: Any, *, actor: Employee) -> Job:
    """Ask one's own job to stop; one that still waits is cancelled at once."""
    return stop_job(own_job(job_id, actor=actor))


def stop_job(job: Job) -> Job:
    """The same of a job that the caller may stop."""
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    stopped = waiting.update(state=State.CANCELLED, finished_at=timezone.now())
    job.refresh_from_db()
    if stopped:
        job_kinds.get(job.kind).over(job)
    return job


def own_job(job_id: Any, *, actor: Employee) -> Job:
    """The actor's job; other people's do not exist for him."""
    job = Job.objects.filter(pk=job_id, actor=actor).select_related("list", "file").first()
    if job is None:
        raise NotFound
    return job


def run_job(job_id: Any) -> None:
    """Run a job to its end, unless it is over or somebody is at it. Safe to call any time."""
    with _hold(UUID(str(job_id))) as held:
        if held and _take(job_id):
            job = Job.objects.select_related("actor", "list", "file").get(pk=job_id)
            with translation.override(job.actor.language), timezone.override(job.actor.time_zone):
                _finish(job, *_outcome(job))


def sweep_jobs() -> int:
    """Deliver anew every job that should be at work; returns how many.

    Mends both ways of getting lost: a message that the broker forgot and a worker that died.
    """
    stale = Job.objects.filter(
        state__in=[State.QUEUED, State.RUNNING], created_at__lt=timezone.now() - PATIENCE
    )
    ids = [str(pk) for pk in stale.values_list("pk", flat=True)]
    for job_id in ids:
        wake("lists_core.run_job", job_id)
    return len(ids)


def forget_old_jobs() -> int:
    """Let go of files a day after their job, and of jobs KEPT after it; returns how many jobs.

    A file that nothing holds any more is removed with the other unused ones.
    """
    now = timezone.now()
    Job.objects.filter(finished_at__lt=now - FILE_KEPT).exclude(file=None).update(file=None)
    return Job.objects.filter(finished_at__lt=now - KEPT).delete()[0]


@contextmanager
def _hold(job_id: UUID) -> Iterator[bool]:
    """Whether this session got hold of the job; no other can until it lets go or dies."""
    key = job_id.int >> 65  # 63 bits: a positive bigint
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        # A broken connection has let go by itself.
        with suppress(DatabaseError), connection.cursor() as cursor:
            if held:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _take(job_id: Any) -> bool:
    """Mark the job as running. One found running has lost its worker: go on or give up."""
    job = Job.objects.filter(pk=job_id, state__in=[State.QUEUED, State.RUNNING]).first()
    if job is None:
        return False
    if job.state == State.RUNNING and not _goes_on(job):
        return False
    own = Job.objects.filter(pk=job_id, state=job.state)
    started = Coalesce(F("started_at"), timezone.now())
    return bool(own.update(state=State.RUNNING, started_at=started, attempts=F("attempts") + 1))


def _goes_on(job: Job) -> bool:
    """Whether interrupted work may be taken up; otherwise it is closed here."""
    if job.cancel_requested:
        _finish(job, State.CANCELLED, {})
    elif job_kinds.get(job.kind).resumable and job.attempts < MAX_ATTEMPTS:
        return True
    else:
        with translation.override(job.actor.language):
            text = _("The work was interrupted and did not reach its end. Start it again.")
        log.error("job_interrupted", job=str(job.pk), kind=job.kind, attempts=job.attempts)
        _finish(job, State.FAILED, {"error": text})
    return False


def _finish(job: Job, state: str | None, fields: dict[str, Any]) -> None:
    """Write the outcome, unless another worker has the job by now."""
    if state is not None:
        own = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
        if own.update(state=state, finished_at=timezone.now(), **fields):
            job.refresh_from_db(fields=["state", "error", "result"])
            job_kinds.get(job.kind).over(job)
            tell_finished(job, state)


def _outcome(job: Job) -> tuple[str | None, dict[str, Any]]:
    """The job's final state and fields; state None leaves it to be taken up again."""
    try:
        stop_if_asked(job)
        return State.DONE, {"result": job_kinds.get(job.kind).run(job)}
    except JobCancelled as stop:
        return State.CANCELLED, {"error": str(stop)}
    except (JobLost, SoftTimeLimitExceeded):
        return None, {}
    except DomainError as error:
        return State.FAILED, {"error": str(error)}
    except Exception:
        log.exception("job_failed", job=str(job.pk), kind=job.kind)
        return State.FAILED, {"error": _("Something went wrong. The details are in the log.")}
