"""Processes of the item: begun, ended, what they asked of people and what they mailed."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.access import Right
from lists_core.element_tabs import Target
from workflows.models import Instance, Outgoing, Task
from workflows.selectors.tasks import visible_tasks

ENDS = {
    Instance.Status.DONE: (_("A process has ended"), "green"),
    Instance.Status.CANCELLED: (_("A process was cancelled"), "grey"),
}


def instances_of(target: Target) -> QuerySet[Instance]:
    rows = Instance.objects.filter(list=target.list, subject_id=target.id)
    known = rows.select_related("version__template", "started_by")
    return known.defer("state", "version__tree", "version__template__draft")


@sources.register
class Started(Source):
    slug = "started"
    group = "processes"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        return [
            Entry(
                row.created_at, row.pk, icon="player-play", title=_("A process has begun"),
                actor=row.started_by, tone="indigo", template="crm/timeline/process.html",
                data={"instance": row},
            )
            for row in within.cut(instances_of(target), "created_at")
        ]  # fmt: skip


@sources.register
class Ended(Source):
    slug = "ended"
    group = "processes"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = instances_of(target).filter(finished_at__isnull=False, status__in=ENDS)
        return [self._entry(row) for row in within.cut(rows, "finished_at")]

    def _entry(self, row: Instance) -> Entry:
        title, tone = ENDS[Instance.Status(row.status)]
        return Entry(
            row.finished_at or row.created_at, row.pk, icon="flag", title=title, tone=tone,
            template="crm/timeline/process.html", data={"instance": row},
        )  # fmt: skip


@sources.register
class Tasks(Source):
    """Only the tasks that the reader may open."""

    slug = "tasks"
    group = "processes"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = Task.objects.filter(instance__list=target.list, instance__subject_id=target.id)
        found = within.cut(rows.filter(visible_tasks(target.actor)), "created_at")
        return [
            Entry(
                row.created_at, row.pk, icon="checkbox", title=_("A process gave a task"),
                tone="amber", template="crm/timeline/task.html",
                data={"task": row, "url": reverse("task", args=[row.pk])},
            )
            for row in found
        ]  # fmt: skip


@sources.register
class Letters(Source):
    """What a step wrote is seen by whoever may see what steps gave back: the person with whose
    rights the process works, full access to the list, administrators."""

    slug = "letters"
    group = "processes"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        full = target.actor.is_superuser or target.may(Right.FULL)
        mine = Q() if full else Q(instance__run_as=target.actor)
        rows = Outgoing.objects.filter(
            mine, channel="mail", state=Outgoing.State.DONE, done_at__isnull=False,
            instance__list=target.list, instance__subject_id=target.id,
        )  # fmt: skip
        return [
            Entry(
                row.done_at or row.created_at, row.pk, icon="mail", title=_("A letter was sent"),
                tone="cyan", template="crm/timeline/letter.html", data={"letter": row.payload},
            )
            for row in within.cut(rows, "done_at")
        ]  # fmt: skip
