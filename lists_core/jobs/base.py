"""What a kind of job is, and how running work tells of its progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lists_core.models import Job
from svod.base.registry import Registry


class JobCancelled(Exception):
    """Somebody pressed "Cancel", or the job's person was deactivated (then the text says so):
    the job unwinds at its next report of progress."""


class JobLost(Exception):
    """Another worker took the job over, so this one must not write any more."""


class JobKind:
    """One kind of long work. `run` is called outside any transaction."""

    slug: str = ""
    label: str | Promise = ""
    #: `run` may be called again after its worker died, and then goes on from `job.done` and
    #: `job.result` (or begins anew, when that does no harm). Others fail as interrupted.
    resumable = False
    #: The part of the job's page that shows `job.result`; "" where `summary` is enough.
    result_template = ""
    #: What it did stands in `BulkLine`s, one an element; `undoable` says it can be taken back.
    keeps_lines = False
    undoable = False
    #: Whether the person is told when it took long; not of work that a clock starts.
    tells = True

    def run(self, job: Job) -> dict[str, Any]:
        """Do the work with `job.params`, report by `progress`, return the result as JSON.

        A DomainError fails the job with its message; any other error fails it with a
        general one and goes to the log.
        """
        raise NotImplementedError(f"{type(self).__name__} does nothing")

    def over(self, job: Job) -> None:
        """Called once when the job is over, however it ended: `job` has its state and error."""

    def summary(self, job: Job) -> str:
        """One sentence about what came out, for a job that is over; "" says nothing."""
        return ""


job_kinds: Registry[JobKind] = Registry("job kind")


def progress(job: Job, *, done: int, total: int | None = None) -> None:
    """Write how far the job is (its own units); raise JobCancelled when asked to stop."""
    record_progress(job, done=done, total=total)
    stop_if_asked(job)


def record_progress(
    job: Job, *, done: int, total: int | None = None, result: Mapping[str, Any] | None = None
) -> None:
    """Write how far the job is, and what it has come to so far.

    In the transaction of the work itself it makes both land or neither, so that a job taken
    up again neither loses nor repeats anything. Raises JobLost.
    """
    job.done = done
    job.total = job.total if total is None else total
    job.result = job.result if result is None else dict(result)
    own = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    if not own.update(done=done, total=job.total, result=job.result):
        raise JobLost


def stop_if_asked(job: Job) -> None:
    """Raise JobCancelled when somebody asked the job to stop, or its person may not go on.

    Called between batches. `job.actor` is read anew, for a job works with the rights of now
    and not with those of its start.
    """
    if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
        raise JobCancelled
    job.actor.refresh_from_db()
    if not job.actor.is_active:
        raise JobCancelled(_("Stopped: the person who started it was deactivated."))
