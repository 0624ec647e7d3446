"""Asking for the undo of a bulk change. However often it is asked for, it is one job."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lists_core.jobs.base import job_kinds
from lists_core.models import Job
from lists_core.selectors.bulk import bulk_change, is_fresh
from lists_core.services.jobs import start_job, stop_job
from staff.models import Employee
from svod.base.errors import Conflict
from svod.base.tasks import wake

State = Job.State


@transaction.atomic
def start_undo(job_id: UUID, *, actor: Employee) -> Job:
    """The job that takes this change back: a new one; the one that is at it or has done it; or
    one that was stopped, which goes on from there. Raises NotFound, Conflict."""
    bulk_change(actor, job_id)
    first = Job.objects.select_for_update(of=("self",)).select_related("list").get(pk=job_id)
    known = Job.objects.filter(undoes=first).first()
    if known is not None:
        return _again(known, actor)
    check_undoable(first)
    undo = start_job("bulk_undo", actor=actor, list_=first.list)
    undo.undoes = first
    undo.save(update_fields=["undoes"])
    return undo


def stop_bulk(job_id: UUID, *, actor: Employee) -> Job:
    """Ask a bulk change to stop: one's own, or another's in a list that one manages, who has to
    stop it before they take it back. Raises NotFound."""
    return stop_job(bulk_change(actor, job_id))


def check_undoable(first: Job) -> None:
    """Raise Conflict where nothing can be taken back (any more)."""
    if not job_kinds.get(first.kind).undoable:
        raise Conflict(_("This cannot be undone."))
    if not first.is_over:
        raise Conflict(_("It is still going on: stop it first."))
    if not is_fresh(first):
        hours = settings.BULK_UNDO_HOURS
        text = ngettext(
            "Changes can be undone for %(hours)d hour.",
            "Changes can be undone for %(hours)d hours.",
            hours,
        )
        raise Conflict(text % {"hours": hours})


def _again(undo: Job, actor: Employee) -> Job:
    """One that was stopped goes on with what it has not come to, with the rights of who asks."""
    if undo.state in {State.FAILED, State.CANCELLED}:
        undo.state, undo.actor, undo.error = State.QUEUED, actor, ""
        undo.cancel_requested, undo.finished_at = False, None
        undo.save(update_fields=["state", "actor", "error", "cancel_requested", "finished_at"])
        wake("lists_core.run_job", str(undo.pk))
    return undo
