"""Wait until somebody presses a button on the element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from workflows.actions.base import Action, ActionParams, Output, Shown, Signal, Wait, actions
from workflows.buttons import Button, commands_of, mistakes_of
from workflows.durations import MaybeDuration, moment_after

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class WaitCommand(Action):
    slug = "command"
    label = _("Wait for a command")
    group = "control"
    icon = "hand-click"
    may_wait = True
    outputs = (
        Output("event", _("What came: command, timeout")),
        Output("command", _("Code of the command")),
        Output("comment", _("Comment")),
        Output("actor", _("Who gave it"), "employee"),
    )

    class Params(ActionParams):
        commands: Annotated[list[Button], Shown(_("Buttons"), widget="commands", raw=True)]
        timeout: Annotated[MaybeDuration, Shown(_("At most"), widget="duration")] = None

    def run(self, context: Context, params: Params) -> Wait:
        context.offer(commands_of(params.commands, context))
        if params.timeout:
            context.timer(moment_after(context.now, params.timeout))
        return Wait()

    def resume(self, context: Context, params: Params, signal: Signal) -> Wait | dict[str, Any]:
        if signal.kind == "answer":
            return {"event": "command", **signal.payload}
        if signal.kind == "timer" and context.close_commands():
            return {"event": "timeout", "command": "", "comment": "", "actor": None}
        return Wait()

    def mistakes(self, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield from (("commands", text) for text in mistakes_of(params.get("commands")))
