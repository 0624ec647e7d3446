"""Warnings about the course of a process: what may be unset, overwritten or endless."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from workflows.actions.base import Action, actions
from workflows.actions.params import shown
from workflows.engine.tree import all_steps
from workflows.problems import Problem, warning
from workflows.values import names_in

Step = Mapping[str, Any]
#: Variables that have a value here on every way; None where no way leads.
Surely = frozenset[str] | None
STARTS_ITSELF = {"element_update", "element_change"}


def check_flow(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Every warning about the course, in reading order."""
    given = {one.get("code") for one in tree.get("variables", ()) if _has_default(one)}
    flow = _Flow()
    flow.steps(tree.get("steps", ()), frozenset(str(code) for code in given))
    yield from flow.problems
    for step in all_steps(tree.get("steps", ())):
        yield from _check_parallel(step)
        yield from _check_loop(step)


def _has_default(variable: Mapping[str, Any]) -> bool:
    return variable.get("default") not in (None, "", [])


def action_of(step: Step) -> Action | None:
    return actions.get(step["type"]) if step["type"] in actions else None


def written_by(step: Step) -> set[str]:
    """Variables that the step itself sets: those it names by a parameter of that kind."""
    action = action_of(step)
    fields = action.Params.model_fields if action else {}
    names = [name for name, field in fields.items() if shown(field).widget == "variable"]
    return {str(step.get("params", {}).get(name)) for name in names} - {"None", ""}


def written_in(steps: Sequence[Step]) -> set[str]:
    return set().union(*(written_by(step) for step in all_steps(steps)))


def read_by(step: Step) -> set[str]:
    """Variables that the step asks for, in its parameters and the conditions of its branches."""
    asked = [step.get("params", {}), *(branch.get("when") for branch in step.get("branches", ()))]
    paths = [path.split(".") for path in names_in(asked)]
    return {path[1] for path in paths if path[0] == "Variable" and len(path) > 1}


class _Flow:
    """Walks all ways at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def steps(self, steps: Sequence[Step], surely: Surely) -> Surely:
        for step in steps:
            if surely is None:
                return None
            surely = self.step(step, surely)
        return surely

    def step(self, step: Step, surely: frozenset[str]) -> Surely:
        for name in sorted(read_by(step) - surely):
            text = _("The variable “%(name)s” may have no value here.")
            self.problems.append(warning(step["id"], text % {"name": name}))
        if step["type"] in {"stop", "set_state"}:
            return None
        after = self._branches(step, surely)
        return None if after is None else after | written_by(step)

    def _branches(self, step: Step, surely: frozenset[str]) -> Surely:
        action, branches = action_of(step), step.get("branches", ())
        if not branches or action is None:
            return surely
        if step["type"] == "state_machine":  # in what order states come is not known
            surely |= written_in(branches[0].get("steps", ()))
        if action.branches == "one":
            inside = self.steps(branches[0].get("steps", ()), surely | written_by(step))
            once = step["type"] in {"block", "state_machine"}
            return inside if once else surely
        ends = [self.steps(branch.get("steps", ()), surely) for branch in branches]
        return self._joined(step, branches, ends, surely)

    def _joined(
        self, step: Step, branches: Sequence[Any], ends: list[Surely], surely: frozenset[str]
    ) -> Surely:
        reached = [end for end in ends if end is not None]
        if step["type"] == "if":
            if all(branch.get("when") for branch in branches):
                reached.append(surely)  # none of them may be taken
            return frozenset.intersection(*reached) if reached else None
        every = step.get("params", {}).get("join") != "any" or step["type"] != "parallel"
        if not reached:
            return None
        return frozenset.union(*reached) if every else frozenset.intersection(*reached)


def _check_parallel(step: Step) -> Iterator[Problem]:
    if step["type"] != "parallel":
        return
    writers = Counter(
        name for branch in step.get("branches", ()) for name in written_in(branch.get("steps", ()))
    )
    for name, count in sorted(writers.items()):
        if count > 1:
            text = _("Several branches at once set the variable “%(name)s”.")
            yield warning(step["id"], text % {"name": name})


def _check_loop(step: Step) -> Iterator[Problem]:
    """A loop that nobody and nothing would stop."""
    if step["type"] != "while" or not step.get("branches"):
        return
    inside = list(all_steps(step["branches"][0].get("steps", ())))
    if any(_may_wait(one) for one in inside):
        return
    paths = [path.split(".") for path in names_in(step.get("params", {}).get("when"))]
    changed = set().union(*(written_by(one) for one in inside))
    changed |= {one["id"] for one in inside}
    asks_subject = '"field"' in str(step.get("params", {})).replace("'", '"')
    asks_subject |= any(path[0] == "Document" for path in paths)
    if any(len(path) > 1 and path[1] in changed for path in paths):
        return
    if not (asks_subject and any(one["type"] in STARTS_ITSELF for one in inside)):
        text = _("The loop never waits, and nothing in it changes what its condition asks for.")
        yield warning(step["id"], text)


def _may_wait(step: Step) -> bool:
    action = action_of(step)
    if action is None or action.may_wait or step.get("params", {}).get("wait"):
        return True
    return type(action).resume is not Action.resume
