"""Make a lead of the customer who writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from openlines.actions.chat_say import chat_of
from openlines.services.automatic import lead_of
from workflows.actions.base import Action, ActionParams, Output, actions

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class LeadOfChat(Action):
    """A customer who is a lead already stays that one."""

    slug = "chat_lead"
    label = _("Create a lead of the conversation")
    icon = "target"
    outputs = (
        Output("id", _("Number of the lead"), "number"),
        Output("made", _("It was made now"), "boolean"),
    )

    def run(self, context: Context, params: ActionParams) -> dict[str, Any]:
        pk, made = lead_of(chat_of(context), actor=context.actor)
        return {"id": pk, "made": made}
