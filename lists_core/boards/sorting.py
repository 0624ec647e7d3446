"""In which order cards stand in their lanes: what the select above a board offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lists_core.boards.board import Board
from lists_core.grid.columns import shown_fields
from lists_core.grid.state import sort_text
from lists_core.schema.fields import SchemaField

MOST = 15
UP, DOWN = "↑", "↓"


@dataclass(frozen=True)
class Choice:
    """`value` is a sort as it stands in an address."""

    value: str
    label: str


def sort_choices(board: Board) -> list[Choice]:
    """The newest first, then each field that the person has before them, both ways; also the
    sort that holds, when it came from the table or a view."""
    fields = list(dict.fromkeys(_before_one(board)))[:MOST]
    pairs = [((field.code, down),) for field in fields for down in (False, True)]
    usual = [("", _("Newest first")), *((sort_text(one), _text(board, one)) for one in pairs)]
    now = sort_text(board.grid.state.sort)
    own = [] if now in dict(usual) else [(now, sort_label(board))]
    return [Choice(*one) for one in (*own, *usual)]


def sort_label(board: Board) -> str:
    return _text(board, board.grid.state.sort) or _("Newest first")


def _before_one(board: Board) -> Iterator[SchemaField]:
    """Fields on cards, in the columns of the person's table, and the times of each element."""
    person = [board.person] if board.person else []
    times = (board.schema.get(code) for code in ("CREATED_AT", "MODIFIED_AT"))
    columns = shown_fields(board.schema, board.grid.preference, board.grid.state.columns)
    known = [board.schema["NAME"], *board.fields, *person, *times, *columns]
    return (one for one in known if one and one.sortable and one.key != board.by.key)


def _text(board: Board, sort: Sequence[tuple[str, bool]]) -> str:
    parts = ((board.schema[code].name, DOWN if down else UP) for code, down in sort)
    return ", ".join(f"{name} {arrow}" for name, arrow in parts)
