"""A saved view as it is opened: what of it the person may know, what an address changes in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lists_core.filters.tree import parse_filter
from lists_core.grid.look import json_of
from lists_core.models import ListPreference, ListView
from lists_core.schema.compile import Schema
from lists_core.selectors.views import may_change_view, views_for
from svod.base.errors import Invalid

#: Parameters of an address that no view keeps: where the person stands, not how they look.
PASSING = frozenset({"view", "page", "scope"})
PLAIN = "0"


@dataclass(frozen=True)
class OpenedView:
    """`base` are the parameters that the view stands for, as far as the person may know them."""

    view: ListView
    base: Mapping[str, str] = field(default_factory=dict)
    may_change: bool = False

    @property
    def pk(self) -> int:
        return self.view.pk


@dataclass(frozen=True)
class Fitting:
    """The parameters of a view that fit the list as one person knows it. `narrowed`: conditions
    of its filter are gone, so it finds other elements than it was made for."""

    params: dict[str, str]
    cut: bool
    narrowed: bool


def view_asked(number: int, preference: ListPreference) -> ListView | None:
    """None for somebody else's as for one that is gone: links to views outlive them."""
    return views_for(preference.employee, preference.list).filter(pk=number).first()


def opened(view: ListView, base: Mapping[str, str], preference: ListPreference) -> OpenedView:
    return OpenedView(view, base, may_change_view(preference.employee, view))


def fitting(state: Mapping[str, Any], schema: Schema) -> Fitting:
    """Conditions and rules of colour that name what is gone or closed are left out one by one."""
    params = {str(k): v for k, v in state.items() if k not in PASSING and isinstance(v, str)}
    filter_, narrowed = _fitting_filter(json_of(params.pop("filter", "")), schema)
    colors, repainted = _fitting_colors(json_of(params.pop("colors", "")), schema)
    parts = {"filter": filter_, "colors": colors}
    texts = {name: _text(raw) for name, raw in parts.items() if raw}
    return Fitting({**params, **texts}, cut=narrowed or repainted, narrowed=narrowed)


def _text(raw: Any) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def _fitting_filter(raw: Any, schema: Schema) -> tuple[Any, bool]:
    """The tree without what does not fit, and whether there was any of it."""
    if not raw:
        return None, False
    joiner = next((word for word in ("and", "or") if isinstance(raw, dict) and word in raw), "")
    items = raw[joiner] if joiner and isinstance(raw[joiner], list) else None
    if items is None:
        return (raw, False) if _fits(raw, schema) else (None, True)
    tried = [_fitting_filter(item, schema) for item in items]
    left = [item for item, _cut in tried if item]
    return ({joiner: left} if left else None), any(cut for _item, cut in tried)


def _fits(condition: Any, schema: Schema) -> bool:
    try:
        parse_filter(json.dumps({"and": [condition]}), schema)
    except Invalid:
        return False
    return True


def _fitting_colors(raw: Any, schema: Schema) -> tuple[list[Any], bool]:
    """A rule of which a condition is gone would paint other rows: it goes as a whole."""
    rules = [rule for rule in raw if isinstance(rule, dict)] if isinstance(raw, list) else []
    whole = [rule for rule in rules if not _fitting_filter(rule.get("filter"), schema)[1]]
    return whole, len(whole) < len(rules)
