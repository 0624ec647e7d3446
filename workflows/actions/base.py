"""What an action is: one class that declares its parameters, its result and what it does.

The designer's form, the check at publishing, the docs and the API all come from `Params`. The
widgets are: text, textarea, html, number, boolean, choice, date, datetime, time, value,
variable, condition, list, section, element, field, fields, date_field, values, filter, people,
duration, checklist, answer_form, commands, process, parameters, document_template, numerator,
url, code; for states of a machine: state (one of the machine's), state_commands, state_events,
state_timeouts. A module of `workflows/actions/` (of any app) registers its action:

    @actions.register
    class Comment(Action):
        slug = "comment"
        label = _("Comment")

        class Params(ActionParams):
            text: Annotated[str, Shown(_("Text"), widget="text")]

        def run(self, context, params):
            add_comment(context.subject, params.text, actor=context.actor)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from svod.base.registry import Registry

if TYPE_CHECKING:
    from workflows.engine.context import Context
    from workflows.engine.run import Run
    from workflows.engine.state import Token
    from workflows.engine.tree import Node

Text = str | Promise
Group = Literal["control", "people", "data", "messages", "documents"]
GROUPS: dict[Group, Text] = {
    "control": _("Course"),
    "people": _("People"),
    "data": _("Data"),
    "messages": _("Messages"),
    "documents": _("Documents"),
}


class ActionParams(BaseModel):
    """Parameters of an action after placeholders and formulas were put in."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True)
class Shown:
    """How the designer shows a parameter (an `Annotated` mark).

    `raw` parameters reach the action as the designer stored them: a condition, a mapping of
    fields, whatever the action itself gives a meaning to.
    """

    label: Text
    widget: str = "text"
    help: Text = ""
    raw: bool = False
    options: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Output:
    """One value of an action's result: `{{Step.<id>.<code>}}`. `kind` is a field type's slug.

    `options` name the codes that the value may be (code → label).
    """

    code: str
    label: Text
    kind: str = "string"
    options: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Wait:
    """The step is not over: it waits for a signal, or until a moment."""

    until: datetime | None = None


@dataclass(frozen=True)
class EndBranch:
    """The step is over, and so is the branch in which it stands (in a loop: this turn)."""

    result: Mapping[str, Any]


@dataclass(frozen=True)
class Signal:
    """What woke a waiting step: a `Wake.Kind` and what came with it.

    The kind stands apart from the payload, for a person's answer may hold any names.
    """

    kind: str
    payload: Mapping[str, Any]


Result = Mapping[str, Any] | None


class Action:
    """One kind of step. `run` and `resume` work inside the engine's transaction."""

    slug: str = ""
    label: Text = ""
    help: Text = ""
    group: Group = "data"
    icon: str = "bolt"
    Params: ClassVar[type[ActionParams]] = ActionParams
    outputs: ClassVar[tuple[Output, ...]] = ()
    #: Takes a lock that many instances wait for, so it runs in a transaction of its own.
    isolated = False
    #: Each branch has a condition (`when`), as those of if/else do.
    conditional = False
    #: "none", "one" (a body), "many" (branches that the designer adds) or "fixed": those of
    #: `branch_codes`, code → label; a branch of a tree then has that `code`.
    branches: Literal["none", "one", "many", "fixed"] = "none"
    branch_codes: ClassVar[Mapping[str, Text]] = {}
    #: The step below it comes after it; states of a machine stand side by side.
    ordered = True
    #: Slugs of the only steps that may stand directly inside; () for any.
    holds: tuple[str, ...] = ()
    #: The step may wait for a signal, by itself or for people.
    may_wait = False

    def run(self, context: Context, params: Any) -> Wait | EndBranch | Result:
        """Do the step: return its result, or Wait.

        Raises DomainError (the instance fails with its message), Retry (tried again later).
        """
        raise NotImplementedError(f"{type(self).__name__} does nothing")

    def resume(self, context: Context, params: Any, signal: Signal) -> Wait | EndBranch | Result:
        """Something came for the waiting step: return its result, or Wait on."""
        return signal.payload

    def mistakes(self, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """(parameter, what is wrong) beyond what the types of the parameters say."""
        yield from ()

    def summary(self, params: Mapping[str, Any]) -> str:
        """The step in plain words, for the summary of a process; "" takes the label."""
        return ""


class Control(Action):
    """A step that moves tokens instead of doing something."""

    group: Group = "control"

    def enter(self, run: Run, token: Token, node: Node) -> None:
        """The token has come to this step (again, for loops)."""
        raise NotImplementedError(f"{type(self).__name__} goes nowhere")

    def signal(self, run: Run, token: Token, node: Node, signal: Signal) -> None:
        """Something came for the token that waits at this step."""
        raise NotImplementedError(f"{type(self).__name__} waits for nothing")

    def branch_done(self, run: Run, token: Token, node: Node) -> None:
        """A token has come to the end of one of this step's branches: by itself, go on."""
        run.stand_at(token, node)
        run.leave(token)


actions: Registry[Action] = Registry("action")
