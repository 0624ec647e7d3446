"""Reading templates: whoever may change a list's structure designs its processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from lists_core.models import List
from lists_core.selectors.lists import owned_lists
from staff.models import Employee
from workflows.models import Instance, Template

OPEN = Q(status__in=Instance.OPEN)
FAILED = Q(status=Instance.Status.FAILED)


@dataclass(frozen=True)
class Overview:
    """A template with the numbers of its open and its failed instances."""

    template: Template
    running: int
    failed: int

    @property
    def state(self) -> str:
        """ "draft" (never published), "paused", "changed" (draft differs) or "published"."""
        template = self.template
        if template.active_version is None:
            return "draft"
        if template.is_paused:
            return "paused"
        return "changed" if template.draft != template.active_version.tree else "published"


def designed_lists(actor: Employee) -> dict[int, List]:
    """The lists whose processes the actor designs, by id: those with full access."""
    return {one.pk: one for one in owned_lists(actor)}


def designed_templates(
    actor: Employee, *, list_id: int | None = None, deleted: bool = False
) -> list[Overview]:
    """Templates that the actor designs, of one list or of all. A fixed number of queries."""
    lists = designed_lists(actor)
    known = Q(list__in=lists)
    if actor.is_superuser:
        known |= Q(list=None)
    rows = Template.objects.filter(known, deleted_at__isnull=not deleted)
    # What a keeper has not written yet, or has put away, is its own business.
    unwritten = Q(active_version=None) if not deleted else Q()
    rows = rows.exclude(Q(kept_by__gt="") & unwritten)
    if list_id is not None:
        rows = rows.filter(list=list_id)
    return overviews(rows.select_related("list", "active_version", "service_employee"))


def overviews(rows: QuerySet[Template]) -> list[Overview]:
    templates = list(rows.order_by("list__name", "name", "pk"))
    ids = [one.pk for one in templates]
    counts = (
        Instance.objects.filter(version__template__in=ids, finished_at=None)
        .values("version__template")
        .annotate(running=Count("pk", filter=OPEN), failed=Count("pk", filter=FAILED))
    )
    by_id: dict[int, Any] = {row["version__template"]: row for row in counts}
    none = {"running": 0, "failed": 0}
    found = ((one, by_id.get(one.pk, none)) for one in templates)
    return [Overview(one, counted["running"], counted["failed"]) for one, counted in found]
