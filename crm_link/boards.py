"""The boards of leads and deals: a lane for each stage, with how long a card stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_link.kinds import Kind, kinds
from crm_link.models import Stage
from crm_link.selectors.conversion import asked_after
from crm_link.selectors.stages import pipelines_of, since_when, stages_of
from lists_core.access import list_rights
from lists_core.boards.kinds import BoardKind, LanePlan, board_kinds
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from svod.base.errors import NotFound

if TYPE_CHECKING:
    from lists_core.boards.board import Board
    from lists_core.grid.page import Grid

CARD = {
    "deal": ("AMOUNT", "COMPANY", "CONTACTS"),
    "lead": ("AMOUNT", "COMPANY_TITLE", "SOURCE"),
}
FINAL = {Stage.Semantics.SUCCESS: "success", Stage.Semantics.FAILURE: "failure"}
MEANINGS = {final: str(meaning) for meaning, final in FINAL.items()}


class StageBoard(BoardKind):
    """`Board.kind` of a kind with stages. The field of the lanes is always STAGE."""

    def __init__(self, kind: Kind) -> None:
        self.slug = kind.system
        self.crm_kind = kind

    def field(self, schema: Schema, asked: str) -> SchemaField | None:
        return schema.get("STAGE")

    def lanes(self, grid: Grid, by: SchemaField) -> list[LanePlan]:
        stages = stages_of(grid.list_, self._pipeline(grid))
        return [
            LanePlan(
                stage.pk,
                stage.option.name,
                stage.option.color,
                FINAL.get(Stage.Semantics(stage.semantics), ""),
                stage.patience or 0,
            )
            for stage in stages
        ]

    def placed(self, grid: Grid) -> Grid:
        """In the pipeline of the address, the person's last one, or the first they know."""
        asked = grid.state.section
        if not self.crm_kind.piped or asked:
            return grid
        known = [one.pk for one in pipelines_of(grid.actor, grid.list_)]
        last = grid.preference.looks.get("section")
        chosen = last if last in known else next(iter(known), 0)
        return replace(grid, state=replace(grid.state, section=chosen))

    def _pipeline(self, grid: Grid) -> int | None:
        asked = grid.state.section if self.crm_kind.piped else None
        if asked and not list_rights(grid.actor, grid.list_.pk).knows(asked):
            raise NotFound
        return asked

    def amount(self, schema: Schema) -> SchemaField | None:
        return schema.get("AMOUNT")

    def card_fields(self, schema: Schema, by: SchemaField) -> list[SchemaField]:
        known = (schema.get(code) for code in CARD[self.crm_kind.slug])
        return [field for field in known if field is not None]

    def person(self, schema: Schema) -> SchemaField | None:
        return schema.get("RESPONSIBLE")

    def marks(self, board: Board, rows: Sequence[Any]) -> Mapping[int, str]:
        """How many days a card stands on its stage; coloured where that is too long."""
        lanes = {plan.value: plan for plan in board.lanes if not plan.final}
        now, found = timezone.now(), {}
        hint = escape(_("On this stage: %(time)s"))
        for pk, (stage, at) in since_when([row.pk for row in rows]).items():
            own = lanes.get(stage)
            days = (now - at).days
            if own is not None and days:
                found[pk] = _mark(days, hint, stuck=bool(own.patience) and days >= own.patience)
        return found

    def asked_after(self, board: Board, row: Any, plan: LanePlan) -> str:
        meaning = MEANINGS.get(plan.final, "")
        return asked_after(self.crm_kind, board.schema, row, meaning)


def _mark(days: int, hint: str, *, stuck: bool) -> str:
    """A number and words of ours: of a hundred cards nothing is to be escaped."""
    text = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    css = " sv-card-stuck" if stuck else ""
    return f'<span class="sv-card-age{css}" title="{hint % {"time": text}}">{text}</span>'


def add_boards() -> None:
    for kind in kinds:
        if kind.staged:
            board_kinds.register(StageBoard(kind))
