"""What a board reads: how many elements and how much money each lane has, and its first cards.

One query counts and sums all lanes, one finds the cards of all lanes, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from lists_core.models import FieldOption
from lists_core.schema.fields import SchemaField
from lists_core.selectors.fence import fenced

#: So few found elements are numbered within their lanes in one pass, without walks along the
#: index of lanes, which would be long where hardly anything of a lane is found.
FEW = 5_000
Lane = int | None
"""The option that a lane stands for; None for elements without a value."""


@dataclass
class Tally:
    """How many elements a lane has, and their sums: of money by currency, of numbers by ""."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)


def tallies(rows: QuerySet[Any], by: SchemaField, amount: SchemaField | None) -> dict[Lane, Tally]:
    """Lane → tally of the found rows. One query."""
    columns = amount.column_names if amount else ()
    parts = [by.main_column, *columns[1:]]
    total = {"total": Sum(columns[0])} if columns else {}
    found: dict[Lane, Tally] = defaultdict(Tally)
    for row in rows.order_by().values(*parts).annotate(number=Count("pk"), **total):
        tally = found[row[by.main_column]]
        tally.count += row["number"]
        if row.get("total") is not None:
            tally.sums[row[columns[1]] if len(columns) > 1 else ""] = row["total"]
    return dict(found)


def first_ids(
    rows: QuerySet[Any], by: SchemaField, lanes: Sequence[Lane], *, limit: int, total: int
) -> dict[Lane, list[int]]:
    """The first ids of each lane in the order of `rows`, `limit` at most. One query, and one for
    those without value.

    `total` is how many rows there are in all: it chooses the plan.
    """
    if total <= FEW:
        return _numbered(rows, by, lanes, limit)
    column = by.main_column
    own = rows.filter(Q.create([(column, OuterRef("pk"))]))
    options = FieldOption.objects.filter(pk__in=[lane for lane in lanes if lane is not None])
    ids = ArraySubquery(own.values("pk")[:limit])
    found: dict[Lane, list[int]] = dict(options.order_by().values_list("pk", ids))
    if None in lanes:
        found[None] = lane_ids(rows, by, None, limit=limit)
    return found


def lane_ids(rows: QuerySet[Any], by: SchemaField, lane: Lane, *, limit: int) -> list[int]:
    """The first ids of one lane in the order of `rows`."""
    return list(rows.filter(in_lane(by, lane)).values_list("pk", flat=True)[:limit])


def in_lane(by: SchemaField, lane: Lane) -> Q:
    lookup = by.main_column if lane is not None else f"{by.main_column}__isnull"
    return Q.create([(lookup, True if lane is None else lane)])


def _numbered(
    rows: QuerySet[Any], by: SchemaField, lanes: Sequence[Lane], limit: int
) -> dict[Lane, list[int]]:
    order: list[Any] = list(rows.query.order_by)
    place = Window(RowNumber(), partition_by=[F(by.main_column)], order_by=order)
    numbered = rows.order_by().annotate(place=place).filter(place__lte=limit).order_by("place")
    found: dict[Lane, list[int]] = {lane: [] for lane in lanes}
    with fenced():
        for lane, pk in numbered.values_list(by.main_column, "pk"):
            if lane in found:
                found[lane].append(pk)
    return found
