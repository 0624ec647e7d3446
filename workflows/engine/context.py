"""What an action knows of the instance it works for, and the few things it may ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from staff.models import Employee
from workflows.engine.errors import Fatal
from workflows.models import Command, Instance, Outgoing, Wake, Watch
from workflows.values import kept

if TYPE_CHECKING:
    from staff.working_time import WorkingTime
    from workflows.engine.run import Run
    from workflows.engine.state import Token
    from workflows.engine.tree import Node


class Context:
    """A step of an instance, as its action sees it."""

    def __init__(self, run: Run, token: Token, node: Node) -> None:
        self.run = run
        self.token = token
        self.node = node

    @property
    def instance(self) -> Instance:
        return self.run.instance

    @property
    def now(self) -> datetime:
        """The engine's time; never ask the clock, for tests and dry runs move it."""
        return self.run.now

    @property
    def key(self) -> str:
        """`step:visit`: names this very visit, also to whatever must not be done twice."""
        return self.token.key

    @property
    def memory(self) -> dict[str, Any]:
        """What the step keeps between `run` and `resume`; JSON values."""
        return self.token.memory

    @property
    def actor(self) -> Employee:
        """Whose rights the step works with. Raises Fatal when that person may not any more."""
        actor = self.instance.run_as
        if actor is None or not actor.is_active:
            raise Fatal(_("The employee in whose name the process works was deactivated."))
        return actor

    @property
    def subject(self) -> Any:
        """The element (or CRM item) of the instance as the actor may see it; see `subjects`."""
        return self.run.scope.subject()

    def look(self, path: str) -> Any:
        """The value behind a placeholder's path, `Variable.total` and the like."""
        return self.run.scope.look(path)

    def set_variable(self, code: str, value: Any) -> None:
        self.run.state.variables[code] = kept(value)

    def wake(self, due: datetime, payload: Mapping[str, Any] | None = None) -> None:
        """Resume this step at a moment, by a TIMER signal with the payload."""
        self.token.timed = True
        self.run.wake(Wake.Kind.TIMER, due=due, key=self.key, payload=payload)

    def timer(self, due: datetime, *, by_calendar: bool = False) -> None:
        """As `wake`; with `by_calendar` the step is also resumed, by an EVENT, when somebody
        changes the working calendar. An earlier timer of the step may still come: look at what
        is awaited now."""
        self.wake(due, {"by_calendar": True} if by_calendar else None)

    @property
    def calendar(self) -> WorkingTime:
        """The portal's working calendar."""
        return self.run.calendar

    def watch(self) -> None:
        """Resume this step by an EVENT signal `{"fields": […]}` when the subject changes.

        The first comes at once with `{"recheck": true}`: a change that was committed after the
        subject was read, and before this watch is there to see, is not missed.
        """
        instance = self.instance
        if instance.list_id and instance.subject_id:
            self.token.timed = True
            self.run.writes.watches.append(
                Watch(
                    instance_id=instance.pk,
                    key=self.key,
                    list_id=instance.list_id,
                    subject_id=instance.subject_id,
                )
            )
            self.run.wake(Wake.Kind.EVENT, key=self.key, payload={"recheck": True})

    def offer(self, commands: Sequence[Command]) -> None:
        """Show buttons on the subject; the one that is pressed comes as an ANSWER signal
        `{"command", "comment", "actor"}`. The engine sets whose they are."""
        self.token.timed = True
        for place, command in enumerate(commands):
            command.instance_id, command.key, command.place = self.instance.pk, self.key, place
            self.run.writes.commands.append(command)

    def close_commands(self) -> bool:
        """Take this step's buttons away; False when somebody has just pressed one, whose
        ANSWER is on its way and goes before whatever else woke the step."""
        own = {"instance": self.instance, "key": self.key}
        Command.objects.filter(**own).delete()  # waits for one who is just pressing
        return not Wake.objects.filter(**own, kind=Wake.Kind.ANSWER).exists()

    def send(self, channel: str, payload: Mapping[str, Any], *, reply: bool = False) -> None:
        """Have something done outside the transaction, at least once, under this step's key.

        With `reply` the step should Wait: it gets a REPLY signal `{"ok", "result", "error"}`.
        """
        self.run.writes.outgoing.append(
            Outgoing(
                key=f"{self.instance.pk}:{self.key}",
                channel=channel,
                payload=kept(dict(payload)),
                instance_id=self.instance.pk,
                wake_key=self.key if reply else "",
                next_at=self.now,
            )
        )

    def log(self, event: str, data: Mapping[str, Any] | None = None) -> None:
        """Add to the journal."""
        self.run.log(self.token, event, data)
