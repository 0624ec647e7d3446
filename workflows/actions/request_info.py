"""Ask people to fill in a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _

from lists_core.services.elements import Changed, update_element
from workflows.actions.asking import Ask, AskParams, titled
from workflows.actions.base import Output, Shown, Signal, Wait, actions
from workflows.elements import field_values
from workflows.engine.errors import Retry
from workflows.models import Task
from workflows.questionnaires import stored_groups
from workflows.task_form import DONE, answer_choice
from workflows.values import load

if TYPE_CHECKING:
    from workflows.engine.context import Context

MODES = {"any": _("one answer is enough"), "all": _("everybody has answered")}


@actions.register
class RequestInfo(Ask):
    """Answers stand under `values`, apart from the outcome, whatever their codes are."""

    slug = "request_info"
    label = _("Request information")
    icon = "forms"
    outputs = (*Ask.outputs, Output("values", _("Answers by code"), "string"))

    class Params(AskParams):
        groups: Annotated[
            list[dict[str, Any]], Shown(_("Questions"), widget="answer_form", raw=True)
        ]
        write: Annotated[
            bool,
            Shown(
                _("Write the answers into the fields of the element with the same codes"),
                widget="boolean",
            ),
        ] = False
        mode: Annotated[
            Literal["any", "all"], Shown(_("Go on when"), widget="choice", options=MODES)
        ] = "any"
        button: Annotated[str, Shown(_("Text of the button"), widget="text")] = ""

    def form(self, context: Context, params: Params) -> dict[str, Any]:
        send = answer_choice(DONE, params.button, "send")
        groups = stored_groups(params.groups, context.run.scope)
        rule = {"mode": params.mode}
        return {"answers": [send], "groups": groups, "write": params.write, "rule": rule}

    def resume(self, context: Context, params: Params, signal: Signal) -> Wait | dict[str, Any]:
        outcome = super().resume(context, params, signal)
        if not isinstance(outcome, Wait) and outcome["outcome"] == DONE and params.write:
            self._write(context, outcome["values"])
        return outcome

    def result(self, task: Task) -> dict[str, Any]:
        return {**super().result(task), "values": load(task.result.get("values", {}))}

    def _write(self, context: Context, values: Mapping[str, Any]) -> None:
        """In the name of the process, which may write what the person who answered may not."""
        subject = context.subject
        own = {code: value for code, value in values.items() if subject.schema.get(code)}
        given = field_values(subject.schema, own, actor=context.actor)
        try:
            update_element(
                subject.schema.list_id, subject.row.pk, given, version=subject.row.version,
                actor=context.actor,
            )  # fmt: skip
        except Changed as error:
            raise Retry(str(error)) from error

    def summary(self, params: Mapping[str, Any]) -> str:
        return titled(self.label, params)
