"""Ask people to approve or reject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from workflows.actions.asking import Ask, AskParams, titled
from workflows.actions.base import Output, Shown, actions
from workflows.models import Task
from workflows.task_form import NO, YES, answer_choice

if TYPE_CHECKING:
    from workflows.engine.context import Context

MODES = {
    "any": _("one person decides for all"),
    "all": _("everybody must approve"),
    "vote": _("a vote decides"),
}


@actions.register
class Approve(Ask):
    """The outcome is "yes", "no" or "timeout"; a first rejection ends an approval by all."""

    slug = "approve"
    label = _("Approval")
    icon = "thumb-up"
    outputs = (
        *Ask.outputs,
        Output("approved", _("How many approved"), "number"),
        Output("rejected", _("How many rejected"), "number"),
        Output("asked", _("How many were asked"), "number"),
    )

    class Params(AskParams):
        mode: Annotated[
            Literal["any", "all", "vote"], Shown(_("Who decides"), widget="choice", options=MODES)
        ] = "all"
        percent: Annotated[
            int,
            Field(ge=1, le=100),
            Shown(_("Approved by at least, %"), widget="number", help=_("For a vote.")),
        ] = 51
        must_comment: Annotated[bool, Shown(_("A rejection needs a comment"), widget="boolean")] = (
            True
        )
        yes: Annotated[str, Shown(_("Text of “Approve”"), widget="text")] = ""
        no: Annotated[str, Shown(_("Text of “Reject”"), widget="text")] = ""

    def form(self, context: Context, params: Params) -> dict[str, Any]:
        yes = answer_choice(YES, params.yes, "approve", look="success")
        no = answer_choice(NO, params.no, "reject", look="danger", must_comment=params.must_comment)
        rule = {"mode": params.mode, "percent": params.percent}
        return {"answers": [yes, no], "rule": rule}

    def result(self, task: Task) -> dict[str, Any]:
        codes = [one["answer"] for one in task.result.get("answers", [])]
        return {
            **super().result(task),
            "approved": codes.count(YES),
            "rejected": codes.count(NO),
            "asked": task.result.get("asked", 0),
        }

    def summary(self, params: Mapping[str, Any]) -> str:
        return titled(self.label, params)
