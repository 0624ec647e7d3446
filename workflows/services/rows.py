"""Rows of a document's table: elements of any list by a list filter."""

from __future__ import annotations

import json
from typing import Any

from lists_core.access import schema_for
from lists_core.filters.tree import parse_filter
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import ElementQuery, found
from staff.models import Employee
from workflows.documents.data import MAX_ROWS
from workflows.elements import list_named


def rows_found(list_id: int, filter_: Any, *, actor: Employee) -> tuple[Schema, list[Any]]:
    """The elements that the filter chooses and the actor may read, in the order they were made.

    Raises NotFound, Invalid for a filter that does not fit.
    """
    schema = schema_for(actor, list_named(actor, list_id))
    tree = parse_filter(json.dumps(filter_) if filter_ else "", schema)
    query = ElementQuery(filter=tree, sort=[("ID", False)])
    return schema, list(found(schema, query, actor=actor)[:MAX_ROWS])
