"""Imports that a clock starts: set up by people, begun by the beat, run as their owners."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.models import ImportMapping, ImportSchedule, Job, List
from lists_core.selectors.import_mappings import mappings_of
from lists_core.selectors.import_schedules import access_schedule, own_schedule
from lists_core.selectors.imports import list_to_fill
from lists_core.services.audited import tell_list
from lists_core.services.jobs import start_job
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.outside import AddressRefused, checked_url

State, Every = ImportSchedule.State, ImportSchedule.Every
PERIODS = {
    Every.HOUR: timedelta(hours=1),
    Every.DAY: timedelta(days=1),
    Every.WEEK: timedelta(weeks=1),
}
MOST_OF_A_LIST = 20
AT_ONCE = 100
KIND = "import_url"


@transaction.atomic
def create_schedule(
    list_id: int, *, url: str, every: str, mapping: int, actor: Employee
) -> ImportSchedule:
    """Fetched for the first time at once. Raises NotFound, Forbidden, Invalid by field."""
    list_ = list_to_fill(actor, list_id)
    if ImportSchedule.objects.filter(list=list_).count() >= MOST_OF_A_LIST:
        raise Invalid({"": [_("This list has too many scheduled imports.")]})
    row = ImportSchedule(list=list_, owner=actor, next_at=timezone.now())
    _fill(row, url, every, _mapping(list_, mapping))
    row.save()
    tell_list("import.scheduled", list_, actor, every=row.every)
    return row


@transaction.atomic
def change_schedule(
    list_id: int, schedule_id: int, *, url: str, every: str, mapping: int | None, actor: Employee
) -> ImportSchedule:
    """`mapping` None leaves the copy it has. The file counts as never read, and is fetched anew.

    Raises NotFound, Forbidden, Invalid by field.
    """
    row = _locked(own_schedule(actor, list_id, schedule_id))
    _fill(row, url, every, _mapping(row.list, mapping) if mapping else None)
    row.sha256 = row.etag = ""
    row.next_at, row.is_on = timezone.now(), True
    row.save()
    tell_list("import.scheduled", row.list, actor, every=row.every)
    return row


@transaction.atomic
def delete_schedule(list_id: int, schedule_id: int, *, actor: Employee) -> None:
    """Raises NotFound, Forbidden."""
    access_schedule(actor, list_id, schedule_id).delete()


@transaction.atomic
def switch_schedule(list_id: int, schedule_id: int, *, on: bool, actor: Employee) -> None:
    """On by its owner, off by whoever may delete it. Raises NotFound, Forbidden."""
    row = (own_schedule if on else access_schedule)(actor, list_id, schedule_id)
    row.is_on = on
    row.save(update_fields=["is_on"])


@transaction.atomic
def run_schedule(list_id: int, schedule_id: int, *, actor: Employee) -> Job:
    """Fetch it now; the job that does it, or the one that is at it. Raises NotFound, Forbidden."""
    return _start(_locked(own_schedule(actor, list_id, schedule_id)))


@transaction.atomic
def start_due() -> int:
    """Begin what is due; returns how many. Several beats at once share the work."""
    now = timezone.now()
    due = ImportSchedule.objects.select_for_update(skip_locked=True, of=("self",))
    waiting = due.filter(is_on=True, next_at__lte=now).select_related("list", "owner", "job")
    rows = list(waiting.order_by("next_at")[:AT_ONCE])
    for row in rows:
        row.next_at = _next(row, now)
        row.save(update_fields=["next_at"])
        _start(row)
    return len(rows)


def _locked(row: ImportSchedule) -> ImportSchedule:
    """The row as it is now, held against a job that ends at the same moment."""
    return ImportSchedule.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _start(row: ImportSchedule) -> Job:
    if row.job and not row.job.is_over:
        return row.job
    row.job = start_job(KIND, actor=row.owner, list_=row.list, schedule=row.pk)
    row.state = State.WORKING
    row.save(update_fields=["job", "state"])
    return row.job


def _next(row: ImportSchedule, now: datetime) -> datetime:
    """The next time that is yet to come; those that nobody was up for are let go."""
    period = PERIODS[Every(row.every)]
    return row.next_at + period * ((now - row.next_at) // period + 1)


def _mapping(list_: List, mapping_id: int) -> ImportMapping:
    row = mappings_of(list_).filter(pk=mapping_id).first()
    if row is None:
        raise Invalid({"mapping": [_("Choose a mapping.")]})
    if row.choices["mode"] == "add":
        message = _("This mapping has no key: each fetch would add all rows once more.")
        raise Invalid({"mapping": [message]})
    return row


def _fill(row: ImportSchedule, url: str, every: str, mapping: ImportMapping | None) -> None:
    try:
        checked_url(url)
    except AddressRefused as error:
        raise Invalid({"url": [str(error)]}) from None
    if every not in Every.values:
        raise Invalid({"every": [_("Choose how often.")]})
    row.url, row.every = url, every
    if mapping:
        row.mapping_name, row.headings = mapping.name, mapping.headings
        row.choices = mapping.choices
