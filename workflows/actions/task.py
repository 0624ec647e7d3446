"""Set a task and, if wanted, wait until it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from workflows.actions.asking import Ask, AskParams, Role, titled
from workflows.actions.base import Shown, actions
from workflows.people import people_if_any
from workflows.task_form import DONE, answer_choice, checklist_of

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class SetTask(Ask):
    """One of those responsible finishes it for all; co-executors tick off the checklist."""

    slug = "task"
    label = _("Set a task")
    noun = _("Task")
    icon = "checkbox"

    class Params(AskParams):
        co_executors: Annotated[list[Any], Shown(_("Co-executors"), widget="people", raw=True)] = []
        checklist: Annotated[list[str], Shown(_("Checklist"), widget="checklist")] = []
        strict: Annotated[
            bool, Shown(_("The whole checklist must be done first"), widget="boolean")
        ] = False
        must_comment: Annotated[
            bool, Shown(_("The result must be described"), widget="boolean")
        ] = False
        wait: Annotated[bool, Shown(_("Wait until it is done"), widget="boolean")] = True

    def waits(self, params: Params) -> bool:
        return params.wait

    def roles(self, context: Context, params: Params) -> dict[str, Iterable[Employee]]:
        helpers = people_if_any(params.co_executors, context)
        return {**super().roles(context, params), Role.CO_EXECUTOR: helpers}

    def form(self, context: Context, params: Params) -> dict[str, Any]:
        done = answer_choice(DONE, "", "done", must_comment=params.must_comment)
        return {
            "answers": [done],
            "checklist": checklist_of(params.checklist),
            "strict": params.strict,
            "rule": {"mode": "any"},
        }

    def summary(self, params: Mapping[str, Any]) -> str:
        return titled(self.label, params)
