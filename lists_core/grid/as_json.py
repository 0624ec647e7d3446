"""A page of a list as JSON: the same rows, rights and address as the table, values unrounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.grid.page import Grid, Page
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import row_titles

Read = Callable[[Any], Any]


def page_as_json(grid: Grid, page: Page) -> dict[str, Any]:
    """`{"elements": [{"id", "version", "fields": {code: value}}], "count", "exact", "next",
    "notices"}`; `next` is the query of the page after this one, "" after the last. It goes on
    where this page ended (`after`), whatever others write meanwhile: each element that stands
    still is read once, by any number of pages.

    The fields are those that the address names in `columns`, else all that the person may know.
    """
    fields = grid.fields if page.state.columns else list(grid.schema.all_fields)
    shown = [field for field in fields if field.code != "ID"]
    titles = row_titles(shown, page.rows, actor=grid.actor)
    readers = [(field.code, _reader(field, titles)) for field in shown]
    return {
        "elements": [_element(row, readers) for row in page.rows],
        "count": page.count.number,
        "exact": page.count.exact,
        "next": page.next if page.has_next else "",
        "notices": [str(text) for text in page.state.told],
    }


def _element(row: Any, readers: Sequence[tuple[str, Read]]) -> dict[str, Any]:
    fields = {code: read(row) for code, read in readers}
    return {"id": row.pk, "version": row.version, "fields": fields}


def _reader(field: SchemaField, titles: dict[str, Titles]) -> Read:
    if field.type.reference:
        return partial(_named, field, titles.get(field.key, NO_TITLES))
    return lambda row: field.to_json(field.read(row))


def _named(field: SchemaField, titles: Titles, row: Any) -> Any:
    """What a value points to as `{"value", "title"}`; what the person may not see is not told,
    its id neither."""
    known = [
        {"value": field.type.to_json(field.field, item), "title": str(titles[item].text)}
        for item in field.items(field.read(row))
        if item in titles
    ]
    return known if field.multiple else next(iter(known), None)
