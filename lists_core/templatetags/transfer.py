"""`{% load transfer %}`: how jobs are named and coloured in lists."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from lists_core.jobs.base import job_kinds
from lists_core.models import Job

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
