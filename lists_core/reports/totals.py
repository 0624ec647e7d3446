"""Totals: what the foot of a table, and each of its groups, can tell of a column.

They are measures, with some more for values that are no numbers: how many there are, how many
are filled, empty, different. How many are different cannot be put together from the numbers of
parts; `uniques.py` asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, pgettext_lazy

from lists_core.field_types.base import NO_TITLES
from lists_core.reports.measures import (
    AVERAGE,
    COUNT,
    FILLED,
    MAX,
    MIN,
    SUM,
    Measure,
    Number,
    Parts,
)
from lists_core.reports.question import EMPTY, Measured

if TYPE_CHECKING:
    from lists_core.schema.fields import SchemaField

#: Different things of which a person may know some only are told apart up to here.
MOST_NAMED = 2_000


def _known(parts: Parts) -> Number | None:
    return int(parts.get("count") or 0)


def _unknown(parts: Parts) -> Number | None:
    return int(parts["rows"]) - int(parts.get("count") or 0)


def _different(parts: Parts) -> Number | None:
    return int(parts.get("unique") or 0)


def _many(field: SchemaField | None, number: Number, split: str) -> str:
    """Where they are not told apart any further, so many and more."""
    many = field is not None and field.type.reference and number > MOST_NAMED
    shown = number_format(MOST_NAMED if many else number, force_grouping=True)
    return f"{shown}+" if many else shown


def _as_value(field: SchemaField | None, number: Number, split: str) -> str:
    return field.type.to_text(field.field, number, NO_TITLES) if field else str(number)


ALL = replace(COUNT, label=pgettext_lazy("total", "elements"))
KNOWN = replace(
    FILLED, slug="filled", label=pgettext_lazy("total", "filled"), total=_known, show=COUNT.show
)
UNKNOWN = replace(KNOWN, slug="empty", label=pgettext_lazy("total", "empty"), total=_unknown)
SHARE = replace(FILLED, slug="share", label=gettext_lazy("share filled"))
UNIQUE = Measure(
    "unique", pgettext_lazy("total", "unique"), "", (), "{rows}", _different, show=_many
)
FIRST = replace(MIN, slug="earliest", label=pgettext_lazy("total", "earliest"), show=_as_value)
LAST = replace(MAX, slug="latest", label=pgettext_lazy("total", "latest"), show=_as_value)


#: Every one of them, for menus.
TOTALS = (SUM, AVERAGE, MIN, MAX, FIRST, LAST, ALL, KNOWN, UNKNOWN, SHARE, UNIQUE)


def totals_of(field: SchemaField) -> list[Measure]:
    """What can be told of the column, in the order of its menu."""
    told_apart = [] if field.type.concealed else [UNIQUE]
    return [*_of_values(field), ALL, *_of_presence(field), *told_apart]


def _of_values(field: SchemaField) -> list[Measure]:
    """Of one value in each element; several of one element belong to no single number."""
    if field.multiple:
        return []
    in_time = any(one.moment for one in field.type.measures)
    own = [one for one in field.type.measures if not one.moment]
    return [*own, *((FIRST, LAST) if in_time else ())]


def _of_presence(field: SchemaField) -> list[Measure]:
    return [KNOWN, UNKNOWN, SHARE] if EMPTY in field.operators else []


def total_of(field: SchemaField, slug: str) -> Measured | None:
    """None where the column has no such total."""
    found = next((one for one in totals_of(field) if one.slug == slug), None)
    return Measured(found, field) if found else None
