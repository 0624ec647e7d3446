"""A published tree as the engine walks it: steps by id, each knowing what follows it.

A step is `{"id", "type", "name", "params": {…}, "branches": [{"name", "when", "steps": […]}]}`;
`type` is the slug of an action, `when` a condition (`workflows.conditions`). The whole tree is
`{"steps": […], "variables": […], "parameters": […], "constants": […], "triggers": […]}`.

A state machine is a step `state_machine` whose one branch holds steps `state`, in any order; the
first is where it begins. A `state` has its commands, events and time-outs in `params`, each with
the id of the state that it leads `to` ("" ends the machine), and up to two branches:
`{"code": "entry", "steps": […]}` and `{"code": "exit", "steps": […]}`. A state that leads nowhere
is a last one: the machine is over and the process goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflows.actions.base import Action, actions
from workflows.engine.errors import Fatal
from workflows.models import Version


@dataclass(frozen=True)
class Branch:
    """A way that a step may take; `first` is None when nothing stands on it."""

    name: str
    when: Any
    first: str | None
    #: Which of an action's fixed branches it is; "" for others.
    code: str = ""


@dataclass(frozen=True)
class Node:
    """A step and its surroundings."""

    id: str
    action: Action
    name: str
    params: Mapping[str, Any]
    parent: str | None
    next: str | None
    branches: Sequence[Branch]

    def branch(self, code: str) -> str | None:
        """The first step of a fixed branch."""
        return next((one.first for one in self.branches if one.code == code), None)


@dataclass(frozen=True)
class Program:
    """A compiled tree; `first` is None when it holds no steps."""

    tree: Mapping[str, Any]
    nodes: Mapping[str, Node]
    first: str | None

    def returns(self) -> list[str]:
        """Codes of the variables that a caller gets back."""
        return [one["code"] for one in self.tree.get("variables", ()) if one.get("returned")]

    def constants(self) -> dict[str, Any]:
        return {one["code"]: one.get("value") for one in self.tree.get("constants", ())}


@lru_cache(maxsize=1000)
def program(version_id: int) -> Program:
    """The compiled tree of a version, which never changes."""
    return compile_tree(Version.objects.values_list("tree", flat=True).get(pk=version_id))


def compile_tree(tree: Mapping[str, Any]) -> Program:
    """Raises Fatal for what publishing would not have let through."""
    steps = tree.get("steps", [])
    nodes = {node.id: node for node in _nodes(steps, None)}
    return Program(tree, nodes, _first(steps))


def all_steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every step of a tree in reading order."""
    for step in steps:
        yield step
        for branch in step.get("branches", ()):
            yield from all_steps(branch.get("steps", ()))


def _nodes(steps: Sequence[Mapping[str, Any]], parent: str | None) -> Iterator[Node]:
    for place, step in enumerate(steps):
        last = place + 1 == len(steps) or not _ordered(step)
        following = None if last else steps[place + 1]["id"]
        yield _node(step, parent, following)
        for branch in step.get("branches", ()):
            yield from _nodes(branch.get("steps", ()), step["id"])


def _node(step: Mapping[str, Any], parent: str | None, following: str | None) -> Node:
    if step["type"] not in actions:
        raise Fatal(f"unknown action {step['type']!r}")
    branches = [
        Branch(
            branch.get("name", ""),
            branch.get("when"),
            _first(branch.get("steps", ())),
            branch.get("code", ""),
        )
        for branch in step.get("branches", ())
    ]
    action = actions.get(step["type"])
    name = step.get("name") or str(action.label)
    return Node(step["id"], action, name, step.get("params", {}), parent, following, branches)


def _ordered(step: Mapping[str, Any]) -> bool:
    return step["type"] not in actions or actions.get(step["type"]).ordered


def _first(steps: Sequence[Mapping[str, Any]]) -> str | None:
    return steps[0]["id"] if steps else None
