"""The filter in words: one chip for each condition or group at the top of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.filters.operators import Arity
from lists_core.filters.tree import Condition, Group
from lists_core.grid.page import Grid
from lists_core.grid.scopes import scope_title
from lists_core.selectors.titles import titles_of
from staff.models import Employee

KnownTitles = Mapping[str, Titles]


@dataclass(frozen=True)
class Chip:
    """`query` is the state without this part of the filter; `joiner` stands before it."""

    text: str
    query: str
    joiner: str = ""


def chips_of(grid: Grid) -> list[Chip]:
    """Chips of the state's filter; one query for each kind of thing the conditions name."""
    tree = grid.state.filter
    titles = titles_in(tree, grid.actor)
    joiner = _("or") if tree.joiner == "or" else ""
    return _scope_chip(grid) + [
        Chip(
            text=item_text(item, titles),
            query=grid.state.query(filter=_without(tree, place)),
            joiner=joiner if place else "",
        )
        for place, item in enumerate(tree.items)
    ]


def _scope_chip(grid: Grid) -> list[Chip]:
    """Where the table shows a part of the list and the page around it does not say which."""
    scope = grid.state.scope
    if scope is None or grid.confined:
        return []
    return [Chip(scope_title(scope, grid.actor), grid.state.query(scope=None))]


def item_text(item: Condition | Group, titles: KnownTitles) -> str:
    if isinstance(item, Condition):
        return condition_text(item, titles)
    joiner = f" {_('or')} " if item.joiner == "or" else f" {_('and')} "
    parts = [
        f"({item_text(part, titles)})" if isinstance(part, Group) else item_text(part, titles)
        for part in item.items
    ]
    return joiner.join(parts) or _("any")


def condition_text(condition: Condition, titles: KnownTitles) -> str:
    """ "Price: between 1 – 5"."""
    values = _values_text(condition, titles.get(condition.field.key, NO_TITLES))
    said = f"{condition.field.name}: {condition.operator.label}"
    return f"{said} {values}" if values else said


def _values_text(condition: Condition, titles: Titles) -> str:
    texts = ["…" if arg is None else _argument(condition, arg, titles) for arg in condition.args]
    return (" – " if condition.operator.arity is Arity.TWO else ", ").join(texts)


def _argument(condition: Condition, arg: Any, titles: Titles) -> str:
    field = condition.field
    if condition.operator.control is None:
        return field.type.to_text(field.field, arg, titles)
    if isinstance(arg, date):
        return date_format(arg, "SHORT_DATE_FORMAT")
    choices = getattr(condition.operator.control(field), "choices", ())
    return str(dict(choices).get(arg, arg))


def titles_in(tree: Group, actor: Employee) -> KnownTitles:
    """Titles of what the conditions name (people, elements, …)."""
    named: dict[str, tuple[Any, list[Any]]] = {}
    for condition in tree.conditions():
        if condition.operator.control is None and condition.args:
            _field, values = named.setdefault(condition.field.key, (condition.field, []))
            values.extend(condition.args)
    pairs = (
        (field, value)
        for field, values in named.values()
        for value in ([values] if field.multiple else values)
    )
    return titles_of(pairs, actor=actor)


def _without(tree: Group, place: int) -> Group:
    return replace(tree, items=tree.items[:place] + tree.items[place + 1 :])
