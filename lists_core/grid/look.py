"""How a table looks: widths, pinned columns, the height of rows, the colours of rows.

In an address: `widths=NAME:280,PRICE:120`, `pinned=NAME,PRICE` ("-" for none), `height=tall`,
`colors=[{"tone":"red","filter":{"and":[…]}}]`. What is not named is as the person keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.filters.tree import Group, parse_filter
from lists_core.grid.extra import is_column
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import elements
from lists_core.services.preferences import MAX_WIDTH, MIN_WIDTH
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.looks import TONES

HEIGHTS: Mapping[str, str | Promise] = {
    "small": gettext_lazy("Low rows"),
    "normal": gettext_lazy("Usual rows"),
    "tall": gettext_lazy("Tall rows, texts in several lines"),
}
MOST_PINNED, MOST_RULES = 5, 10
NONE_PINNED = "-"
DIGITS = 4


@dataclass(frozen=True)
class ColorRule:
    """Rows that the filter finds get the tone; of several rules the first one counts."""

    tone: str
    filter: Group

    def to_json(self) -> dict[str, Any]:
        return {"tone": self.tone, "filter": self.filter.to_json()}


@dataclass(frozen=True)
class Look:
    """`pinned` are codes of the columns that stay at the left, None where nobody chose; `height`
    is one of HEIGHTS or "" where nobody chose."""

    widths: tuple[tuple[str, int], ...] = ()
    pinned: tuple[str, ...] | None = None
    height: str = ""
    colors: tuple[ColorRule, ...] = ()

    def params(self) -> dict[str, str]:
        """As it stands in an address; "" for what is as usual."""
        return {
            "widths": ",".join(f"{code}:{width}" for code, width in self.widths),
            "pinned": "" if self.pinned is None else ",".join(self.pinned) or NONE_PINNED,
            "height": self.height,
            "colors": colors_text(self.colors),
        }


def colors_text(rules: Sequence[ColorRule]) -> str:
    if not rules:
        return ""
    raw = [rule.to_json() for rule in rules]
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def parse_look(params: Mapping[str, str], schema: Schema, notices: list[str]) -> Look:
    """What can be used of an address; `notices` is told of the rest."""
    return Look(
        widths=_widths(params.get("widths", ""), schema, notices),
        pinned=_pinned(params.get("pinned", ""), schema, notices),
        height=_height(params.get("height", ""), notices),
        colors=_colors(params.get("colors", ""), schema, notices),
    )


def _widths(text: str, schema: Schema, notices: list[str]) -> tuple[tuple[str, int], ...]:
    asked = dict(part.strip().rpartition(":")[::2] for part in text.split(",") if part.strip())
    known = {
        code: min(max(int(size), MIN_WIDTH), MAX_WIDTH)
        for code, size in asked.items()
        if _is_size(size) and is_column(schema, code)
    }
    if len(known) < len(asked):
        notices.append(_("The address names a column that this list does not have."))
    return tuple(known.items())


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS


def _pinned(text: str, schema: Schema, notices: list[str]) -> tuple[str, ...] | None:
    if not text:
        return None
    asked = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if asked == [NONE_PINNED]:
        return ()
    known = tuple(code for code in asked if is_column(schema, code))
    if len(known) < len(asked):
        notices.append(_("The address names a column that this list does not have."))
    return known[:MOST_PINNED]


def _height(text: str, notices: list[str]) -> str:
    if text and text not in HEIGHTS:
        notices.append(_("There is no such height of rows."))
        return ""
    return text


def _colors(text: str, schema: Schema, notices: list[str]) -> tuple[ColorRule, ...]:
    try:
        return parse_colors(text, schema)
    except Invalid as error:
        notices.append(_("The colours of rows were not applied. %(reason)s") % {"reason": error})
        return ()


def parse_colors(text: str, schema: Schema) -> tuple[ColorRule, ...]:
    """Raises Invalid when one of the rules does not fit the list as the person knows it."""
    raw = json_of(text)
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise _wrong(_("The colours in the address are damaged."))
    rules = tuple(_rule(one, schema) for one in raw)
    if len(rules) > MOST_RULES:
        told = _("There can be %(count)d rules of colour at most.") % {"count": MOST_RULES}
        raise _wrong(told)
    return rules


def _rule(raw: Mapping[str, Any], schema: Schema) -> ColorRule:
    tone = str(raw.get("tone", ""))
    tree = parse_filter(json.dumps(raw.get("filter") or {}), schema) if raw.get("filter") else None
    if tone not in TONES or tree is None or not any(tree.conditions()):
        raise _wrong(_("A rule of colour needs a colour and a condition."))
    return ColorRule(tone, tree)


def _wrong(message: str) -> Invalid:
    return Invalid({"colors": [message]}, message)


def json_of(text: str) -> Any:
    """The value of a JSON text: None for an empty one, "" for a damaged one."""
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        return ""


def row_tones(
    rules: Sequence[ColorRule], schema: Schema, rows: Sequence[Any], actor: Employee
) -> dict[int, str]:
    """Row id → tone, "" for rows without one. One query, none where there are no rules."""
    if not rules or not rows:
        return {}
    cases = [When(rule.filter.to_q(actor), then=Value(rule.tone)) for rule in rules]
    shown = elements(schema, actor).filter(pk__in=[row.pk for row in rows])
    told = shown.annotate(row_tone=Case(*cases, default=Value("")))
    return dict(told.values_list("pk", "row_tone"))
