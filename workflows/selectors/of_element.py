"""The processes of one element, for whoever has been found to see the element."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from workflows.models import Instance, Template
from workflows.selectors.standing import Standing, standings

OPEN_SHOWN = 20
FINISHED_SHOWN = 10


@dataclass(frozen=True)
class Processes:
    """`open` are those under way, the newest first (`more_open`: there are others); `before`
    is where older finished ones go on, 0 when there are none."""

    open: list[Standing]
    more_open: bool
    finished: list[Instance]
    before: int


def processes_of(list_id: int, element_id: int, *, before: int = 0) -> Processes:
    """A fixed number of queries."""
    rows = _of(list_id, element_id).select_related("version__template", "started_by", "run_as")
    rows = rows.defer("version__tree", "version__template__draft").order_by("-pk")
    running = list(rows.filter(status__in=Instance.OPEN)[: OPEN_SHOWN + 1])
    over = rows.exclude(status__in=Instance.OPEN)
    over = over.filter(pk__lt=before) if before else over
    finished = list(over[: FINISHED_SHOWN + 1])
    more = len(finished) > FINISHED_SHOWN
    return Processes(
        standings(running[:OPEN_SHOWN]),
        len(running) > OPEN_SHOWN,
        finished[:FINISHED_SHOWN],
        finished[FINISHED_SHOWN - 1].pk if more else 0,
    )


def count_open(list_id: int, element_id: int) -> int:
    return _of(list_id, element_id).filter(status__in=Instance.OPEN).count()


def startable(list_id: int) -> QuerySet[Template]:
    """Published templates of a list: each may be started by hand."""
    rows = Template.objects.filter(list=list_id, subject="element", deleted_at=None)
    rows = rows.exclude(active_version=None).filter(is_paused=False)
    return rows.select_related("active_version").order_by("name", "pk")


def has_processes(list_id: int) -> bool:
    """Whether a process of the list was ever published."""
    return Template.objects.filter(list=list_id).exclude(active_version=None).exists()


def _of(list_id: int, element_id: int) -> QuerySet[Instance]:
    return Instance.objects.filter(list=list_id, subject_id=element_id)
