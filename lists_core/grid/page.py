"""One page of a grid: which rows, which columns, how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lists_core.access import Right, list_rights, may, may_somewhere, rights_on, schema_for
from lists_core.grid.cells import RowRenderer, is_editable
from lists_core.grid.columns import Column, columns_of, default_fields, shown_columns
from lists_core.grid.extra import ExtraColumn, extra_columns
from lists_core.grid.look import HEIGHTS, row_tones
from lists_core.grid.patience import PAGE_MS, advice, count_of, ids_after, page_ids, seen_so_far
from lists_core.grid.state import GridState, Params, parse_state
from lists_core.models import List, ListPreference
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import Count, found, rows_by_ids
from lists_core.selectors.fence import TooSlow, together
from lists_core.selectors.keyset import place_keys, place_of
from lists_core.selectors.lists import access_list, preference
from lists_core.selectors.titles import row_titles
from lists_core.services.preferences import TABLE_LOOK
from staff.models import Employee
from svod.base.errors import Invalid

OFFERED = frozenset({Right.CHANGE, Right.DELETE, Right.ADD})


@dataclass(frozen=True)
class Grid:
    """A list as one person looks at it."""

    list_: List
    schema: Schema
    preference: ListPreference
    state: GridState
    actor: Employee
    #: The page itself set the scope of the state, and says so.
    confined: bool = False

    @cached_property
    def columns(self) -> list[Column]:
        chosen = shown_columns(self.schema, self.preference, self.state.columns)
        fields = [one for one in chosen if not isinstance(one, ExtraColumn) or one in self.extra]
        known = fields or default_fields(self.schema)
        return columns_of(known, self.state, self.preference)

    @property
    def height(self) -> str:
        """Of HEIGHTS: the view's or the address's, else the person's own."""
        own = "" if self.state.view else str(self.preference.look(TABLE_LOOK).get("height", ""))
        chosen = self.state.look.height or own
        return chosen if chosen in HEIGHTS else "normal"

    @cached_property
    def extra(self) -> list[ExtraColumn]:
        """What upper apps add to this list for this person."""
        return [one for one in extra_columns if one.shown(self.actor, self.list_)]

    @property
    def fields(self) -> list[SchemaField]:
        """The fields among the columns."""
        columns = (column.field for column in self.columns)
        return [field for field in columns if not isinstance(field, ExtraColumn)]

    @cached_property
    def found(self) -> Any:
        return found(self.schema, self.state.element_query(), actor=self.actor)

    def may(self, right: Right) -> bool:
        """On the list as a whole, or, for work with elements, somewhere in it."""
        holds = may if right in {Right.FULL, Right.ACCESS} else may_somewhere
        return holds(self.actor, right, self.list_)

    def editable_codes(self) -> set[str]:
        return {field.code for field in self.fields if is_editable(field, self.schema)}

    def draw(self, rows: Sequence[Any]) -> SafeString:
        columns = [column.field for column in self.columns]
        titles = row_titles(self.fields, rows, actor=self.actor)
        extra = {
            one.slug: one.cells(self.actor, self.list_, rows)
            for one in columns
            if isinstance(one, ExtraColumn)
        }
        lacking = self._lacking(rows)
        tones = row_tones(self.state.look.colors, self.schema, rows, self.actor)
        return RowRenderer(self.list_, self.schema, columns, titles, lacking, extra, tones).rows(
            rows
        )

    def _lacking(self, rows: Sequence[Any]) -> dict[int, frozenset[Right]]:
        """What the row's menu does not offer; a copy is added where the row stands."""
        held = rights_on(self.actor, self.schema, rows)
        rights = list_rights(self.actor, self.list_.pk)
        copied = {row.pk: rights.place(row.section).on_some & {Right.ADD} for row in rows}
        return {row.pk: OFFERED - (held[row.pk] - {Right.ADD}) - copied[row.pk] for row in rows}


@dataclass(frozen=True)
class Page:
    """`count` is capped; `has_next` is true to the last page, however many there are. `too_slow`
    says what to do about a page that could not be read in time."""

    state: GridState
    rows: Sequence[Any]
    count: Count
    has_next: bool
    too_slow: str = ""
    #: Where its rows end, for those after it; "" where nothing comes or no address can tell it.
    place: str = ""

    @property
    def next(self) -> str:
        """The query of the page after this one: by the place where this one ends, so that what
        was added or went away meanwhile moves nothing; the number says how far it is."""
        query = self.state.query(page=self.state.page + 1)
        return f"{query}&{urlencode({'after': self.place})}" if self.place else query

    @property
    def first(self) -> int:
        return (self.state.page - 1) * self.state.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def pages(self) -> int:
        """How many pages the counted elements fill."""
        return max(1, -(-self.count.number // self.state.size))


def open_grid(actor: Employee, list_id: int, params: Params, *, scope: str = "") -> Grid:
    """The grid of an address; NotFound or Forbidden when the person may not see the list.

    `scope` confines it to a part of the list, whatever the address says.
    """
    list_ = access_list(actor, Right.VIEW, list_id)
    schema = schema_for(actor, list_)
    own = preference(actor, list_)
    asked = {**_plain(params), "scope": scope} if scope else params
    return Grid(list_, schema, own, parse_state(asked, schema, own), actor, bool(scope))


def _plain(params: Params) -> dict[str, str]:
    """A QueryDict as a dict would have its lists."""
    return {name: params[name] for name in params}


def everything_found(grid: Grid) -> Any:
    """All rows of the state, for changes of many: raises Invalid when part of it did not fit.

    A page may drop a condition it does not understand; a deletion must not.
    """
    if grid.state.notices:
        raise Invalid({"": grid.state.notices}, " ".join(grid.state.notices))
    return grid.found.order_by()


def page_of(grid: Grid, after: str = "") -> Page:
    """The rows of the state's page, or those `after` a place; past the end it is the last page,
    with a notice. Raises NotFound for what is no place of this sort."""
    try:
        with together(PAGE_MS):
            return _page(grid, after)
    except TooSlow:
        return Page(grid.state, (), Count(0, exact=True), has_next=False, too_slow=advice(grid))


def _page(grid: Grid, after: str) -> Page:
    state, count = grid.state, count_of(grid, grid.state)
    ids = ids_after(grid, grid.found, after) if after else page_ids(grid, state)
    if not ids and state.page > 1 and not after:
        last = -(-count.number // state.size) if count and count.exact else 1
        told = (*state.notices, _("There is no page %(page)d.") % {"page": state.page})
        state = replace(state, page=max(1, last), notices=told)
        ids = page_ids(grid, state)
    rows, place = rows_and_place(grid, grid.found, ids)
    known = count or seen_so_far(state, len(rows))
    return Page(state, rows, known, has_next=len(ids) > state.size, place=place)


def rows_and_place(grid: Grid, found: Any, ids: Sequence[int]) -> tuple[list[Any], str]:
    """The rows of a page of `found` and the place where they end, when one more id tells that
    others come after them."""
    size = grid.state.size
    keys = place_keys(found) if len(ids) > size else {}
    rows = rows_by_ids(grid.schema, ids[:size], actor=grid.actor, told=keys)
    return rows, place_of(rows[-1], keys) if rows and len(ids) > size else ""
