"""The way of one instance through its tree: what is behind it, where it stands, what is ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from staff.models import Employee
from workflows.actions.base import actions
from workflows.engine.state import State
from workflows.engine.tree import all_steps
from workflows.models import Instance, StepLog, TaskPerson
from workflows.selectors.standing import (
    Stand,
    Standing,
    awaited_by,
    names_in_tree,
    stands_of,
    step_name,
)
from workflows.values import load

Step = Mapping[str, Any]
LOOPS = {"while", "foreach"}


@dataclass(frozen=True)
class Spot:
    """A step on the way.

    `state` is "done", "skipped", "current", "failed", "around" (it stands at a step inside of
    this one), "ahead", or "passed": never come to, and it never will be.
    """

    id: str
    name: str
    icon: str
    state: str
    at: datetime | None = None
    stand: Stand | None = None
    #: How often the step was come to.
    visits: int = 0
    #: Who answered.
    answered: list[Employee] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """A branch: `taken` is None as long as that is open."""

    name: str
    taken: bool | None
    spots: list[Spot]


@dataclass(frozen=True)
class Picture:
    """`standing` tells the same in one line."""

    standing: Standing
    spots: list[Spot]


def picture_of(instance: Instance) -> Picture:
    """Of an instance that the caller may see, with its version joined. Ten queries at most."""
    state = State.from_json(load(instance.state))
    tree = instance.version.tree
    awaited = awaited_by([] if instance.is_over else [instance.pk])
    stands = [] if instance.is_over else stands_of(instance, state, names_in_tree(tree), awaited)
    painter = _Painter(instance, state, tree, stands)
    return Picture(Standing(instance, stands), painter.spots(tree.get("steps", ())))


class _Painter:
    def __init__(
        self, instance: Instance, state: State, tree: Mapping[str, Any], stands: Sequence[Stand]
    ) -> None:
        self.over = instance.is_over
        self.visits = state.visits
        self.stands = {one.step: one for one in stands}
        self.order = {step["id"]: place for place, step in enumerate(all_steps(tree["steps"]))}
        self.last = _last_entries(instance)
        self.answered = _answers(instance)

    def spots(
        self, steps: Sequence[Step], *, lost: bool = False, until: int | None = None
    ) -> list[Spot]:
        """`lost`: on a branch not taken. `until`: the place in a loop's present round behind
        which steps are ahead again, though an earlier round came to them."""
        return [self._spot(step, lost=lost, until=until) for step in steps]

    def _spot(self, step: Step, *, lost: bool, until: int | None) -> Spot:
        own = step["id"]
        inside = self._inside(step)
        if inside and step.get("type") in LOOPS:
            until = max(self.order[one] for one in inside)
        state = self._state(own, inside, lost=lost, until=until)
        ways = self._ways(step, lost=state == "passed", until=until, reached=state != "ahead")
        known = step.get("type") in actions
        return Spot(
            id=own,
            name=step_name(step),
            icon=actions.get(step["type"]).icon if known else "help-circle",
            state=state,
            at=self._at(own, state),
            stand=self.stands.get(own),
            visits=self.visits.get(own, 0),
            answered=self.answered.get(own, []),
            ways=ways,
        )

    def _inside(self, step: Step) -> list[str]:
        """Ids of the steps below this one at which the instance stands."""
        below = [one for way in step.get("branches", ()) for one in all_steps(way.get("steps", ()))]
        return [one["id"] for one in below if one["id"] in self.stands]

    def _state(self, own: str, inside: list[str], *, lost: bool, until: int | None) -> str:
        if own in self.stands:
            return "failed" if self.stands[own].failed else "current"
        if inside:
            return "around"
        again = until is not None and self.order[own] > until
        if self.visits.get(own) and not again:
            return "skipped" if self._event(own, "skipped") > self._event(own, "done") else "done"
        return "passed" if lost or self.over else "ahead"

    def _ways(self, step: Step, *, lost: bool, until: int | None, reached: bool) -> list[Way]:
        branches = step.get("branches", ())
        ways = []
        for place, branch in enumerate(branches):
            steps = branch.get("steps", ())
            taken = self._taken(step, place, steps) if reached and not lost else None
            spots = self.spots(steps, lost=lost or taken is False, until=until)
            if spots:
                name = branch.get("name") or _way_name(step, branch, place)
                ways.append(Way(name if len(branches) > 1 else "", taken, spots))
        return ways

    def _taken(self, step: Step, place: int, steps: Sequence[Step]) -> bool | None:
        entry = self.last[step["id"]].get("branch")
        if step.get("type") == "if" and entry is not None:
            return bool(entry.data.get("branch") == place)
        if any(self.visits.get(one["id"]) for one in steps):
            return True
        return False if self.over else None

    def _event(self, step: str, event: str) -> int:
        """How late in the journal the event of the step stands; 0 when it does not."""
        entry = self.last[step].get(event)
        return entry.pk if entry else 0

    def _at(self, step: str, state: str) -> datetime | None:
        """When a step was done, or since when it is waited for."""
        if state in {"ahead", "passed", "around"}:
            return None
        events = ("wait", "failed") if state in {"current", "failed"} else ("done", "skipped")
        entries = [self.last[step][event] for event in events if event in self.last[step]]
        return max((one.at for one in entries), default=None)


def _way_name(step: Step, branch: Step, place: int) -> str:
    if step.get("type") == "if" and not branch.get("when"):
        return _("Otherwise")
    return _("Way %(number)d") % {"number": place + 1}


def _last_entries(instance: Instance) -> Mapping[str, dict[str, StepLog]]:
    """Step → event → its last entry. One query, however long the journal is."""
    rows = StepLog.objects.filter(instance=instance).exclude(step="")
    found: dict[str, dict[str, StepLog]] = defaultdict(dict)
    for entry in rows.order_by("step", "event", "-pk").distinct("step", "event"):
        found[entry.step][entry.event] = entry
    return found


def _answers(instance: Instance) -> dict[str, list[Employee]]:
    """Step → who answered it, for whom it was asked, in the order of the answers."""
    parts = TaskPerson.objects.filter(task__instance=instance).exclude(answered_at=None)
    found: dict[str, list[Employee]] = defaultdict(list)
    for part in parts.select_related("task", "employee", "answered_by").order_by("answered_at"):
        person = part.answered_by or part.employee
        step = part.task.key.partition(":")[0]
        if person not in found[step]:
            found[step].append(person)
    return found
