"""`{% load transfer %}`: how jobs are named and coloured in lists."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from lists_core.jobs.base import job_kinds
from lists_core.models import Job
from lists_core.selectors import bulk
from lists_core.selectors.files import readable_files

register = template.Library()

TONES = {
    Job.State.QUEUED: "tone-grey",
    Job.State.RUNNING: "tone-blue",
    Job.State.DONE: "tone-green",
    Job.State.FAILED: "tone-red",
    Job.State.CANCELLED: "tone-grey",
}


@register.filter
def kind_label(job: Job) -> str | Promise:
    return job_kinds.get(job.kind).label


@register.filter
def state_tone(job: Job) -> str:
    return TONES[Job.State(job.state)]


@register.filter
def may_undo(job: Job) -> bool:
    return bulk.may_undo(job)


@register.filter
def nothing_new(job: Job) -> bool:
    """Whether an import found all of its file in the list already."""
    told = job.result
    changed = any(told.get(name) for name in ("created", "updated", "failed", "dry"))
    return job.state == Job.State.DONE and not changed


@register.filter
def has_upload(job: Job) -> bool:
    """Whether the file that was imported is still there: one that nothing holds goes in a day."""
    file_id = job.params.get("file_id", 0)
    return bool(readable_files(job.actor, [file_id]))
