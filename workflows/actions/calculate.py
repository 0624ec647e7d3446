"""Compute a formula and keep what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Output, Shown, actions

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class Calculate(Action):
    """The engine has computed the formula already when the step is made."""

    slug = "calculate"
    label = _("Calculate")
    icon = "calculator"
    outputs = (Output("value", _("What came out")),)

    class Params(ActionParams):
        formula: Annotated[
            Any, Shown(_("Formula"), widget="value", help=_("Begins with =, as in a spreadsheet."))
        ]
        variable: Annotated[str, Shown(_("Put into the variable"), widget="variable")] = ""

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        if params.variable:
            context.set_variable(params.variable, params.formula)
        return {"value": params.formula}
