"""What a kind of job is, and how running work tells of its progress."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise

from lists_core.models import Job
from svod.base.registry import Registry


class JobCancelled(Exception):
    """Somebody pressed "Cancel": the job unwinds at its next report of progress."""


class JobKind:
    """One kind of long work. `run` is called once, outside any transaction."""

    slug: str = ""
    label: str | Promise = ""

    def run(self, job: Job) -> dict[str, Any]:
        """Do the work with `job.params`, report by `progress`, return the result as JSON.

        A DomainError fails the job with its message; any other error fails it with a
        general one and goes to the log.
        """
        raise NotImplementedError(f"{type(self).__name__} does nothing")


job_kinds: Registry[JobKind] = Registry("job kind")


def progress(job: Job, *, done: int, total: int | None = None) -> None:
    """Write how far the job is (its own units); raise JobCancelled when asked to stop."""
    job.done = done
    job.total = job.total if total is None else total
    own = Job.objects.filter(pk=job.pk)
    own.update(done=done, total=job.total)
    if own.filter(cancel_requested=True).exists():
        raise JobCancelled
