"""The shapes in which a list shows: table, kanban, calendar. A switch on each page leads to the
others, with the same filter, search and section.

    shapes.register(Shape("kanban", _("Kanban"), "layout-kanban", "list_kanban", shown))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.addresses import list_url, shape_url
from lists_core.grid.state import GridState
from lists_core.models import List
from lists_core.schema.compile import Schema
from svod.base.registry import Registry

TABLE = "table"
#: What other shapes do not understand of a table's state.
OWN_TO_SHAPES = frozenset(
    {"columns", "size", "widths", "pinned", "height", "colors", "group", "totals"}
)


@dataclass(frozen=True)
class Shape:
    """`shown` tells from the schema that a person knows whether they may see the list so."""

    slug: str
    label: str | Promise
    icon: str
    url_name: str
    shown: Callable[[Schema], bool] = lambda _schema: True
    order: int = 100

    def url(self, list_: List) -> str:
        if self.slug == TABLE:
            return list_url(list_)
        return shape_url(list_, self.slug, self.url_name)


shapes: Registry[Shape] = Registry("shape of a list")
shapes.register(Shape(TABLE, _("List"), "list", "list", order=20))


def shape_links(
    list_: List, schema: Schema, state: GridState, current: str
) -> list[dict[str, Any]]:
    """The switch: nothing where the list has one shape alone."""
    shown = sorted((one for one in shapes if one.shown(schema)), key=lambda one: one.order)
    passing = replace(state, page=1, kept=()).params()
    query = urlencode({name: text for name, text in passing.items() if name not in OWN_TO_SHAPES})
    return [
        {
            "label": one.label,
            "icon": one.icon,
            "url": one.url(list_) + (f"?{query}" if query else ""),
            "base": one.url(list_),
            "current": one.slug == current,
        }
        for one in (shown if len(shown) > 1 else ())
    ]
