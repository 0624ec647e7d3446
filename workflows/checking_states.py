"""Mistakes in machines of states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from workflows.engine.tree import all_steps
from workflows.problems import Problem, warning

Step = Mapping[str, Any]
PARTS = ("commands", "events", "timeouts")


def check_states(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """States lead to states of their own machine, each can be reached, and steps that set a
    state stand in one."""
    inside: set[str] = set()
    for step in all_steps(tree.get("steps", ())):
        if step["type"] == "state_machine":
            yield from _check_machine(step, states_of(step))
            inside |= {one["id"] for one in all_steps([step]) if one["type"] == "set_state"}
    for step in all_steps(tree.get("steps", ())):
        if step["type"] == "set_state" and step["id"] not in inside:
            yield Problem(step["id"], _("Only the steps of a state can set another state."))


def states_of(machine: Step) -> Sequence[Step]:
    branches = machine.get("branches", ())
    return list(branches[0].get("steps", ())) if branches else []


def _check_machine(machine: Step, states: Sequence[Step]) -> Iterator[Problem]:
    ids = {state["id"] for state in states}
    reached = {states[0]["id"]} if states else set()
    for state in states:
        aims = list(_aims(state))
        reached |= {to for _step, _param, to in aims}
        for step, param, to in aims:
            if to not in ids and not (to == "" and step == state["id"]):
                yield Problem(step, _("This leads to a state that there is not."), param)
    for state in states:
        if state["id"] not in reached:
            yield warning(state["id"], _("Nothing leads to this state."))


def _aims(state: Step) -> Iterator[tuple[str, str, str]]:
    """(step, parameter, state that it leads to)."""
    for part in PARTS:
        for one in state.get("params", {}).get(part) or ():
            if isinstance(one, Mapping):
                yield state["id"], part, str(one.get("to", ""))
    own = [branch.get("steps", ()) for branch in state.get("branches", ())]
    for steps in own:
        for step in _of_this_machine(steps):
            if step["type"] == "set_state":
                yield step["id"], "state", str(step.get("params", {}).get("state", ""))


def _of_this_machine(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps inside, without those of machines within."""
    for step in steps:
        yield step
        if step["type"] != "state_machine":
            for branch in step.get("branches", ()):
                yield from _of_this_machine(branch.get("steps", ()))
