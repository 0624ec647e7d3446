"""Wait for a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Output, Shown, Signal, Wait, actions
from workflows.durations import Duration, duration_text, moment_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.engine.context import Context


@actions.register
class WaitPeriod(Action):
    """The end is fixed when the step begins; only a changed working calendar moves it."""

    slug = "wait"
    label = _("Wait")
    group = "control"
    icon = "clock-pause"
    may_wait = True
    outputs = (Output("until", _("When the wait was over"), "datetime"),)

    class Params(ActionParams):
        period: Annotated[Duration, Shown(_("How long"), widget="duration")]

    def run(self, context: Context, params: Params) -> Wait:
        context.memory["begun"] = context.now
        return self._wait(context, params)

    def resume(self, context: Context, params: Params, signal: Signal) -> Wait | dict[str, Any]:
        due = context.memory["due"]
        if signal.kind == "timer" and due <= context.now:
            return {"until": due}
        return self._wait(context, params)

    def _wait(self, context: Context, params: Params) -> Wait:
        calendar = context.calendar if params.period.by_calendar else None
        due = moment_after(context.memory["begun"], params.period, calendar)
        if context.memory.get("due") != due:
            context.memory["due"] = due
            context.timer(due, by_calendar=params.period.by_calendar)
        return Wait()

    def summary(self, params: Mapping[str, Any]) -> str:
        return str(_("Wait %(period)s")) % {"period": duration_text(params.get("period") or {})}
