"""Telling people of their activities: reminders and deadlines that have passed, each once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import kind_of
from crm_link.models import Activity
from crm_link.services.activities import NEWS, next_moment
from staff.services.notifications import notify
from svod.base.live import publish

BATCH = 100


def tell_due(now: datetime | None = None) -> bool:
    """Tell of what is due; True while there may be more. Two workers never tell one thing
    twice: each holds the rows it tells of."""
    moment = now or timezone.now()
    with transaction.atomic():
        due = Activity.objects.select_for_update(skip_locked=True, of=("self",))
        due = due.filter(next_at__lte=moment).select_related("element__list", "responsible")
        rows = list(due.order_by("next_at")[:BATCH])
        for row in rows:
            _tell(row, moment)
            row.told_until, row.next_at = moment, next_moment(row, moment)
        Activity.objects.bulk_update(rows, ["told_until", "next_at"])
    return len(rows) == BATCH


def _tell(row: Activity, now: datetime) -> None:
    kind = kind_of(row.element.list.system)
    # In the bin an element has no author in the registry: nobody is reminded of it.
    if kind is None or row.responsible is None or row.element.author is None:
        return
    late = row.is_late(now) or row.deadline == now
    text = _("Overdue: {subject}") if late else _("Soon: {subject}")
    notify(
        [row.responsible],
        NEWS,
        format_lazy(text, subject=row.subject),
        url=reverse("crm_card", args=[kind.slug, row.element_id]),
        key=f"activity:{row.pk}:{row.next_at}",
    )
    publish([row.responsible_id or 0], "activities")
