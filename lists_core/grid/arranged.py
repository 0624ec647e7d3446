"""An open view with other columns or widths: the address that shows it, nothing is kept yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from lists_core.grid.columns import default_fields
from lists_core.grid.extra import is_column
from lists_core.grid.look import MOST_PINNED
from lists_core.grid.page import Grid
from lists_core.services.preferences import MAX_WIDTH, MIN_WIDTH
from svod.base.errors import Invalid


def view_with_columns(grid: Grid, data: QueryDict) -> str:
    """`column` and `pin` as the dialog sends them, `reset` for the list's own columns. Raises
    Invalid when none is left."""
    state, schema = grid.state, grid.schema
    if "reset" in data:
        codes = tuple(field.code for field in default_fields(schema))
        return state.query(columns=codes, look=replace(state.look, pinned=None), page=state.page)
    known = _known(grid, data, "column")
    if not known:
        raise Invalid({"": [_("Choose at least one column.")]})
    look = state.look
    if "pins" in data:
        look = replace(look, pinned=_known(grid, data, "pin")[:MOST_PINNED])
    return state.query(columns=known, look=look, page=state.page)


def _known(grid: Grid, data: QueryDict, name: str) -> tuple[str, ...]:
    codes = [part for value in data.getlist(name) for part in value.split(",")]
    return tuple(code for code in dict.fromkeys(codes) if is_column(grid.schema, code))


def view_with_widths(grid: Grid, given: Mapping[str, int]) -> str:
    """Widths in CSS pixels by code; those not named stay as they are."""
    fitting = {
        code: min(max(width, MIN_WIDTH), MAX_WIDTH)
        for code, width in given.items()
        if is_column(grid.schema, code)
    }
    look = replace(
        grid.state.look, widths=tuple({**dict(grid.state.look.widths), **fitting}.items())
    )
    return grid.state.query(look=look, page=grid.state.page)
