"""A new booking rule takes in the open deals that name objects already."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.models import BookingRule
from crm_link.services.booking_intake import Intake, take_in
from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job
from svod.base.errors import Conflict, NotFound

#: So many conflicts are kept for the page of the rule.
MOST = 200
#: Others may book the same at that moment: a batch is tried so often.
ATTEMPTS = 4


@job_kinds.register
class BookingIntake(JobKind):
    """`params["rule"]`; `result`: `looked`, `booked`, `refused` are numbers, `conflicts` the
    first pairs of deal and object, `last` the id of the last deal that is done."""

    slug = "booking_intake"
    label = gettext_lazy("Booking for the deals there are")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        blank = {"looked": 0, "booked": 0, "refused": 0, "conflicts": [], "last": 0}
        outcome = dict(job.result) or blank
        while self._tried(job, outcome):
            stop_if_asked(job)
        return outcome

    def _tried(self, job: Job, outcome: dict[str, Any]) -> bool:
        for _attempt in range(ATTEMPTS - 1):
            with suppress(Conflict):
                return self._batch(job, outcome)
        return self._batch(job, outcome)

    def _batch(self, job: Job, outcome: dict[str, Any]) -> bool:
        rules = BookingRule.objects.select_related("link")
        with transaction.atomic():
            rule = rules.filter(pk=job.params["rule"]).first()
            if rule is None:
                raise NotFound
            found = take_in(rule, outcome["last"], actor=job.actor)
            if found.last:
                outcome |= _together(outcome, found)
                record_progress(job, done=outcome["looked"], result=outcome)
        return bool(found.last)

    def summary(self, job: Job) -> str:
        told = {"looked": 0, "booked": 0, "refused": 0, **job.result}
        return _("Deals: %(looked)d. Booked: %(booked)d. Not to be had: %(refused)d.") % told


def _together(outcome: dict[str, Any], found: Intake) -> dict[str, Any]:
    pairs = [*outcome["conflicts"], *([deal, element] for deal, element in found.conflicts)]
    return {
        "looked": outcome["looked"] + found.looked,
        "booked": outcome["booked"] + found.booked,
        "refused": outcome["refused"] + len(found.conflicts),
        "conflicts": pairs[:MOST],
        "last": found.last,
    }
