"""Finding items by what they are recognised by, as far as the actor may know of them.

Items one may not read, and fields one may not see, find nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from crm_link.kinds import Kind, kinds
from crm_link.models import ContactPoint
from crm_link.points import PointType, normal, point_type
from crm_link.selectors.kinds import visible_kinds
from lists_core.access import schema_for
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import elements
from staff.models import Employee

FOUND = 50
#: Words asked for at once, as Bitrix24's crm.duplicate.findbycomm takes.
ASKED = 20
SIMILAR = 0.55
SHORTEST_NAME = 4
Holders = dict[tuple[PointType, str], list[int]]
"""A point → ids of items."""


def find_by_points(
    kind: Kind | None, type_: str, values: Collection[str], *, actor: Employee
) -> dict[str, list[int]]:
    """Slug of the kind → ids of readable items with one of these telephones, addresses, INNs.

    `kind` None asks all kinds; at most FOUND of each, the oldest first, the first ASKED values.
    Kinds in which nothing was found are left out.
    """
    if type_ not in PointType.values:
        return {}
    asked = PointType(type_)
    wanted = [normal(asked, text) for text in list(values)[:ASKED]]
    found = {}
    for slug, list_ in visible_kinds(actor).items():
        if kind is None or kind.slug == slug:
            points = known_points(actor, kinds.get(slug), list_).filter(type=asked)
            ids = points.filter(value__in=[text for text in wanted if text])
            found[slug] = _ids(ids.order_by("element").distinct())
    return {slug: ids for slug, ids in found.items() if ids}


def holders_of(
    kind: Kind, list_: List, wanted: Collection[tuple[PointType, str]], actor: Employee
) -> Holders:
    """The readable items of a kind with one of these points, of each point the oldest FOUND. One
    query for any number."""
    by_type = defaultdict(set)
    for type_, point in wanted:
        by_type[type_].add(point)
    asked = Q(pk__in=[])
    for type_, points in by_type.items():
        asked |= Q(type=type_, value__in=points)
    place = Window(RowNumber(), partition_by=["type", "value"], order_by="element")
    first = known_points(actor, kind, list_).filter(asked).annotate(place=place)
    found: Holders = defaultdict(list)
    rows = first.filter(place__lte=FOUND).values_list("type", "value", "element")
    for slug, value, element in rows if by_type else ():
        found[PointType(slug), value].append(element)
    return found


def known_points(actor: Employee, kind: Kind, list_: List) -> QuerySet[ContactPoint]:
    """The points of a kind's items as far as the actor may know them."""
    schema = schema_of(list_)
    open_ = _open_fields(schema_for(actor, list_))
    readable = elements(schema, actor).values("pk")
    own = ContactPoint.objects.filter(Q(field=None) | Q(field__in=open_), kind=kind.slug)
    return own.filter(element__in=readable)


def _open_fields(schema: Schema) -> list[int]:
    return [field.field.pk for field in schema.fields if point_type(field)]


def similar_names(
    actor: Employee, kind: Kind, list_: List, name: str, *, limit: int = FOUND
) -> list[int]:
    """Ids of readable items called nearly so, the nearest first."""
    wanted = normal(PointType.NAME, name)
    if len(wanted) < SHORTEST_NAME:
        return []
    points = known_points(actor, kind, list_).filter(type=PointType.NAME)
    near = points.filter(value__trigram_similar=wanted)
    ranked = near.annotate(near=TrigramSimilarity("value", wanted)).filter(near__gte=SIMILAR)
    return _ids(ranked.order_by(F("near").desc(), "element"), limit)


def _ids(points: QuerySet[ContactPoint], limit: int = FOUND) -> list[int]:
    return list(points.values_list("element", flat=True)[:limit])
