"""Items that look like one another, as far as the actor may know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from crm_link.kinds import COMPANY, CONTACT, LEAD, Kind, kinds
from crm_link.models import ContactPoint
from crm_link.points import EXACT, PointType
from crm_link.selectors.kinds import access_kind, visible_kinds
from crm_link.selectors.points import known_points, similar_names
from lists_core.access import Right
from lists_core.field_types.phone import REGION, shown
from lists_core.selectors.across import names_across
from staff.models import Employee

#: Kinds that are people and firms; deals are never duplicates of one another.
COMPARED = (LEAD, CONTACT, COMPANY)
LIKE = 10
GROUP = 50


@dataclass(frozen=True)
class Point:
    """A telephone, an address or an INN as it is shown."""

    type: PointType
    value: str

    @property
    def text(self) -> str:
        return shown(self.value, REGION) if self.type == PointType.PHONE else self.value


@dataclass(frozen=True)
class Like:
    """An item that looks like another: by these points, or by its name where there are none."""

    kind: Kind
    id: int
    name: str
    same: list[Point] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("crm_card", args=[self.kind.slug, self.id])


Points = Mapping[PointType, Collection[str]]
Names = Mapping[Kind, str]


def look_alikes(
    actor: Employee,
    points: Points,
    names: Names,
    *,
    among: Collection[Kind] = COMPARED,
    without: int = 0,
) -> list[Like]:
    """Readable items with one of the points, then those of a similar name; at most LIKE a kind.

    `points` are normal (`points.normal`), `names` tell by what name each kind is compared,
    `without` is the item itself.
    """
    lists = visible_kinds(actor)
    found: dict[tuple[str, int], list[Point]] = {}
    for kind in among:
        if kind.slug in lists:
            known = known_points(actor, kind, lists[kind.slug])
            same = _same(known, points, without)
            near = similar_names(actor, kind, lists[kind.slug], names.get(kind, ""), limit=LIKE)
            others = [pk for pk in near if pk != without and pk not in same]
            ids = [*same, *others][:LIKE]
            found |= {(kind.slug, pk): same.get(pk, []) for pk in ids}
    likes = _named(actor, found)
    return sorted(likes, key=lambda like: not like.same)


def _same(known: QuerySet[ContactPoint], points: Points, without: int) -> dict[int, list[Point]]:
    """Id → the points it shares, the oldest item first."""
    same: dict[int, list[Point]] = defaultdict(list)
    for type_ in EXACT:
        wanted = {value for value in points.get(type_, ()) if value}
        if wanted:
            rows = known.filter(type=type_, value__in=wanted).exclude(element=without)
            pairs = rows.order_by("element").values_list("element", "value").distinct()
            for pk, value in pairs[: LIKE * 2]:
                same[pk].append(Point(type_, value))
    return dict(sorted(same.items()))


def _named(actor: Employee, found: Mapping[tuple[str, int], list[Point]]) -> list[Like]:
    lists = visible_kinds(actor)
    wanted: dict[int, list[int]] = defaultdict(list)
    for slug, pk in found:
        wanted[lists[slug].pk].append(pk)
    names = names_across(actor, wanted)
    return [
        Like(kinds.get(slug), pk, names[lists[slug].pk, pk], own)
        for (slug, pk), own in found.items()
        if (lists[slug].pk, pk) in names
    ]


# --- the page of duplicates ---------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Items of one kind that share a point."""

    point: Point
    count: int
    items: list[Like]


def repeated(actor: Employee, kind: Kind, type_: PointType) -> QuerySet[ContactPoint, Any]:
    """The values that several readable items of a kind have: rows of `value`, `count`.

    Raises NotFound for a kind that the actor does not see.
    """
    list_, _schema = access_kind(actor, Right.VIEW, kind)
    of_type = ContactPoint.objects.filter(kind=kind.slug, type=type_)
    candidates = of_type.values("value").annotate(n=Count("element", distinct=True))
    known = known_points(actor, kind, list_).filter(
        type=type_, value__in=candidates.filter(n__gt=1).values("value")
    )
    counted = known.values("value").annotate(count=Count("element", distinct=True))
    return counted.filter(count__gt=1).order_by("-count", "value")


def groups(
    actor: Employee, kind: Kind, type_: PointType, rows: Iterable[Mapping[str, Any]]
) -> list[Group]:
    """The groups of a page of `repeated`, with their first GROUP items. A fixed number of
    queries."""
    list_, _schema = access_kind(actor, Right.VIEW, kind)
    counts = {row["value"]: row["count"] for row in rows}
    known = known_points(actor, kind, list_).filter(type=type_, value__in=counts)
    members: dict[str, list[int]] = defaultdict(list)
    pairs = known.order_by("element").values_list("value", "element").distinct()
    for value, pk in pairs:
        if len(members[value]) < GROUP:
            members[value].append(pk)
    names = names_across(actor, {list_.pk: {pk for ids in members.values() for pk in ids}})
    return [
        Group(Point(type_, value), count, _likes(kind, list_.pk, members[value], names))
        for value, count in counts.items()
    ]


def _likes(
    kind: Kind, list_id: int, ids: Iterable[int], names: Mapping[tuple[int, int], str]
) -> list[Like]:
    return [Like(kind, pk, names[list_id, pk]) for pk in ids if (list_id, pk) in names]
