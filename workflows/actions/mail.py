"""Send a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Output, Shown, Signal, Wait, actions
from workflows.letters import files_of, html_text, outcome, recipients

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class Mail(Action):
    """A letter of plain text, of HTML, or of both; only placeholders mean anything in it."""

    slug = "mail"
    label = _("E-mail")
    group = "messages"
    icon = "mail"
    outputs = (
        Output("ok", _("Sent"), "boolean"),
        Output("error", _("Why not")),
    )

    class Params(ActionParams):
        people: Annotated[list[str], Shown(_("To employees"), widget="people", raw=True)] = []
        addresses: Annotated[str, Shown(_("To addresses"), widget="text")] = ""
        subject: Annotated[str, Shown(_("Subject"), widget="text")]
        body: Annotated[str, Shown(_("Text"), widget="textarea")] = ""
        html: Annotated[str, Shown(_("Formatted text"), widget="html", raw=True)] = ""
        files: Annotated[list[str], Shown(_("Files of fields"), widget="fields", raw=True)] = []
        wait: Annotated[bool, Shown(_("Wait until it is sent"), widget="boolean")] = False
        go_on: Annotated[bool, Shown(_("Go on when it cannot be sent"), widget="boolean")] = False

    def run(self, context: Context, params: Params) -> Wait | None:
        to = recipients(params.people, params.addresses, context)
        letter = {
            "to": to,
            "subject": params.subject,
            "text": params.body,
            "html": html_text(params.html, context.run.scope),
            "files": files_of(params.files, context) if params.files else [],
        }
        context.send("mail", letter, reply=params.wait)
        context.log("mailed", {"to": to, "subject": params.subject})
        return Wait() if params.wait else None

    def resume(self, context: Context, params: Params, signal: Signal) -> dict[str, Any]:
        return outcome(signal, go_on=params.go_on)
