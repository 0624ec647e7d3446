"""Write to the customer in the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from openlines.selectors.processes import conversation_of_item
from openlines.services.automatic import say_automatically
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.engine.errors import Fatal

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class SayInChat(Action):
    """It goes out as an automatic answer, by the channel through which the customer wrote."""

    slug = "chat_say"
    label = _("Message to the customer in the chat")
    group = "messages"
    icon = "message-circle"
    outputs = (Output("chat", _("Conversation: number"), "number"),)

    class Params(ActionParams):
        text: Annotated[str, Shown(_("Text"), widget="textarea")]

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        chat = chat_of(context)
        key = f"process:{context.instance.pk}:{context.key}"
        say_automatically(chat, params.text, actor=context.actor, key=key)
        return {"chat": chat}

    def summary(self, params: Mapping[str, Any]) -> str:
        text = str(params.get("text") or "")
        return _g("To the customer: %(text)s") % {"text": text[:200]} if text else ""


def chat_of(context: Context) -> int:
    """The conversation that started the process, else the newest one of its item's customer in
    which the process may act.

    Raises Fatal where there is none.
    """
    told = context.look("Parameter.chat")
    if isinstance(told, int):
        return told
    subject = context.instance.subject_id
    found = conversation_of_item(subject, context.actor) if subject and context.subject else None
    if found is None:
        raise Fatal(_g("The customer of this item has written in no open line."))
    return found
