"""Instances for whoever looks after processes: administrators all, owners those of one list.

An owner's page is about one list and about the elements that they may see there. Pages go along
the key, so that a hundred thousand instances cost what fifty do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lists_core.access import schema_for
from lists_core.field_types.references import references
from lists_core.models import List
from lists_core.selectors.elements import elements
from lists_core.selectors.lists import owned_lists
from staff.models import Employee
from svod.base.errors import NotFound
from workflows.models import Instance, TaskPerson, Template
from workflows.selectors.standing import Standing, standings

PAGE_SIZE = 50
Status = Instance.Status
OPEN = Q(status__in=Instance.OPEN, finished_at=None)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What to look for; what is empty does not narrow. `days` is the least age."""

    status: str = ""
    template: Template | None = None
    list: List | None = None
    person: Employee | None = None
    days: int | None = None


@dataclass(frozen=True)
class Row:
    """An instance as the page shows it; `title` is "" where the reader may not see the subject."""

    standing: Standing
    title: str
    url: str

    @property
    def instance(self) -> Instance:
        return self.standing.instance


@dataclass(frozen=True)
class Page:
    rows: list[Row] = field(default_factory=list)
    before: int = 0


def looked_after(actor: Employee) -> list[List]:
    """The lists whose processes the actor looks after. Four queries at most."""
    return owned_lists(actor)


def require_scope(actor: Employee, filters: Filters) -> None:
    """Owners ask about a list of theirs. Raises NotFound."""
    if actor.is_superuser:
        return
    if filters.list is None or filters.list not in looked_after(actor):
        raise NotFound


def instances(actor: Employee, filters: Filters) -> QuerySet[Instance]:
    """In no order. Raises NotFound for a scope that is not the actor's."""
    require_scope(actor, filters)
    rows = Instance.objects.filter(wanted(filters))
    if filters.list is None or actor.is_superuser:
        return rows
    seen = elements(schema_for(actor, filters.list), actor).order_by().values("pk")
    return rows.filter(Q(subject_id=None) | Q(subject_id__in=seen))


def wanted(filters: Filters) -> Q:
    asked = _in_state(filters.status)
    if filters.template:
        asked &= Q(version__template=filters.template)
    if filters.list:
        asked &= Q(list=filters.list)
    if filters.person:
        parts = TaskPerson.objects.filter(employee=filters.person, is_open=True)
        asked &= Q(started_by=filters.person) | Q(pk__in=parts.values("task__instance"))
    if filters.days is not None:
        asked &= Q(created_at__lt=timezone.now() - timedelta(days=filters.days))
    return asked


def _in_state(status: str) -> Q:
    """Open ones say that they have not ended, so that the index of those few serves."""
    if status == "all":
        return Q()
    if status in {Status.DONE, Status.CANCELLED}:
        return Q(status=status)
    return Q(status=status, finished_at=None) if status else OPEN


def page_of(actor: Employee, filters: Filters, *, before: int = 0) -> Page:
    """Newest first. A fixed number of queries."""
    rows = instances(actor, filters)
    rows = rows.filter(pk__lt=before) if before else rows
    rows = rows.select_related("version__template", "list", "started_by", "run_as")
    rows = rows.defer("version__tree", "version__template__draft").order_by("-pk")
    found = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    names = titles(actor, shown)
    drawn = [_row(one, names) for one in standings(shown)]
    return Page(drawn, shown[-1].pk if len(found) > PAGE_SIZE else 0)


def titles(actor: Employee, instances: list[Instance]) -> dict[tuple[int, int], Any]:
    """(list, element) → title of those that the actor may see. Two queries, whatever the lists.

    Subjects of other kinds have no titles here: their own app's page shows them.
    """
    asked: dict[int | None, set[Any]] = {}
    for one in instances:
        if one.list_id and one.subject_id:
            asked.setdefault(one.list_id, set()).add(one.subject_id)
    found: Any = references.get("element").load(asked, actor=actor)
    return dict(found)


def _row(standing: Standing, names: dict[tuple[int, int], Any]) -> Row:
    one = standing.instance
    title = names.get((one.list_id or 0, one.subject_id or 0))
    return Row(standing, title.text if title else "", title.url if title else "")


def counts(actor: Employee, filters: Filters) -> dict[str, int]:
    """Status → how many of those that the other filters ask for. One query over open ones."""
    open_ones = Filters(**{**vars(filters), "status": ""})
    rows = instances(actor, open_ones).order_by().values("status").annotate(number=Count("pk"))
    found = {row["status"]: row["number"] for row in rows}
    return {status: found.get(status, 0) for status in Instance.OPEN}


def templates_of(actor: Employee, list_: List | None) -> QuerySet[Template]:
    """Templates that the filter offers."""
    rows = Template.objects.exclude(active_version=None).only("pk", "name").order_by("name")
    if list_ is not None:
        return rows.filter(list=list_)
    return rows if actor.is_superuser else rows.none()
