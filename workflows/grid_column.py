"""The column "Processes" of grids: where the process of each element stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, Count, IntegerField, Value, When
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from lists_core.grid.extra import ExtraColumn, extra_columns
from lists_core.models import List
from staff.models import Employee
from workflows.models import Instance
from workflows.selectors.of_element import has_processes
from workflows.selectors.standing import Standing, standings

TONES = {
    Instance.Status.FAILED: "red",
    Instance.Status.SUSPENDED: "purple",
    Instance.Status.RUNNING: "blue",
    Instance.Status.WAITING: "amber",
}


class ProcessColumn(ExtraColumn):
    """One process an element: a failed one before others, else the newest that is under way.
    Rows of a page are visible to the reader, and whoever sees an element sees its processes."""

    slug = "processes"
    label = _("Processes")
    width = 300

    def shown(self, actor: Employee, list_: List) -> bool:
        return has_processes(list_.pk)

    def cells(self, actor: Employee, list_: List, rows: Sequence[Any]) -> Mapping[int, str]:
        running = Instance.objects.filter(
            list=list_, subject_id__in=[row.pk for row in rows], status__in=Instance.OPEN
        )
        counted = running.order_by().values("subject_id").annotate(number=Count("pk"))
        numbers = dict(counted.values_list("subject_id", "number"))
        worst = Case(When(status="failed", then=Value(0)), default=1, output_field=IntegerField())
        firsts = running.order_by("subject_id", worst, "-pk").distinct("subject_id")
        return {
            one.instance.subject_id or 0: _cell(one, numbers[one.instance.subject_id])
            for one in standings(list(firsts))
        }


def _cell(standing: Standing, number: int) -> str:
    instance = standing.instance
    url = reverse("element_processes", args=[instance.list_id, instance.subject_id])
    badge = format_html(
        '<a class="sv-badge tone-{}" href="{}" data-drawer>{}</a>',
        TONES[Instance.Status(instance.status)],
        url,
        ", ".join(dict.fromkeys(stand.name for stand in standing.stands))
        or instance.get_status_display(),
    )
    return format_html(
        '{} <span class="text-secondary">{}{}</span>',
        badge,
        _waits(standing),
        f" +{number - 1}" if number > 1 else "",
    )


def _waits(standing: Standing) -> str:
    """Whom, else until when."""
    if standing.instance.status == Instance.Status.FAILED:
        return _g("Failed")
    if standing.people:
        return ", ".join(str(person) for person in standing.people)
    until = standing.until
    if until is None:
        return ""
    shown = formats.date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")
    return _g("until %(moment)s") % {"moment": shown}


def add_column() -> None:
    extra_columns.register(ProcessColumn)
