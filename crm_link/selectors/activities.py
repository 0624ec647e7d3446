"""Reading activities: through the item, which the reader must see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from crm_link.kinds import DEAL, LEAD, kind_of
from crm_link.models import Activity
from crm_link.selectors.items import open_any
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.stages import all_stages
from lists_core.access import Right, schema_for
from lists_core.element_tabs import Target
from lists_core.schema.cache import schema_of
from lists_core.selectors.across import names_across
from lists_core.selectors.elements import elements
from staff.models import Employee
from staff.selectors_managers import subordinate_ids
from svod.base.errors import Forbidden, NotFound

SHOWN = 50
READ = 300
COUNTED = 100


class Need(StrEnum):
    VIEW = "view"
    CHANGE = "change"


def access_activity(actor: Employee, need: Need, activity_id: int) -> tuple[Activity, Target]:
    """The activity and its item. Raises NotFound for whom the item is closed, Forbidden for a
    change by who may neither change the item nor has to do with the activity."""
    row = Activity.objects.select_related("responsible", "author").filter(pk=activity_id).first()
    if row is None:
        raise NotFound
    target = open_any(actor, Right.VIEW, row.element_id)
    if need == Need.CHANGE and not may_change(target, row):
        raise Forbidden
    return row, target


def may_change(target: Target, row: Activity) -> bool:
    own = target.actor.pk in {row.author_id, row.responsible_id}
    return own or target.may(Right.CHANGE)


def planned_of(target: Target) -> list[Activity]:
    """What is still to be done about an item, the most urgent first. One query."""
    rows = Activity.objects.filter(element=target.id, done_at=None)
    rows = rows.select_related("responsible")
    return list(rows.order_by(F("deadline").asc(nulls_last=True), "pk")[:SHOWN])


# --- one person's activities -------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """An activity with the name and the address of its item."""

    row: Activity
    name: str
    url: str


@dataclass(frozen=True)
class Bucket:
    slug: str
    items: Sequence[Item]


def people_of(actor: Employee, whose: str) -> set[int]:
    """Whose activities: one's own, or those of the people one is above."""
    return subordinate_ids(actor) if whose == "team" else {actor.pk}


def buckets(actor: Employee, people: Collection[int], now: datetime) -> list[Bucket]:
    """Open activities of these people about items that the actor sees: overdue, today, later,
    without a deadline. A fixed number of queries."""
    rows = _open(people).select_related("responsible", "element__list")
    found = _seen(actor, rows.order_by(F("deadline").asc(nulls_last=True), "pk")[:READ])
    tomorrow = end_of_day(now)
    parts: dict[str, list[Item]] = {"overdue": [], "today": [], "later": [], "undated": []}
    for one in found:
        parts[_bucket(one.row, now, tomorrow)].append(one)
    return [Bucket(slug, items) for slug, items in parts.items()]


def _bucket(row: Activity, now: datetime, tomorrow: datetime) -> str:
    if row.deadline is None:
        return "undated"
    if row.deadline < now:
        return "overdue"
    return "today" if row.deadline < tomorrow else "later"


def due_count(actor: Employee) -> int:
    """Overdue and today's ones of the actor, up to COUNTED: the number beside the menu."""
    if not actor.is_active:
        return 0
    rows = _open({actor.pk}).filter(deadline__lt=end_of_day(timezone.now()))
    return rows.order_by()[:COUNTED].count()


def due_between(
    actor: Employee,
    people: Collection[int],
    start: datetime,
    end: datetime,
    kinds: Collection[str] = (),
) -> list[Item]:
    """For the calendar: open and done ones with a deadline in [start, end), of some kinds."""
    rows = _live(people).filter(deadline__gte=start, deadline__lt=end)
    rows = rows.filter(kind__in=kinds) if kinds else rows
    return _seen(actor, rows.select_related("element__list").order_by("deadline", "pk")[:READ])


def end_of_day(now: datetime) -> datetime:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def _live(people: Collection[int]) -> QuerySet[Activity]:
    """Those of items that are not in the bin: these have no author in the registry."""
    return Activity.objects.filter(responsible__in=people, element__author__isnull=False)


def _open(people: Collection[int]) -> QuerySet[Activity]:
    return _live(people).filter(done_at=None)


def _seen(actor: Employee, rows: Iterable[Activity]) -> list[Item]:
    known = list(rows)
    wanted: dict[int, set[int]] = {}
    for row in known:
        wanted.setdefault(row.element.list_id, set()).add(row.element_id)
    names = names_across(actor, wanted)
    return [
        Item(row, names[key], _url(row))
        for row in known
        if (key := (row.element.list_id, row.element_id)) in names
    ]


def _url(row: Activity) -> str:
    kind = kind_of(row.element.list.system)
    return reverse("crm_card", args=[kind.slug, row.element_id]) if kind else ""


# --- badges -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Badge:
    """What is still to be done about an item: how much, how much of it is overdue, and the
    first of it."""

    open: int
    overdue: int
    first: Activity

    @property
    def is_late(self) -> bool:
        return self.overdue > 0


def badges(element_ids: Collection[int]) -> dict[int, Badge]:
    """By the ids of items that the caller has found to be visible; items with nothing to do are
    left out. Two queries, however many items."""
    now = timezone.now()
    rows = Activity.objects.filter(element__in=element_ids, done_at=None)
    late = Count("pk", filter=Q(deadline__lt=now))
    numbers = {
        pk: (number, overdue)
        for pk, number, overdue in rows.order_by()
        .values_list("element")
        .annotate(number=Count("pk"), late=late)
    }
    if not numbers:
        return {}
    order = ("element", F("deadline").asc(nulls_last=True), "pk")
    firsts = rows.order_by(*order).distinct("element")
    return {row.element_id: Badge(*numbers[row.element_id], row) for row in firsts}


# --- items with nothing to do --------------------------------------------------------------


def idle_items(actor: Employee) -> list[tuple[str, int, str]]:
    """(slug of the kind, id, name) of the open leads and deals for which the actor answers and
    nobody has planned anything, the oldest first."""
    found: list[tuple[str, int, str]] = []
    for slug, list_ in visible_kinds(actor).items():
        if slug in (LEAD.slug, DEAL.slug):
            rows = _idle(actor, list_)
            found += [(slug, pk, name) for pk, name in rows[:SHOWN]]
    return found


def _idle(actor: Employee, list_: Any) -> QuerySet[Any]:
    schema, own = schema_of(list_), schema_for(actor, list_)
    if own.get("RESPONSIBLE") is None or own.get("STAGE") is None:
        return schema.model.objects.none().values_list("pk", "name")
    open_ = [pk for pk, stage in all_stages(list_).items() if not stage.is_final]
    mine = Q.create([(schema["RESPONSIBLE"].main_column, actor.pk)])
    going = Q.create([(f"{schema['STAGE'].main_column}__in", open_)])
    planned = Activity.objects.filter(done_at=None).values("element")
    rows = elements(schema, actor).filter(mine, going).exclude(pk__in=planned)
    return rows.order_by("pk").values_list("pk", "name")
