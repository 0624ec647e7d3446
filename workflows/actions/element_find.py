"""Find elements of a list by a filter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.access import schema_for
from lists_core.filters.tree import parse_filter
from lists_core.selectors.elements import ElementQuery, found
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.elements import list_named
from workflows.subjects.element import ElementValues
from workflows.values import plain_text

if TYPE_CHECKING:
    from workflows.engine.context import Context

MAX_FOUND = 1_000


@actions.register
class FindElements(Action):
    """The filter is a list filter whose values may be placeholders; `first` is read whole."""

    slug = "element_find"
    label = _("Find elements of a list")
    icon = "search"
    outputs = (
        Output("ids", _("Numbers of the elements"), "number"),
        Output("count", _("How many were found"), "number"),
        Output("first", _("The first one"), "element"),
    )

    class Params(ActionParams):
        list: Annotated[int, Shown(_("List"), widget="list")]
        filter: Annotated[dict[str, Any], Shown(_("Filter"), widget="filter")] = {}
        sort: Annotated[str, Shown(_("Sort by"), widget="field")] = ""
        descending: Annotated[bool, Shown(_("Descending"), widget="boolean")] = False
        limit: Annotated[int, Shown(_("At most"), widget="number")] = 100

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        actor = context.actor
        schema = schema_for(actor, list_named(actor, params.list))
        tree = parse_filter(json.dumps(plain(params.filter)) if params.filter else "", schema)
        sort = [(params.sort, params.descending)] if params.sort else [("ID", False)]
        query = ElementQuery(filter=tree, sort=sort)
        limit = max(0, min(params.limit, MAX_FOUND))
        rows = list(found(schema, query, actor=actor)[:limit])
        first = dict(ElementValues(actor, schema, rows[0])) if rows else {}
        return {"ids": [row.pk for row in rows], "count": len(rows), "first": first}


def plain(tree: Any) -> Any:
    """A filter whose placeholders were put in, with its values as texts again."""
    if isinstance(tree, dict) and "field" in tree:
        values = tree.get("value", [])
        texts = [plain_text(one) for one in (values if isinstance(values, list) else [values])]
        return {**tree, "value": texts}
    if isinstance(tree, dict):
        return {name: plain(part) for name, part in tree.items()}
    return [plain(part) for part in tree] if isinstance(tree, list) else tree
