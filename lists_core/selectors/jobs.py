"""Reading jobs: everybody sees his own."""

from __future__ import annotations

from django.db.models import QuerySet

from lists_core.models import Job
from staff.models import Employee


def jobs_of(actor: Employee) -> QuerySet[Job]:
    """The actor's jobs with their lists and files, the newest first."""
    return Job.objects.filter(actor=actor).select_related("list", "file")
