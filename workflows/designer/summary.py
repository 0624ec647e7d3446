"""A process in plain words: what starts it and, step by step, what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workflows.actions.base import Action, Shown
from workflows.designer.scene import Scene
from workflows.designer.step_form import action_of, described
from workflows.designer.steps import step_name
from workflows.widgets.base import Asked
from workflows.widgets.conditions import words

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A step in words: its name, what it does, and the ways that lead on inside of it."""

    id: str
    name: str
    text: str
    icon: str
    ways: list[Way] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    caption: str
    lines: list[Line]


def summary(scene: Scene) -> list[Line]:
    return list(_lines(scene.tree.get("steps") or (), scene))


def step_texts(scene: Scene) -> dict[str, str]:
    """Step id → what it does, in one line; for the list of steps."""
    return {step_id: step_text(step, scene) for step_id, step in scene.steps.items()}


def step_text(step: Step, scene: Scene) -> str:
    """The action's own words about it, else its parameters."""
    action = action_of(step)
    if action is None:
        return _("There is no such action.")
    if own := action.summary(step.get("params") or {}):
        return scene.readable(own)
    return "; ".join(f"{label}: {text}" for label, text in described(step, scene))[:300]


def _lines(steps: Sequence[Step], scene: Scene) -> Iterator[Line]:
    for step in steps:
        action = action_of(step)
        icon = action.icon if action else "help-circle"
        ways = [
            Way(branch_words(step, number, scene), list(_lines(one.get("steps") or (), scene)))
            for number, one in enumerate(step.get("branches") or ())
        ]
        yield Line(str(step["id"]), step_name(step), step_text(step, scene), icon, ways)


def fixed_branches(action: Action) -> Mapping[str, Any]:
    """code → label of branches that the action itself names."""
    codes: Mapping[str, Any] = getattr(action, "branch_codes", {})
    return codes


def branch_words(step: Step, number: int, scene: Scene) -> str:
    """What a branch is called: its name, and when it is taken."""
    action = action_of(step)
    branch = step["branches"][number]
    name = str(branch.get("name") or "")
    if action is None or action.branches == "one":
        return name
    if fixed := fixed_branches(action):
        return str(fixed.get(str(branch.get("code")), name))
    if not action.conditional:
        return name or _("Branch %(number)d") % {"number": number + 1}
    when = words(Asked("when", Shown("", widget="condition"), scene), branch.get("when"))
    condition = _("If %(condition)s") % {"condition": when} if when else _("Otherwise")
    return f"{name}: {condition}" if name else condition
