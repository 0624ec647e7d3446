"""The frame of the card: its head with the stages, and the tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from crm_link.card_tabs import LATE, CardTab, tabs_of
from crm_link.kinds import LEAD, kinds
from crm_link.models import Stage
from crm_link.products import follows_rows
from crm_link.selectors.conversion import is_converted
from crm_link.selectors.items import kind_of_target
from crm_link.selectors.stages import all_stages
from lists_core.access import Right
from lists_core.element_page import ElementFrame, element_frames
from lists_core.element_tabs import Target
from lists_core.selectors.titles import row_titles
from svod.base.http import PortalRequest

MAIN = "main"
#: Fields that the head shows, in this order, where the item has them.
IN_HEAD = ("AMOUNT", "RESPONSIBLE")


@dataclass(frozen=True)
class Step:
    """A stage on the bar; `state` is past, now or next."""

    stage: Stage
    state: str


@dataclass(frozen=True)
class StageBar:
    """The stages an item goes through. `final` is the one in which it has ended, `ends` are
    those in which it may end."""

    steps: list[Step]
    final: Stage | None
    ends: list[Stage]
    may_move: bool

    @property
    def tone(self) -> str:
        """The colour of where the item stands."""
        now = self.final or next((one.stage for one in self.steps if one.state == "now"), None)
        return (now.option.color if now else "") or "grey"


def card_frame(request: PortalRequest, target: Target, tab: str) -> dict[str, Any]:
    """What `crm/card/frame.html` needs beyond what every element's page has."""
    return {**card_row(target, tab), **card_head(target)}


def card_row(target: Target, current: str, *, later: bool = False) -> dict[str, Any]:
    """What `crm/card/tabs.html` needs: the tabs, and whether some of their numbers are late."""
    kind = kind_of_target(target)
    here = reverse("crm_card", args=[kind.slug, target.id])
    tabs = [CardTab(MAIN, kind.label, here), *tabs_of(target, later=later)]
    return {
        "tabs": [{"tab": one, "current": one.slug == current} for one in tabs],
        "tab_slug": current,
        "late": not later and any(one.count == LATE for one in tabs),
        "kind": kind,
        "list": target.list,
        "row": target.row,
    }


def card_head(target: Target) -> dict[str, Any]:
    kind = kind_of_target(target)
    fields = [field for code in IN_HEAD if (field := target.schema.get(code))]
    titles = row_titles(fields, [target.row], actor=target.actor)
    fixed = fixed_codes(target)
    shown = [
        {
            "field": field,
            "html": field.render(field.read(target.row), titles.get(field.key, {})),
            "may_change": may_change(target, field.code) and field.code not in fixed,
            "follows_rows": field.code in fixed,
        }
        for field in fields
    ]
    may_rename = may_change(target, "NAME")
    return {
        "kind": kind,
        "bar": stage_bar(target),
        "head": shown,
        "may_rename": may_rename,
        "may_convert": may_convert(target),
    }


def may_convert(target: Target) -> bool:
    """Wherever a lead stands: one may come to success without having become anything."""
    lead = kind_of_target(target) == LEAD
    return lead and target.may(Right.CHANGE) and not is_converted(target.schema, target.row)


def fixed_codes(target: Target) -> set[str]:
    """Fields that the card shows and does not ask for: the amount follows the product rows."""
    return {"AMOUNT"} if follows_rows(target.id) else set()


def may_change(target: Target, code: str) -> bool:
    """Whether the reader may change this field of the item."""
    field = target.schema.get(code)
    if field is None or not target.may(Right.CHANGE):
        return False
    fixed = field.field.readonly_in_edit or field.type.automatic
    return not fixed and field.key not in target.schema.locked


def stage_bar(target: Target) -> StageBar | None:
    """None for kinds without stages, and for whom the stage is closed."""
    field = target.schema.get("STAGE")
    if field is None or not kind_of_target(target).staged:
        return None
    every = all_stages(target.list)
    now = every.get(field.read(target.row))
    place = now.pipeline_id if now else None
    live = [one for one in every.values() if one.option.deleted_at is None]
    own = [one for one in live if one.pipeline_id == place]
    return StageBar(
        steps=_steps([one for one in own if not one.is_final], now),
        final=now if now and now.is_final else None,
        ends=[one for one in own if one.is_final],
        may_move=may_change(target, "STAGE"),
    )


def _steps(stages: list[Stage], now: Stage | None) -> list[Step]:
    if now is not None and now.is_final:
        return [Step(stage, "past") for stage in stages]
    place = stages.index(now) if now in stages else -1
    states = ["past" if n < place else "now" if n == place else "next" for n in range(len(stages))]
    return [Step(stage, state) for stage, state in zip(stages, states, strict=True)]


def add_frames() -> None:
    for kind in kinds:
        element_frames.register(ElementFrame(kind.system, "crm/card/frame.html", card_frame))
