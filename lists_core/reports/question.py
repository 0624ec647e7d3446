"""What a report asks, checked against what one reader may know of the list.

It is kept as texts: `{"filter": {…}, "groups": ["STAGE:value", "CREATED_AT:month"], "measures":
["count", "sum:AMOUNT", "hours:CREATED_AT:CLOSED_AT"], "sort": "sum:AMOUNT", "descending": true,
"limit": 20, "chart": "bar"}`. A field that the reader may not see is as one that was never
made: what names it is left out, the rest works, and a notice says that something is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.filters.tree import MAX_DEPTH, Group, parse_filter
from lists_core.reports.groupings import Grouping
from lists_core.reports.measures import COUNT, FILLED, Measure
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from svod.base.errors import Invalid

MAX_GROUPS, MAX_MEASURES = 2, 8
LIMITS = (5, 10, 20, 50, 100)
USUAL_LIMIT = 20
BY_GROUP = "group"
EMPTY = "empty"
CHARTS: dict[str, str | Promise] = {
    "bar": gettext_lazy("Columns"),
    "stacked": gettext_lazy("Stacked columns"),
    "rows": gettext_lazy("Bars"),
    "line": gettext_lazy("Line"),
    "pie": gettext_lazy("Pie"),
    "doughnut": gettext_lazy("Doughnut"),
    "table": gettext_lazy("Table only"),
}


@dataclass(frozen=True)
class GroupBy:
    field: SchemaField
    grouping: Grouping

    @property
    def code(self) -> str:
        return f"{self.field.code}:{self.grouping.slug}"

    @property
    def name(self) -> str:
        if len(groupings_of(self.field)) == 1:
            return str(self.field.name)
        return f"{self.field.name}: {self.grouping.label}"


@dataclass(frozen=True)
class Measured:
    """`other` is the field to which time is counted."""

    measure: Measure
    field: SchemaField | None = None
    other: SchemaField | None = None

    @property
    def code(self) -> str:
        fields = (field.code for field in (self.field, self.other) if field)
        return ":".join((self.measure.slug, *fields))

    @property
    def name(self) -> str:
        if self.field is None:
            return str(self.measure.label)
        if self.other is None:
            return f"{self.field.name}: {self.measure.label}"
        return _("%(first)s → %(last)s: %(measure)s") % {
            "first": self.field.name,
            "last": self.other.name,
            "measure": self.measure.label,
        }

    @property
    def usual(self) -> str:
        """The split that comes first and is sorted by."""
        return self.measure.usual(self.field) if self.measure.split and self.field else ""


@dataclass(frozen=True)
class Question:
    """`sort` is BY_GROUP or the code of a measure; there is always a measure. `by_key` takes the
    groups as their keys follow each other, from `offset` on: a page of a table's groups."""

    filter: Group
    groups: tuple[GroupBy, ...]
    measures: tuple[Measured, ...]
    sort: str
    descending: bool
    limit: int
    chart: str
    notices: tuple[str, ...] = ()
    by_key: bool = False
    offset: int = 0

    @property
    def sorted_by(self) -> Measured | None:
        return next((one for one in self.measures if one.code == self.sort), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "filter": self.filter.to_json(),
            "groups": [group.code for group in self.groups],
            "measures": [measured.code for measured in self.measures],
            "sort": self.sort,
            "descending": self.descending,
            "limit": self.limit,
            "chart": self.chart,
        }


# --- what can be asked --------------------------------------------------------------------


def groupings_of(field: SchemaField) -> list[Grouping]:
    return list(field.type.groupings)


def measures_of(field: SchemaField) -> list[Measure]:
    """Of several values in one element only whether there are any can be told."""
    own = [] if field.multiple else [one for one in field.type.measures if not one.moment]
    return [*own, *([FILLED] if EMPTY in field.operators else [])]


def moment_of(field: SchemaField) -> Measure | None:
    """The measure of time between this field and another one."""
    if field.multiple:
        return None
    return next((one for one in field.type.measures if one.moment), None)


def group_choices(schema: Schema) -> list[GroupBy]:
    return [
        GroupBy(field, grouping) for field in offered(schema) for grouping in groupings_of(field)
    ]


def measure_choices(schema: Schema) -> list[Measured]:
    """All but the times between two fields."""
    fields = offered(schema)
    return [
        Measured(COUNT),
        *(Measured(measure, field) for field in fields for measure in measures_of(field)),
    ]


def moments(schema: Schema) -> list[SchemaField]:
    return [field for field in offered(schema) if moment_of(field)]


def offered(schema: Schema) -> list[SchemaField]:
    """What people fill comes first, the program's own fields after it."""
    own = set(schema.editable)
    return [*schema.editable, *(field for field in schema.all_fields if field not in own)]


# --- reading ------------------------------------------------------------------------------


def read_question(raw: Mapping[str, Any], schema: Schema) -> Question:
    """The question as far as the schema knows its parts; never an error."""
    groups, lost_groups = _known(raw.get("groups"), schema, _group, MAX_GROUPS)
    measures, lost_measures = _known(raw.get("measures"), schema, _measured, MAX_MEASURES)
    tree, lost_conditions = _filter(raw.get("filter"), schema)
    measures = measures or (Measured(COUNT),)
    notices = []
    if lost_groups or lost_measures:
        notices.append(_("A field of this report is not available; the report goes without it."))
    if lost_conditions:
        text = _("A condition of the filter is incomplete or not available and was not applied.")
        notices.append(text)
    sorts = {BY_GROUP, *(measured.code for measured in measures)}
    return Question(
        filter=tree,
        groups=groups,
        measures=measures,
        sort=raw["sort"] if raw.get("sort") in sorts else BY_GROUP,
        descending=raw.get("descending") is True,
        limit=raw["limit"] if raw.get("limit") in LIMITS else USUAL_LIMIT,
        chart=raw["chart"] if raw.get("chart") in CHARTS else "bar",
        notices=tuple(notices),
    )


def _known(codes: Any, schema: Schema, read: Any, most: int) -> tuple[tuple[Any, ...], bool]:
    """What the codes mean, each once, and whether one of them means nothing."""
    asked = list(dict.fromkeys(str(code) for code in codes)) if isinstance(codes, list) else []
    found = [read(code, schema) for code in asked]
    return tuple(one for one in found if one)[:most], None in found


def _group(code: str, schema: Schema) -> GroupBy | None:
    name, _sign, slug = code.partition(":")
    field = schema.get(name)
    known = groupings_of(field) if field else []
    grouping = next((one for one in known if one.slug == slug), None)
    return GroupBy(field, grouping) if field and grouping else None


def _measured(code: str, schema: Schema) -> Measured | None:
    slug, *names = code.split(":")
    if code == COUNT.slug:
        return Measured(COUNT)
    fields = [schema.get(name) for name in names]
    if len(fields) == 1 and fields[0]:
        own = next((one for one in measures_of(fields[0]) if one.slug == slug), None)
        return Measured(own, fields[0]) if own else None
    if len(fields) == MAX_GROUPS and fields[0] and fields[1]:
        first, last = moment_of(fields[0]), moment_of(fields[1])
        between = first and last and first.slug == slug and fields[0] is not fields[1]
        return Measured(first, fields[0], fields[1]) if first and between else None
    return None


def _filter(raw: Any, schema: Schema) -> tuple[Group, bool]:
    """The filter without the conditions that do not fit, and whether there were any."""
    if not raw:
        return Group(), False
    kept, lost = _pruned(raw, schema, depth=1)
    try:
        return parse_filter(json.dumps(kept or {"and": []}), schema), lost
    except (Invalid, ValueError):
        return Group(), True


def _pruned(raw: Any, schema: Schema, *, depth: int) -> tuple[Any, bool]:
    if isinstance(raw, dict) and "field" in raw:
        fits = _fits(raw, schema)
        return (raw if fits else None), not fits
    joiner = next(iter(set(raw) & {"and", "or"}), "") if isinstance(raw, dict) else ""
    if not joiner or not isinstance(raw[joiner], list) or depth > MAX_DEPTH:
        return None, True
    parts = [_pruned(item, schema, depth=depth + 1) for item in raw[joiner]]
    kept = [part for part, _lost in parts if part]
    return ({joiner: kept} if kept else None), any(lost for _part, lost in parts)


def _fits(raw: dict[str, Any], schema: Schema) -> bool:
    try:
        return bool(parse_filter(json.dumps({"and": [raw]}), schema).items)
    except Invalid:
        return False


def codes(texts: Iterator[str] | list[str]) -> list[str]:
    """Codes as a form sends them: empty ones mean nothing."""
    return [text for text in texts if text]
