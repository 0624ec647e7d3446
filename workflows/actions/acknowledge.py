"""Have people confirm that they have read something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _

from workflows.actions.asking import Ask, AskParams, titled
from workflows.actions.base import Output, Shown, actions
from workflows.models import Task
from workflows.task_form import DONE, answer_choice

if TYPE_CHECKING:
    from workflows.engine.context import Context

MODES = {"all": _("everybody has read it"), "any": _("somebody has read it")}


@actions.register
class Acknowledge(Ask):
    slug = "acknowledge"
    label = _("Acknowledgement")
    icon = "eye-check"
    outputs = (*Ask.outputs, Output("read", _("How many have read it"), "number"))

    class Params(AskParams):
        mode: Annotated[
            Literal["all", "any"], Shown(_("Go on when"), widget="choice", options=MODES)
        ] = "all"
        button: Annotated[str, Shown(_("Text of the button"), widget="text")] = ""

    def form(self, context: Context, params: Params) -> dict[str, Any]:
        read = answer_choice(DONE, params.button, "read")
        return {"answers": [read], "rule": {"mode": params.mode}}

    def result(self, task: Task) -> dict[str, Any]:
        return {**super().result(task), "read": len(task.result.get("answers", []))}

    def summary(self, params: Mapping[str, Any]) -> str:
        return titled(self.label, params)
