"""What keeps a draft from being published: each problem names its step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from workflows.actions.base import Action, actions
from workflows.actions.params import check_params
from workflows.checking_flow import check_flow
from workflows.checking_states import check_states
from workflows.checking_things import check_things
from workflows.checking_triggers import check_parameters, check_triggers
from workflows.conditions import OPERATORS
from workflows.engine.tree import all_steps
from workflows.models import Template
from workflows.problems import Problem, warning
from workflows.selectors.constants import constant_codes
from workflows.starting import told_by
from workflows.values import formula_problems, names_in

Step = Mapping[str, Any]
MAX_STEPS = 1_000
MAX_NESTING = 20
ROOTS = {"Document", "Variable", "Parameter", "Constant", "Step", "Process", "Portal"}
ENDS = {"stop", "set_state"}
CHOICES = {"if", "parallel"}
#: Only inside the step that holds them.
PLACED = {"state"}


def check_tree(tree: Mapping[str, Any], template: Template) -> Iterator[Problem]:
    """Every problem of a draft: mistakes in reading order, then warnings about its course."""
    yield from check_parameters(tree)
    yield from check_triggers(tree, template)
    known = _Known(tree, template)
    yield from _check_steps(tree.get("steps", []), known, depth=1)
    yield from (Problem(one, _("Two steps have the same number.")) for one in known.doubled())
    yield from check_states(tree)
    yield from check_things(tree, template)
    yield from check_flow(tree)


def errors_of(tree: Mapping[str, Any], template: Template) -> list[Problem]:
    """What keeps the draft from being published."""
    return [one for one in check_tree(tree, template) if one.level == "error"]


class _Known:
    """Names that a placeholder may use at the place that is being checked."""

    def __init__(self, tree: Mapping[str, Any], template: Template) -> None:
        self.template = template
        self.ids: Counter[str] = Counter()
        # What a state's steps left may be asked for in any other state.
        self.anywhere = {
            step["id"]
            for machine in all_steps(tree.get("steps", ()))
            if machine["type"] == "state_machine"
            for step in all_steps([machine])
        }
        self.codes = {
            root: {one["code"] for one in tree.get(part, ())}
            for root, part in (
                ("Variable", "variables"),
                ("Parameter", "parameters"),
                ("Constant", "constants"),
            )
        }
        self.codes["Parameter"] |= told_by(tree).keys()
        self.codes["Portal"] = constant_codes()

    def doubled(self) -> list[str]:
        return [one for one, count in self.ids.items() if count > 1]

    def lacks(self, path: str) -> bool:
        """Whether a placeholder names what there is not."""
        root, *rest = path.split(".")
        if root not in ROOTS or not rest:
            return True
        if root == "Step":
            return rest[0] not in self.ids and rest[0] not in self.anywhere
        return root in self.codes and rest[0] not in self.codes[root]


def _check_steps(steps: Sequence[Step], known: _Known, *, depth: int) -> Iterator[Problem]:
    over = False
    for step in steps:
        if depth == 1 and step["type"] in PLACED:
            yield Problem(step["id"], _("This step cannot stand here."))
        if over:
            yield Problem(step["id"], _("The step is never reached."))
        yield from _check_step(step, known, depth)
        over = over or step["type"] in ENDS


def _check_step(step: Step, known: _Known, depth: int) -> Iterator[Problem]:
    known.ids[step["id"]] += 1
    if depth > MAX_NESTING or known.ids.total() > MAX_STEPS:
        yield Problem(step["id"], _("The process is too large."))
        return
    if step["type"] not in actions:
        yield Problem(step["id"], _("There is no such action."))
        return
    action = actions.get(step["type"])
    params = step.get("params", {})
    for name, text in check_params(action, params):
        yield Problem(step["id"], text, name)
    for name, value in params.items():
        yield from (Problem(step["id"], text, name) for text in formula_problems(value))
    for path in sorted(names_in(params)):
        if known.lacks(path):
            yield Problem(step["id"], _("“%(path)s” is not known here.") % {"path": path})
    yield from _check_branches(action, step, known, depth)


def _check_branches(action: Action, step: Step, known: _Known, depth: int) -> Iterator[Problem]:
    branches = step.get("branches", ())
    if action.branches == "none" and branches:
        yield Problem(step["id"], _("This step has no branches."))
    if action.branches == "one" and not (branches and branches[0].get("steps")):
        yield Problem(step["id"], _("Nothing stands inside this step."))
    yield from _check_inside(action, step)
    for branch in branches:
        yield from _check_condition(branch.get("when"), step, known)
        yield from _check_steps(branch.get("steps", ()), known, depth=depth + 1)


def _check_inside(action: Action, step: Step) -> Iterator[Problem]:
    """What stands directly in a step, and whether anything does."""
    for branch in step.get("branches", ()):
        inside = branch.get("steps", ())
        if step["type"] in CHOICES and not inside:
            text = _("The branch “%(name)s” is empty.") % {"name": branch.get("name", "")}
            yield warning(step["id"], text)
        if action.branches == "fixed" and branch.get("code") not in action.branch_codes:
            yield Problem(step["id"], _("This step has no such branch."))
        for one in inside:
            if (action.holds or one["type"] in PLACED) and one["type"] not in action.holds:
                yield Problem(one["id"], _("This step cannot stand here."))


def _check_condition(when: Any, step: Step, known: _Known) -> Iterator[Problem]:
    if not when:
        return
    for rows in (when.get("and"), when.get("or")):
        for row in rows or ():
            yield from _check_condition(row, step, known)
    if "left" in when and when.get("op") not in OPERATORS:
        yield Problem(step["id"], _("The condition is not complete."))
    sides = [when.get("left"), when.get("right")]
    yield from (Problem(step["id"], text) for text in formula_problems(sides))
    for path in sorted(names_in([when.get("left"), when.get("right"), when.get("value")])):
        if known.lacks(path):
            yield Problem(step["id"], _("“%(path)s” is not known here.") % {"path": path})
