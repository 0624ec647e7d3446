"""How the board of a list is laid out. Ordinary lists have a lane for each option of a choice
field; an upper app lays out the boards of the lists it keeps, and adds to their cards:

    board_kinds.register(DealBoard("crm.deal"))
    card_badges.register(ActivityBadge())     # an ExtraColumn: `cells` gives HTML by element id
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lists_core.field_types.choice import ChoiceType
from lists_core.field_types.options import live_options
from lists_core.grid.extra import ExtraColumn
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from svod.base.registry import Registry

if TYPE_CHECKING:
    from lists_core.boards.board import Board
    from lists_core.grid.page import Grid
    from lists_core.selectors.boards import Lane

#: Lanes of one board at most; options beyond them are found in the table.
MOST_LANES = 40
USUAL_FIELDS = 3


@dataclass(frozen=True)
class LanePlan:
    """A lane before anything was read. `final` is "success" or "failure" where elements are done
    with; such lanes are folded at first. After `patience` days a card stands there too long."""

    value: Lane
    name: str
    tone: str = ""
    final: str = ""
    patience: int = 0


class BoardKind:
    """The contract, and the board of ordinary lists."""

    slug = ""

    def field(self, schema: Schema, asked: str) -> SchemaField | None:
        """The field of the lanes: the one asked for by its code, or the first that fits."""
        known = board_fields(schema)
        return next((one for one in known if one.code == asked), next(iter(known), None))

    def placed(self, grid: Grid) -> Grid:
        """The grid in the section whose board it is, where a board is of one section alone."""
        return grid

    def lanes(self, grid: Grid, by: SchemaField) -> list[LanePlan]:
        """The lanes in their order. An unset field has a lane of its own, the first."""
        options = live_options(by.field)[:MOST_LANES]
        plans = [LanePlan(option.pk, option.name, option.color) for option in options]
        return plans if by.field.required else [LanePlan(None, _("Not set")), *plans]

    def amount(self, schema: Schema) -> SchemaField | None:
        """What lanes are summed by: the first field of money."""
        fields = (one for one in schema.fields if one.type.slug == "money" and not one.multiple)
        return next(fields, None)

    def card_fields(self, schema: Schema, by: SchemaField) -> list[SchemaField]:
        """The fields on cards of who chose none."""
        shown = [one for one in schema.fields if one.field.show_in_list and one.code != by.code]
        return shown[:USUAL_FIELDS]

    def person(self, schema: Schema) -> SchemaField | None:
        """Whose face stands at the foot of a card."""
        return None

    def marks(self, board: Board, rows: Sequence[Any]) -> Mapping[int, str]:
        """HTML at the foot of cards by element id; as many queries for many as for one. Rows hold
        their id and the columns that cards show."""
        return {}

    def asked_after(self, board: Board, row: Any, plan: LanePlan) -> str:
        """Address of a dialog for whoever has put the card into the lane; `row` is as it was
        before. "" where nothing more is asked."""
        return ""


board_kinds: Registry[BoardKind] = Registry("kind of board")
card_badges: Registry[ExtraColumn] = Registry("badge of cards")
USUAL = BoardKind()


def kind_of_board(list_: List) -> BoardKind:
    return board_kinds.get(list_.system) if list_.system in board_kinds else USUAL


def board_fields(schema: Schema) -> list[SchemaField]:
    """Fields whose options may be lanes."""
    return [
        field
        for field in schema.fields
        if isinstance(field.type, ChoiceType) and not field.multiple
    ]
