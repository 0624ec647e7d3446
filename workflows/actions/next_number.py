"""Take the next number of a numerator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.services.numerators import take_number

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class NextNumber(Action):
    slug = "next_number"
    label = _("Next number")
    icon = "number-123"
    isolated = True
    outputs = (
        Output("number", _("Number as text")),
        Output("value", _("Number"), "number"),
    )

    class Params(ActionParams):
        list: Annotated[int, Shown(_("List of numerators"), widget="list")]
        numerator: Annotated[int, Shown(_("Numerator"), widget="element")]

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        issued = take_number(
            params.list,
            params.numerator,
            actor=context.actor,
            instance=context.instance,
            step=context.key,
            now=context.now,
        )
        return {"number": issued.text, "value": issued.value}
