"""How a table is grouped, and the totals of its columns.

In an address: `group=STAGE:value,-CREATED_AT:month` (a minus turns the order of the groups),
`totals=PRICE:sum,NAME:unique`. What the list does not have is left out, and a notice tells so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from lists_core.reports.question import GroupBy, Measured, group_choices
from lists_core.reports.totals import total_of
from lists_core.schema.compile import Schema

MOST_LEVELS, MOST_TOTALS = 3, 20
By = tuple[GroupBy, bool]
"""A level, and whether its groups are in the order turned round."""


@dataclass(frozen=True)
class Grouped:
    """`totals` are of different columns."""

    levels: tuple[By, ...] = ()
    totals: tuple[Measured, ...] = ()

    def params(self) -> dict[str, str]:
        """As it stands in an address; "" for what is as usual."""
        return {
            "group": ",".join(f"-{by.code}" if turned else by.code for by, turned in self.levels),
            "totals": ",".join(_code(one) for one in self.totals),
        }

    def total(self, code: str) -> Measured | None:
        """What is told at the foot of a column."""
        return next((one for one in self.totals if one.field and one.field.code == code), None)


def _code(measured: Measured) -> str:
    return f"{measured.field.code if measured.field else ''}:{measured.measure.slug}"


def parse_grouped(params: Mapping[str, str], schema: Schema, notices: list[str]) -> Grouped:
    """What can be used of an address; `notices` is told of the rest."""
    return Grouped(
        levels=_levels(params.get("group", ""), schema, notices),
        totals=_totals(params.get("totals", ""), schema, notices),
    )


def _levels(text: str, schema: Schema, notices: list[str]) -> tuple[By, ...]:
    asked = dict.fromkeys(_parts(text))
    if not asked:
        return ()
    known = {by.code: by for by in group_choices(schema)}
    found = {part.removeprefix("-"): part.startswith("-") for part in asked}
    levels = tuple((known[code], turned) for code, turned in found.items() if code in known)
    if len(levels) < len(asked):
        notices.append(_("The list cannot be grouped by one of the fields in the address."))
    return levels[:MOST_LEVELS]


def _totals(text: str, schema: Schema, notices: list[str]) -> tuple[Measured, ...]:
    asked = dict(part.rpartition(":")[::2] for part in _parts(text))
    found = {code: _total(schema, code, slug) for code, slug in asked.items()}
    known = tuple(one for one in found.values() if one)
    if len(known) < len(asked):
        notices.append(_("The address names a total that this list does not have."))
    return known[:MOST_TOTALS]


def _total(schema: Schema, code: str, slug: str) -> Measured | None:
    field = schema.get(code)
    return total_of(field, slug) if field else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def with_levels(grouped: Grouped, chosen: Any, schema: Schema) -> Grouped:
    """The same with other levels: `chosen` are codes, each with whether it is turned round."""
    known = {by.code: by for by in group_choices(schema)}
    levels = {code: (known[code], turned) for code, turned in chosen if code in known}
    return replace(grouped, levels=tuple(levels.values())[:MOST_LEVELS])
