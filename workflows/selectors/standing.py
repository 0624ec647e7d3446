"""Where instances stand, in words for people: the step, since when, whom or what it waits for.

For any number of instances by a fixed number of queries. What steps read or gave back is not
here: whoever sees the subject may know how its process goes, not what it found elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from staff.models import Employee
from workflows.actions.base import actions
from workflows.engine.state import State, Token
from workflows.engine.tree import all_steps
from workflows.models import (
    Command,
    Instance,
    Outgoing,
    StepLog,
    TaskPerson,
    Version,
    Wake,
    Watch,
)
from workflows.values import load

Key = tuple[int, str]
Kind = Wake.Kind
Status = Instance.Status


@dataclass
class Awaited:
    """What one step of one instance waits for."""

    people: list[Employee] = field(default_factory=list)
    deadline: datetime | None = None
    #: A timer of the step, or the next try after a failure that may pass.
    until: datetime | None = None
    process: str = ""
    change: bool = False
    sending: bool = False
    #: Labels of the buttons that go on with it.
    buttons: list[str] = field(default_factory=list)
    since: datetime | None = None


@dataclass(frozen=True)
class Stand:
    """A step at which a token of an instance stands."""

    key: str
    step: str
    name: str
    failed: bool
    waiting: bool
    awaited: Awaited

    @property
    def words(self) -> str:
        """What it waits for besides people and dates, which a page draws itself."""
        if self.awaited.process:
            return _("Waits for the process “%(name)s”") % {"name": self.awaited.process}
        if self.awaited.sending:
            return _("Waits until it is sent")
        if self.awaited.buttons:
            shown = ", ".join(f"“{label}”" for label in self.awaited.buttons)
            return _("Waits for a button: %(buttons)s") % {"buttons": shown}
        if self.awaited.change and not self.awaited.people:
            return _("Waits for a change of the element")
        return ""


@dataclass(frozen=True)
class Standing:
    """An instance and the steps at which it stands; none when it is over or about to begin."""

    instance: Instance
    stands: list[Stand]

    @property
    def people(self) -> list[Employee]:
        found = {one.pk: one for stand in self.stands for one in stand.awaited.people}
        return list(found.values())

    @property
    def deadline(self) -> datetime | None:
        return min((d for s in self.stands if (d := s.awaited.deadline)), default=None)

    @property
    def until(self) -> datetime | None:
        return min((d for s in self.stands if (d := s.awaited.until)), default=None)

    @property
    def since(self) -> datetime | None:
        return max((d for s in self.stands if (d := s.awaited.since)), default=None)


def standings(instances: Sequence[Instance]) -> list[Standing]:
    """In the order given. At most eight queries, whatever the number."""
    open_ones = [one for one in instances if not one.is_over]
    states = {one.pk: State.from_json(load(one.state)) for one in open_ones}
    names = step_names({one.version_id for one in open_ones})
    awaited = awaited_by(list(states))
    return [
        Standing(one, stands_of(one, states[one.pk], names[one.version_id], awaited))
        if one.pk in states
        else Standing(one, [])
        for one in instances
    ]


def stands_of(
    instance: Instance, state: State, names: Mapping[str, str], awaited: Mapping[Key, Awaited]
) -> list[Stand]:
    return [
        Stand(
            key=token.key,
            step=token.step,
            name=names.get(token.step, token.step),
            failed=token.failed,
            waiting=token.waiting,
            awaited=awaited.get((instance.pk, token.key)) or Awaited(),
        )
        for token in standing_tokens(state)
    ]


def standing_tokens(state: State) -> list[Token]:
    """Tokens at steps of their own; one with open branches is where its branches are."""
    return [one for one in state.tokens.values() if one.step and not one.open_branches]


def step_names(version_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Version id → step id → its name. One query."""
    rows = Version.objects.filter(pk__in=version_ids).values_list("pk", "tree")
    return {pk: names_in_tree(tree) for pk, tree in rows}


def names_in_tree(tree: Mapping[str, Any]) -> dict[str, str]:
    return {step["id"]: step_name(step) for step in all_steps(tree.get("steps", ()))}


def step_name(step: Mapping[str, Any]) -> str:
    """The designer's name for the step, else that of its action."""
    known = step.get("type") in actions
    return step.get("name") or (str(actions.get(step["type"]).label) if known else step["type"])


def awaited_by(instance_ids: Collection[int]) -> dict[Key, Awaited]:
    """(instance, `step:visit`) → what that step waits for. Seven queries."""
    found: dict[Key, Awaited] = defaultdict(Awaited)
    if not instance_ids:
        return found
    _add_people(found, instance_ids)
    _add_timers(found, instance_ids)
    _add_children(found, instance_ids)
    _add_times(found, instance_ids)
    for key in _keys(Watch.objects.filter(instance__in=instance_ids), "key"):
        found[key].change = True
    commands = Command.objects.filter(instance__in=instance_ids).order_by("instance", "place")
    for number, step_key, label in commands.values_list("instance_id", "key", "label"):
        found[number, step_key].buttons.append(label)
    sent = Outgoing.objects.filter(instance__in=instance_ids, state=Outgoing.State.NEW)
    for key in _keys(sent.exclude(wake_key=""), "wake_key"):
        found[key].sending = True
    return found


def _keys(rows: Any, column: str) -> Iterable[Key]:
    return rows.values_list("instance_id", column)


def _add_people(found: dict[Key, Awaited], ids: Collection[int]) -> None:
    parts = TaskPerson.objects.filter(task__instance__in=ids, task__state="open", is_open=True)
    parts = parts.exclude(role=TaskPerson.Role.OBSERVER)
    for part in parts.select_related("task", "employee").order_by("pk"):
        one = found[part.task.instance_id, part.task.key]
        if part.employee not in one.people:
            one.people.append(part.employee)
        one.deadline = part.task.deadline


def _add_timers(found: dict[Key, Awaited], ids: Collection[int]) -> None:
    timers = Wake.objects.filter(instance__in=ids, parked=False, kind=Kind.TIMER)
    rows = timers.order_by().values("instance_id", "key").annotate(due=Min("due_at"))
    for row in rows:
        found[row["instance_id"], row["key"]].until = row["due"]


def _add_children(found: dict[Key, Awaited], ids: Collection[int]) -> None:
    children = Instance.objects.filter(parent__in=ids, status__in=Instance.OPEN)
    rows = children.exclude(parent_key="").order_by("pk")
    columns = ("parent", "parent_key", "version__template__name")
    for parent, key, name in rows.values_list(*columns):
        found[parent or 0, key].process = name


def _add_times(found: dict[Key, Awaited], ids: Collection[int]) -> None:
    """Since when: the last time the step began to wait, or failed."""
    entries = StepLog.objects.filter(instance__in=ids, event__in=["wait", "failed"])
    rows = entries.order_by().values("instance_id", "step", "visit").annotate(last=Max("at"))
    for row in rows:
        key = f"{row['step']}:{row['visit']}"
        found[row["instance_id"], key].since = row["last"]
