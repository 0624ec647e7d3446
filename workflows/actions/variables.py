"""Set a variable of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Shown, actions

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class SetVariable(Action):
    slug = "set_variable"
    label = _("Set a variable")
    icon = "variable"

    class Params(ActionParams):
        variable: Annotated[str, Shown(_("Variable"), widget="variable")]
        value: Annotated[Any, Shown(_("Value"), widget="value")] = None

    def run(self, context: Context, params: Params) -> None:
        context.set_variable(params.variable, params.value)
