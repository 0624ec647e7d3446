"""Hand the conversation to an operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from openlines.actions.chat_say import chat_of
from openlines.services.automatic import assign
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.people import people_of

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class AssignOperator(Action):
    slug = "chat_assign"
    label = _("Hand the conversation to an operator")
    group = "people"
    icon = "user-share"
    outputs = (Output("employee", _("Operator"), "employee"),)

    class Params(ActionParams):
        people: Annotated[
            list[Any],
            Shown(_("To whom"), widget="people", raw=True, help=_("The first of them gets it.")),
        ]

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        chosen = people_of(params.people, context)[0]
        assign(chat_of(context), chosen, actor=context.actor)
        return {"employee": chosen.pk}

    def mistakes(self, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if not params.get("people"):
            yield "people", _g("Choose people.")
