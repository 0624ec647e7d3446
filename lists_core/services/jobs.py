"""Starting, running and cancelling long work. Celery carries the job's id and nothing else."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lists_core.jobs.base import JobCancelled, job_kinds
from lists_core.models import Job, List
from staff.models import Employee
from svod.base.errors import DomainError, NotFound
from svod.celery import app

log = structlog.get_logger(__name__)
State = Job.State


def start_job(
    kind: str, *, actor: Employee, list_: List | None = None, **params: Any
) -> Job:
    """Queue a job; it begins once the surrounding transaction has committed."""
    job = Job.objects.create(kind=job_kinds.get(kind).slug, actor=actor, list=list_, params=params)
    transaction.on_commit(lambda: app.send_task("lists_core.run_job", args=[str(job.pk)]))
    return job


def cancel_job(job_id: Any, *, actor: Employee) -> Job:
    """Ask a job to stop; one that still waits is cancelled at once."""
    job = own_job(job_id, actor=actor)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    waiting.update(state=State.CANCELLED, finished_at=timezone.now())
    job.refresh_from_db()
    return job


def own_job(job_id: Any, *, actor: Employee) -> Job:
    """The actor's job; other people's do not exist for him."""
    job = Job.objects.filter(pk=job_id, actor=actor).select_related("list", "file").first()
    if job is None:
        raise NotFound
    return job


def run_job(job_id: Any) -> None:
    """Run a queued job to its end. A second delivery of the same message finds it taken."""
    taken = Job.objects.filter(pk=job_id, state=State.QUEUED)
    if not taken.update(state=State.RUNNING, started_at=timezone.now()):
        return
    job = Job.objects.select_related("actor", "list", "file").get(pk=job_id)
    with translation.override(job.actor.language), timezone.override(job.actor.time_zone):
        state, fields = _outcome(job)
    Job.objects.filter(pk=job_id).update(state=state, finished_at=timezone.now(), **fields)


def _outcome(job: Job) -> tuple[str, dict[str, Any]]:
    try:
        return State.DONE, {"result": job_kinds.get(job.kind).run(job)}
    except JobCancelled:
        return State.CANCELLED, {}
    except DomainError as error:
        return State.FAILED, {"error": str(error)}
    except Exception:
        log.exception("job_failed", job=str(job.pk), kind=job.kind)
        return State.FAILED, {"error": _("Something went wrong. The details are in the log.")}
