"""Call another server by HTTP."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from svod.base.outside import AddressRefused, checked_url
from workflows.actions.base import Action, ActionParams, Output, Shown, Signal, Wait, actions
from workflows.engine.errors import Fatal
from workflows.letters import outcome
from workflows.values import plain_text
from workflows.webhook_secrets import sealed_secret

if TYPE_CHECKING:
    from workflows.engine.context import Context

MAX_BODY = 256 * 1024
HEADER = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
METHODS = {name: name for name in ("POST", "PUT", "PATCH", "GET", "DELETE")}
#: They say where the message goes or how it is cut, which is not the designer's to say.
OWN_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "user-agent"}


@actions.register
class Webhook(Action):
    """The values in the body are those that the process may read at this moment."""

    slug = "webhook"
    label = _("Outgoing webhook")
    group = "messages"
    icon = "webhook"
    outputs = (
        Output("ok", _("Answered"), "boolean"),
        Output("status", _("HTTP status"), "number"),
        Output("text", _("Text of the answer")),
        Output("values", _("Values of the answer"), "element"),
        Output("error", _("Why not")),
    )

    class Params(ActionParams):
        url: Annotated[str, Shown(_("Address"), widget="url")]
        method: Annotated[
            Literal["POST", "PUT", "PATCH", "GET", "DELETE"],
            Shown(_("Method"), widget="choice", options=METHODS),
        ] = "POST"
        body: Annotated[dict[str, Any], Shown(_("Values to send"), widget="values")] = {}
        headers: Annotated[dict[str, str], Shown(_("Headers"), widget="values")] = {}
        secret: Annotated[str, Shown(_("Name of the secret that signs"), widget="text")] = ""
        wait: Annotated[bool, Shown(_("Wait for the answer"), widget="boolean")] = False
        go_on: Annotated[bool, Shown(_("Go on after a failure"), widget="boolean")] = False

    def run(self, context: Context, params: Params) -> Wait | None:
        _check(params)
        body = json.dumps(plain(params.body), ensure_ascii=False) if params.method != "GET" else ""
        if len(body) > MAX_BODY:
            raise Fatal(_g("The webhook has too much to send."))
        template = context.instance.version.template_id
        message = {
            "url": params.url,
            "method": params.method,
            "body": body,
            "headers": {"Content-Type": "application/json", **params.headers},
            "template": template,
            "secret": sealed_secret(template, params.secret) if params.secret else "",
        }
        context.send("webhook", message, reply=params.wait)
        context.log("called", {"url": params.url})
        return Wait() if params.wait else None

    def resume(self, context: Context, params: Params, signal: Signal) -> dict[str, Any]:
        return outcome(signal, go_on=params.go_on)


def _check(params: Webhook.Params) -> None:
    """What would fail at every try fails at once."""
    try:
        checked_url(params.url)
    except AddressRefused as error:
        raise Fatal(str(error)) from error
    for name, value in params.headers.items():
        if not HEADER.fullmatch(name) or name.lower() in OWN_HEADERS or not value.isprintable():
            raise Fatal(_g("The header “%(name)s” cannot be sent.") % {"name": name[:64]})


def plain(value: Any) -> Any:
    """A value as JSON has it: numbers and yes/no stay, dates are ISO, money is its amount."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return plain_text(value)
