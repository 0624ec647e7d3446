"""A machine of states: each waits for a command, an event or a time-out that leads to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from workflows.actions.base import ActionParams, Control, Output, Shown, Signal, actions
from workflows.actions.params import read_params
from workflows.buttons import Button, commands_of, mistakes_of
from workflows.durations import Duration, moment_after
from workflows.models import Wake
from workflows.values import kept

if TYPE_CHECKING:
    from workflows.engine.run import Run
    from workflows.engine.state import Token
    from workflows.engine.tree import Node

ENTRY, EXIT = "entry", "exit"


class StateCommand(Button):
    """A button that leads to another state, "" ends the machine."""

    to: str = ""


class StateEvent(BaseModel):
    """A change of the element (of these fields, any without them) that leads to another state;
    with `when` only if that holds."""

    model_config = ConfigDict(extra="forbid")

    to: str = ""
    fields: list[str] = []
    when: dict[str, Any] | None = None


class StateTimeout(BaseModel):
    """`after` counts from the entry into the state, its entry steps included."""

    model_config = ConfigDict(extra="forbid")

    to: str = ""
    after: Duration


@actions.register
class StateMachine(Control):
    """Begins in the first of its states; is over when a last state is reached."""

    slug = "state_machine"
    label = _("States")
    icon = "sitemap"
    branches = "one"
    holds = ("state",)

    def enter(self, run: Run, token: Token, node: Node) -> None:
        first = node.branches[0].first if node.branches else None
        run.enter(token, first) if first else run.leave(token)


@actions.register
class State(Control):
    """Its entry steps, then the wait for what leads out of it, then its exit steps.

    `run.state.loops[id]` is `[where, entered_at, to]`: inside the entry steps, at the wait ("")
    or inside the exit steps.
    """

    slug = "state"
    label = _("State")
    icon = "square-rounded"
    branches = "fixed"
    branch_codes = {ENTRY: _("On entry"), EXIT: _("On exit")}
    ordered = False
    may_wait = True
    outputs = (
        Output("event", _("What led out of it: command, change, timeout")),
        Output("command", _("Code of the command")),
        Output("comment", _("Comment")),
        Output("actor", _("Who gave it"), "employee"),
    )

    class Params(ActionParams):
        commands: Annotated[
            list[StateCommand], Shown(_("Commands"), widget="state_commands", raw=True)
        ] = []
        events: Annotated[
            list[StateEvent], Shown(_("Changes"), widget="state_events", raw=True)
        ] = []
        timeouts: Annotated[
            list[StateTimeout], Shown(_("Time-outs"), widget="state_timeouts", raw=True)
        ] = []

    def enter(self, run: Run, token: Token, node: Node) -> None:
        run.log(token, "state", {"name": node.name})
        run.state.loops[node.id] = [ENTRY, run.now, ""]
        entry = node.branch(ENTRY)
        run.enter(token, entry) if entry else self._stand(run, token, node)

    def branch_done(self, run: Run, token: Token, node: Node) -> None:
        run.stand_at(token, node)
        where, _entered, to = run.state.loops[node.id]
        self._stand(run, token, node) if where == ENTRY else _go(run, token, node, to)

    def _stand(self, run: Run, token: Token, node: Node) -> None:
        """Wait for whatever leads on; a state that nothing leads out of is a last one."""
        params: Any = read_params(self, node.params, run.scope)
        if not (params.commands or params.events or params.timeouts):
            _go(run, token, node, "")
            return
        _where, entered, _to = run.state.loops[node.id]
        run.state.loops[node.id] = ["", entered, ""]
        context = run.context(token)
        context.offer(commands_of(params.commands, context))
        for one in params.timeouts:
            context.wake(max(run.now, moment_after(entered, one.after)), {"to": one.to})
        if params.events:
            context.watch()
        token.waiting = token.timed = True
        run.log(token, "wait")

    def signal(self, run: Run, token: Token, node: Node, signal: Signal) -> None:
        params: Any = read_params(self, node.params, run.scope)
        to = self._leads_to(run, token, params, signal)
        if to is None:
            return
        if signal.kind != Wake.Kind.ANSWER and not run.context(token).close_commands():
            return
        event = {"answer": "command", "timer": "timeout"}.get(signal.kind, "change")
        answer = {name: signal.payload.get(name) for name in ("command", "comment", "actor")}
        run.state.results[node.id] = kept({"event": event, **answer})
        leave_state(run, token, node, to)

    def _leads_to(self, run: Run, token: Token, params: Any, signal: Signal) -> str | None:
        if signal.kind == Wake.Kind.ANSWER:
            code = signal.payload.get("command")
            return next((one.to for one in params.commands if one.code == code), None)
        if signal.kind == Wake.Kind.TIMER:
            return str(signal.payload["to"]) if "to" in signal.payload else None
        return next((one.to for one in params.events if _came(run, token, one, signal)), None)

    def mistakes(self, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield from (("commands", text) for text in mistakes_of(params.get("commands")))


@actions.register
class SetState(Control):
    """From the steps of a state straight to another one; its exit steps are made first."""

    slug = "set_state"
    label = _("Set the state")
    icon = "arrow-right-circle"

    class Params(ActionParams):
        state: Annotated[str, Shown(_("State"), widget="state")]

    def enter(self, run: Run, token: Token, node: Node) -> None:
        run.log(token, "done")
        state = state_around(run, node)
        outer = _outermost(run, token, state)
        run.stand_at(outer, state)
        leave_state(run, outer, state, str(node.params.get("state", "")))


def leave_state(run: Run, token: Token, node: Node, to: str) -> None:
    """Out of a state by its exit steps; from within them only the aim changes."""
    where, entered, _to = run.state.loops[node.id]
    run.let_go(token)
    run.log(token, "left", {"to": to and run.program.nodes[to].name})
    run.state.loops[node.id] = [EXIT, entered, to]
    leaving = node.branch(EXIT)
    run.enter(token, leaving) if leaving and where != EXIT else _go(run, token, node, to)


def _go(run: Run, token: Token, node: Node, to: str) -> None:
    """On to the next state, or out of the machine."""
    del run.state.loops[node.id]
    run.enter(token, to) if to else run.leave(token)


def _came(run: Run, token: Token, event: StateEvent, signal: Signal) -> bool:
    """Whether a change is the one that is meant. A condition is looked at once more right after
    the wait has begun; a mere change counts from then on."""
    recheck = "recheck" in signal.payload
    if recheck and not event.when:
        return False
    fields = run.context(token).subject.schema.all_fields if event.fields else ()
    keys = {field.key for field in fields if field.code in event.fields}
    concerns = recheck or not keys or bool(keys & set(signal.payload.get("fields", ())))
    return concerns and (not event.when or run.condition(event.when))


def state_around(run: Run, node: Node) -> Node:
    """The state in whose steps a step stands; publishing makes sure that there is one."""
    while not isinstance(node.action, State):
        node = run.program.nodes[node.parent or ""]
    return node


def _outermost(run: Run, token: Token, state: Node) -> Token:
    """The token that came into the state; branches and loops that it is in are given up."""
    inside = _inside(run, state)
    while token.parent is not None and run.state.tokens[token.parent].step in inside:
        token = run.state.tokens[token.parent]
    for child in list(run.state.children(token)):
        run.drop(child)
    token.open_branches = None
    for step in inside & run.state.loops.keys():
        del run.state.loops[step]
    return token


def _inside(run: Run, state: Node) -> set[str]:
    """Ids of the steps in a state, all the way down."""
    nodes = run.program.nodes
    found: set[str] = set()
    for node in nodes.values():
        above = node
        while above.parent and above.id != state.id:
            above = nodes[above.parent]
        if above.id == state.id and node.id != state.id:
            found.add(node.id)
    return found
