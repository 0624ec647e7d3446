"""The interpreter: moves an instance's tokens through its tree until all of them wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lists_core.services.outbox import cause
from staff.selectors_calendar import working_time
from staff.working_time import WorkingTime
from workflows.actions.base import Control, EndBranch, Result, Signal, Wait
from workflows.actions.params import read_params
from workflows.engine.context import Context
from workflows.engine.errors import Fatal, StepFailed
from workflows.engine.scope import RunScope
from workflows.engine.state import State, Token
from workflows.engine.tree import Node, Program, program
from workflows.engine.writes import Writes
from workflows.models import Instance, StepLog, Wake
from workflows.selectors.constants import constant_values
from workflows.values import kept, load

Kind = Wake.Kind
Status = Instance.Status
MAX_STEPS = 20_000
MAX_BURST = 1_000


class Run:
    """One locked instance inside one transaction.

    With `alone` it has the transaction for itself, and may take one step that locks what
    others wait for; otherwise it stops before such a step and asks to be woken alone.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        now: datetime,
        writes: Writes,
        alone: bool = False,
        code: Program | None = None,
    ) -> None:
        self.instance = instance
        self.now = now
        self.writes = writes
        self.program = code or program(instance.version_id)
        self.state = State.from_json(load(instance.state))
        self.scope = RunScope(self)
        self._may_isolate = alone
        self._ready: deque[Token] = deque()
        self._put_off: list[Token] = []

    def go(self, signals: Sequence[Wake], *, budget: int) -> int:
        """Take in the signals, make at most `budget` steps; returns how many were made."""
        with manners(self.instance):
            for wake in signals:
                self._receive(wake)
            steps = 0
            while self._ready and steps < budget:
                steps += self._try(self._ready.popleft())
            self._count(steps)
            self._settle()
        self.instance.state = self.state.to_json()
        return steps

    # --- for controls -------------------------------------------------------------------

    def enter(self, token: Token, step: str | None) -> None:
        """Send the token to a step; None is the end of its branch."""
        if step is None:
            self._end_of(token, None)
            return
        visit = self.state.visits[step] = self.state.visits.get(step, 0) + 1
        token.step, token.visit, token.memory = step, visit, {}
        self._ready.append(token)

    def spawn(self, step: str, parent: Token) -> None:
        """A new token for a branch of the parent's step."""
        self.enter(self.state.new_token(parent.number), step)

    def stand_at(self, token: Token, node: Node) -> None:
        """Put the token back on a step around it, in that step's present visit."""
        token.step, token.visit = node.id, self.state.visits[node.id]

    def again(self, token: Token) -> None:
        """Have the token's step entered once more, in the same visit."""
        self._ready.append(token)

    def leave(self, token: Token) -> None:
        """The token's step is over: on to the next one, or to the end of the branch."""
        node = self.program.nodes[token.step]
        if node.next:
            self.enter(token, node.next)
        else:
            self._end_of(token, node.parent)

    def drop(self, token: Token) -> None:
        """Give the token up, with all its branches, tasks and timers."""
        for child in self.state.children(token):
            self.drop(child)
        self.state.tokens.pop(token.number, None)
        self.let_go(token)
        self.writes.dropped.append((self.instance.pk, token.key))

    def let_go(self, token: Token) -> None:
        """Forget the timers, buttons and answers on their way to this visit."""
        if token.waiting or token.timed:
            self.writes.left.append((self.instance.pk, token.key))
        token.waiting = token.timed = False

    def stop(self, status: str = Status.DONE) -> None:
        """End the instance where it stands."""
        for token in [one for one in self.state.tokens.values() if one.parent is None]:
            self.drop(token)
        self._ready.clear()
        self._finish(status)

    @cached_property
    def calendar(self) -> WorkingTime:
        """The portal's working calendar, read once a run."""
        return working_time()

    @cached_property
    def portal_constants(self) -> dict[str, Any]:
        """The constants of the portal by code, read once a run."""
        return constant_values()

    def condition(self, when: Any) -> bool:
        from workflows.conditions import holds

        return holds(when, self.scope)

    def context(self, token: Token) -> Context:
        return Context(self, token, self.program.nodes[token.step])

    def log(self, token: Token, event: str, data: Mapping[str, Any] | None = None) -> None:
        self.writes.log.append(
            StepLog(
                instance_id=self.instance.pk,
                step=token.step,
                visit=token.visit,
                at=self.now,
                event=event,
                data=kept(dict(data or {})),
            )
        )

    def wake(
        self,
        kind: str,
        *,
        due: datetime | None = None,
        key: str = "",
        payload: Mapping[str, Any] | None = None,
        alone: bool = False,
    ) -> None:
        """Queue a signal to this instance."""
        self.writes.wakes.append(
            Wake(
                instance_id=self.instance.pk,
                due_at=due or self.now,
                kind=kind,
                key=key,
                payload=kept(dict(payload or {})),
                alone=alone,
            )
        )

    def mend(self, key: str) -> None:
        """Let a failed step be tried again."""
        if token := self.state.by_key(key):
            token.failed = False

    # --- the walk -----------------------------------------------------------------------

    def _receive(self, wake: Wake) -> None:
        if wake.kind == Kind.START:
            self.enter(self.state.new_token(), self.program.first)
        elif wake.kind == Kind.STOP:
            self.log(Token(0), "outlived")
            self.stop(Status.CANCELLED)
        elif wake.kind == Kind.GO:
            self._ready.extend(t for t in self.state.tokens.values() if t.idle)
        elif token := self.state.by_key(wake.key):
            self._signal(token, wake)

    def _signal(self, token: Token, wake: Wake) -> None:
        """A signal for a step that was left or has failed is passed over: it came too late."""
        if wake.kind == Kind.SKIP and token.failed:
            token.failed = token.waiting = False
            self._guarded(token, lambda: self._done(token, {}, "skipped"))
        elif token.waiting and not token.failed:
            node = self.program.nodes[token.step]
            signal = Signal(wake.kind, load(wake.payload))
            self._guarded(token, lambda: self._resume(token, node, signal))

    def _try(self, token: Token) -> int:
        """Make the token's step, unless it is gone, waits, or needs a transaction of its own."""
        if token.number not in self.state.tokens or not token.idle:
            return 0
        node = self.program.nodes[token.step]
        if node.action.isolated and not self._may_isolate:
            self._put_off.append(token)
            return 0
        if node.action.isolated:
            self._may_isolate = False
        self._guarded(token, lambda: self._step(token, node))
        return 1

    def _guarded(self, token: Token, work: Callable[[], None]) -> None:
        """Name the step in whatever error it ends with."""
        key = token.key
        self.scope.forget()
        try:
            work()
        except StepFailed:
            raise
        except Exception as error:
            raise StepFailed(self.instance.pk, key, error) from error

    def _step(self, token: Token, node: Node) -> None:
        if isinstance(node.action, Control):
            node.action.enter(self, token, node)
            return
        params = read_params(node.action, node.params, self.scope)
        self._outcome(token, node.action.run(self.context(token), params))

    def _resume(self, token: Token, node: Node, signal: Signal) -> None:
        if signal.kind == Kind.EVENT and "deleted" in signal.payload:
            self.scope.subject()  # raises, unless the element is back
        if isinstance(node.action, Control):
            node.action.signal(self, token, node, signal)
            return
        params = read_params(node.action, node.params, self.scope)
        self._outcome(token, node.action.resume(self.context(token), params, signal))

    def _outcome(self, token: Token, outcome: Wait | EndBranch | Result) -> None:
        if isinstance(outcome, EndBranch):
            self._done(token, outcome.result, to_end=True)
            return
        if not isinstance(outcome, Wait):
            self._done(token, outcome or {})
            return
        if not token.waiting:
            self.log(token, "wait", {"until": outcome.until} if outcome.until else None)
        token.waiting = True
        if outcome.until:
            self.context(token).wake(outcome.until)

    def _done(
        self,
        token: Token,
        result: Mapping[str, Any],
        event: str = "done",
        *,
        to_end: bool = False,
    ) -> None:
        self.let_go(token)
        if result:
            self.state.results[token.step] = kept(dict(result))
        self.log(token, event, result)
        if to_end:
            self._end_of(token, self.program.nodes[token.step].parent)
        else:
            self.leave(token)

    def _end_of(self, token: Token, parent: str | None) -> None:
        """The branch is at its end: the step around it decides, or the token is done."""
        if parent is None:
            self.state.tokens.pop(token.number, None)
            return
        node = self.program.nodes[parent]
        action = node.action
        if not isinstance(action, Control):
            raise Fatal(f"step {parent} has branches but {action.slug} controls nothing")
        action.branch_done(self, token, node)

    # --- the end of a run ---------------------------------------------------------------

    def _count(self, steps: int) -> None:
        self.state.steps += steps
        self.state.burst += steps
        if self.state.steps > MAX_STEPS or self.state.burst > MAX_BURST:
            message = _("Cut off after %(count)d steps: the process seems to go in circles.")
            where = next(iter(self.state.tokens.values()), Token(0)).key
            error = Fatal(message % {"count": self.state.burst})
            raise StepFailed(self.instance.pk, where, error)

    def _settle(self) -> None:
        """What the instance does from here: goes on at once, waits, or is over."""
        if self.instance.is_over:
            return
        if self._ready or self._put_off:
            self.wake(Kind.GO, alone=bool(self._put_off) and not self._ready)
            self.instance.status = Status.RUNNING
        elif not self.state.tokens:
            self._finish(Status.DONE)
        else:
            self.state.burst = 0
            failed = any(token.failed for token in self.state.tokens.values())
            self.instance.status = Status.FAILED if failed else Status.WAITING

    def _finish(self, status: str) -> None:
        self.instance.status, self.instance.finished_at = status, self.now
        if self.instance.parent_id and self.instance.parent_key:
            self._tell(self.instance.parent_id, status)

    def _tell(self, parent_id: int, status: str) -> None:
        """The caller gets the variables that the tree says it returns."""
        returns = {code: self.state.variables.get(code) for code in self.program.returns()}
        self.writes.wakes.append(
            Wake(
                instance_id=parent_id,
                due_at=self.now,
                kind=Kind.CHILD,
                key=self.instance.parent_key,
                payload={"status": status, **returns},
            )
        )


@contextmanager
def manners(instance: Instance) -> Iterator[None]:
    """Texts and dates come out as the instance's employee writes them, and whatever is changed
    says which process did it."""
    person = instance.run_as
    token = cause.set({"instance": instance.pk, "chain": instance.chain})
    try:
        with translation.override(person.language if person else settings.LANGUAGE_CODE):  # noqa: SIM117
            with timezone.override(person.time_zone if person else settings.TIME_ZONE):
                yield
    finally:
        cause.reset(token)
