"""Activities that were done: calls, meetings and the like."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm_link.activity_kinds import ICONS
from crm_link.models import Activity
from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.access import Right
from lists_core.element_tabs import Target

TITLES = {
    Activity.Kind.CALL: _("Call"),
    Activity.Kind.MEETING: _("Meeting was held"),
    Activity.Kind.TASK: _("Task was done"),
    Activity.Kind.EMAIL: _("Letter was written"),
    Activity.Kind.DEED: _("Done"),
}


@sources.register
class Activities(Source):
    slug = "activities"
    group = "activities"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = Activity.objects.filter(element=target.id, done_at__isnull=False)
        known = ("done_by", "responsible")
        found = within.cut(rows.select_related(*known), "done_at")
        may_all = target.may(Right.CHANGE)
        return [self._entry(row, target.actor.pk, may_all=may_all) for row in found]

    def _entry(self, row: Activity, reader: int, *, may_all: bool) -> Entry:
        kind = Activity.Kind(row.kind)
        own = reader in {row.author_id, row.responsible_id}
        return Entry(
            row.done_at or row.created_at,
            row.pk,
            icon=ICONS[kind],
            title=TITLES[kind],
            actor=row.done_by,
            tone="green",
            template="crm/timeline/activity.html",
            data={"activity": row, "may_change": may_all or own, "duration": _spent(row)},
        )


def _spent(row: Activity) -> str:
    """`12:05` for the twelve minutes and five seconds of a call."""
    return "" if row.duration is None else f"{row.duration // 60}:{row.duration % 60:02}"
