"""A board as one person looks at it: lanes with their numbers, sums and first cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from moneyed import Money

from lists_core.access import changeable, columns_for_rights
from lists_core.boards.cards import CardRenderer
from lists_core.boards.kinds import BoardKind, LanePlan, card_badges, kind_of_board
from lists_core.field_types.currencies import money_text
from lists_core.field_types.pickers import is_id
from lists_core.grid.page import Grid
from lists_core.grid.patience import note_wants, reckoned
from lists_core.grid.state import Params, whole_number
from lists_core.grid.view_bar import open_with_default
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.boards import Lane, Tally, first_ids, lane_ids, tallies
from lists_core.selectors.elements import rows_by_ids
from lists_core.selectors.keyset import following, whole_place
from lists_core.selectors.titles import row_titles
from staff.models import Employee
from svod.base.errors import NotFound

STEP, MOST_CARDS = 20, 200
NO_LANE = "none"


@dataclass(frozen=True)
class ShownLane:
    """What a page draws. `below` is the id after which more cards follow; 0 when all show."""

    plan: LanePlan
    count: int
    sums: Sequence[str]
    cards: SafeString
    shown: int
    below: int = 0
    folded: bool = False

    @property
    def key(self) -> str:
        """How the lane is named in addresses."""
        return lane_key(self.plan.value)


@dataclass(frozen=True)
class Board:
    """`lanes` are the plans; nothing was read of the elements yet."""

    grid: Grid
    by: SchemaField
    kind: BoardKind
    lanes: Sequence[LanePlan]
    chosen: Sequence[str] = ()
    opened: Mapping[str, bool] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        return self.grid.schema

    @cached_property
    def amount(self) -> SchemaField | None:
        return self.kind.amount(self.schema)

    @cached_property
    def person(self) -> SchemaField | None:
        return self.kind.person(self.schema)

    @cached_property
    def fields(self) -> list[SchemaField]:
        """What stands on cards besides the name, the creation and the person."""
        own = [found for code in self.chosen if (found := self.schema.get(code))]
        return own or self.kind.card_fields(self.schema, self.by)

    @property
    def is_fixed(self) -> bool:
        """The person may read the field of the lanes and not change it."""
        return self.by.key in self.schema.locked or self.by.field.readonly_in_edit

    def lane(self, key: str) -> LanePlan:
        """The lane of an address. Raises NotFound."""
        found = next((one for one in self.lanes if lane_key(one.value) == key), None)
        if found is None:
            raise NotFound
        return found

    def is_folded(self, plan: LanePlan) -> bool:
        return not self.opened.get(lane_key(plan.value), not plan.final)

    # --- reading ------------------------------------------------------------------------

    def shown(self, sizes: Mapping[str, int]) -> list[ShownLane]:
        """All lanes with their first cards; `sizes` says of which lanes more than usual show.
        Raises TooSlow."""
        counted, ids, rows = reckoned(self.grid, lambda: self._read(sizes))
        note_wants(self.grid)
        drawn = self.draw(rows)
        return [
            self._lane(plan, counted.get(plan.value, Tally()), ids.get(plan.value, []), drawn)
            for plan in self.lanes
        ]

    def _read(
        self, sizes: Mapping[str, int]
    ) -> tuple[Mapping[Lane, Tally], Mapping[Lane, Sequence[int]], Sequence[Any]]:
        """What lanes hold, the ids of their first cards, and the rows of these."""
        counted = tallies(self.grid.found, self.by, self.amount)
        open_lanes = [one for one in self.lanes if not self.is_folded(one)]
        ids = self._first(open_lanes, sizes, counted)
        return counted, ids, self._rows([pk for own in ids.values() for pk in own])

    def _first(
        self, plans: Sequence[LanePlan], sizes: Mapping[str, int], counted: Mapping[Lane, Tally]
    ) -> dict[Lane, list[int]]:
        limits = {one.value: min(sizes.get(lane_key(one.value), STEP), MOST_CARDS) for one in plans}
        if not limits:
            return {}
        total = sum(tally.count for tally in counted.values())
        most = max(limits.values())
        found = first_ids(self.grid.found, self.by, list(limits), limit=most, total=total)
        return {lane: ids[: limits[lane]] for lane, ids in found.items()}

    def _lane(
        self, plan: LanePlan, tally: Tally, ids: Sequence[int], drawn: Mapping[int, str]
    ) -> ShownLane:
        kept = [pk for pk in ids if pk in drawn]
        folded = self.is_folded(plan)
        return ShownLane(
            plan,
            tally.count,
            sums_text(tally, self.amount),
            SafeString("".join(drawn[pk] for pk in kept)),
            len(kept),
            below=ids[-1] if ids and len(ids) < tally.count else 0,
            folded=folded,
        )

    def more(self, plan: LanePlan, below: int) -> ShownLane:
        """The next cards of a lane, those after the element `below`. Raises TooSlow, NotFound
        where that one is not found any more: its place would tell its values."""
        ids, rows = reckoned(self.grid, lambda: self._after(plan, below))
        drawn = self.draw(rows)
        cards = SafeString("".join(drawn.values()))
        rest = ids[STEP - 1] if len(ids) > STEP else 0
        return ShownLane(plan, 0, (), cards, len(rows), below=rest)

    def _after(self, plan: LanePlan, below: int) -> tuple[list[int], list[Any]]:
        """Ids of the next cards and, when there are more, one more; the rows of these cards."""
        place = whole_place(self.grid.found, below)
        if not place:
            raise NotFound
        ids: list[int] = []
        for left in following(self.grid.found, place):
            limit = STEP + 1 - len(ids)
            ids += lane_ids(left, self.by, plan.value, limit=limit) if limit else []
        return ids, self._rows(ids[:STEP])

    def _rows(self, ids: Sequence[int]) -> list[Any]:
        """With the columns that cards are drawn from, and no others."""
        actor = self.grid.actor
        named = [*self.fields, *([self.person] if self.person else [])]
        columns = {name for field in named for name in field.column_names}
        columns |= {"name", "created_at", *columns_for_rights(actor, self.schema)}
        return rows_by_ids(self.schema, ids, actor=actor, columns=columns)

    def draw(self, rows: Sequence[Any]) -> dict[int, str]:
        """Element id → its card. As many queries for many as for one."""
        actor, list_ = self.grid.actor, self.grid.list_
        named = [*self.fields, *([self.person] if self.person else [])]
        titles = row_titles(named, rows, actor=actor)
        badges = [
            one.cells(actor, list_, rows)
            for one in (card_badges if rows else ())
            if one.shown(actor, list_)
        ]
        marks = self.kind.marks(self, rows) if rows else {}
        movable = set() if self.is_fixed else changeable(actor, self.schema, rows)
        renderer = CardRenderer(
            list_, self.fields, self.person, self.amount, titles, movable, marks, badges
        )
        return renderer.cards(rows)


def lane_key(value: Lane) -> str:
    return NO_LANE if value is None else str(value)


def sums_text(tally: Tally, amount: SchemaField | None) -> list[str]:
    """The sums of a lane, the largest first; whole units, for heads of lanes are narrow."""
    if amount is None:
        return []
    ordered = sorted(tally.sums.items(), key=lambda pair: -pair[1])
    return [
        money_text(Money(total, code)) if code else number_format(total, force_grouping=True)
        for code, total in ordered
        if total
    ]


def open_board(actor: Employee, list_id: int, params: Params) -> Board:
    """The board of an address. Raises NotFound for a list without a field for lanes, or where
    the person may not read it."""
    grid = open_with_default(actor, list_id, params)
    kind = kind_of_board(grid.list_)
    grid = kind.placed(grid)
    own = grid.preference.look("kanban")
    by = kind.field(grid.schema, params.get("by") or str(own.get("by", "")))
    if by is None:
        raise NotFound
    opened = {**_switches(own.get("open")), **_given(params.get("open", ""))}
    grid = replace(grid, state=replace(grid.state, kept=(("by", params.get("by", "")),)))
    return Board(
        grid, by, kind, kind.lanes(grid, by), chosen=_codes(own.get("card")), opened=opened
    )


def _switches(stored: Any) -> dict[str, bool]:
    return {str(key): bool(on) for key, on in stored.items()} if isinstance(stored, dict) else {}


def _given(text: str) -> dict[str, bool]:
    """`5:1,7:0`: lanes that the address opens and folds."""
    pairs = (part.partition(":") for part in text.split(",")[:MOST_CARDS])
    return {key: on == "1" for key, _sign, on in pairs if is_id(key) or key == NO_LANE}


def _codes(stored: Any) -> list[str]:
    return [str(code) for code in stored] if isinstance(stored, list) else []


def lane_sizes(text: str) -> dict[str, int]:
    """`5:40,7:60`: how many cards of each lane the page shows by now."""
    pairs = (part.partition(":") for part in text.split(",")[:MOST_CARDS])
    return {key: number for key, _sign, size in pairs if (number := whole_number(size))}
