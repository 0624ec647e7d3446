"""What changed between two drafts, step by step and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workflows.designer.scene import Scene, named
from workflows.designer.step_form import described
from workflows.designer.steps import step_name
from workflows.designer.summary import branch_words
from workflows.designer.triggers import triggers_in_words

Place = tuple[str, int, int]
PARTS = ("variables", "parameters", "constants")


@dataclass(frozen=True)
class Detail:
    """One value: its caption, what it was and what it is; "" for nothing."""

    caption: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """`kind` is added, removed, moved or changed."""

    kind: str
    name: str
    details: list[Detail] = field(default_factory=list)

    @property
    def label(self) -> str:
        return {
            "added": _("Added"),
            "removed": _("Removed"),
            "moved": _("Moved"),
            "changed": _("Changed"),
        }[self.kind]


def compared(old: Scene, new: Scene) -> list[Change]:
    """Changes in the reading order of the new draft, then what is gone."""
    return [*_of_whole(old, new), *_of_steps(old, new)]


def _of_whole(old: Scene, new: Scene) -> Iterator[Change]:
    starts = ("; ".join(triggers_in_words(one)) for one in (old, new))
    before, after = starts
    details = [Detail(_("What starts the process"), before, after)] if before != after else []
    captions = [_("Variables"), _("Parameters of the start"), _("Constants")]
    for part, caption in zip(PARTS, captions, strict=True):
        if (old.tree.get(part) or []) != (new.tree.get(part) or []):
            details.append(Detail(caption, _names(old, part), _names(new, part)))
    if details:
        yield Change("changed", _("The whole process"), details)


def _names(scene: Scene, part: str) -> str:
    values = {one.get("code"): one.get("value", one.get("default")) for one in scene.tree[part]}
    rows = named(scene.tree.get(part)).items()
    return ", ".join(
        f"{label} = {values[code]}" if values.get(code) not in (None, "") else label
        for code, label in rows
    )


def _of_steps(old: Scene, new: Scene) -> Iterator[Change]:
    before, after = places(old.tree), places(new.tree)
    still = [one for one in before if one in after]
    order = {one: number for number, one in enumerate(still)}
    stayed = _longest_run([order[one] for one in after if one in order])
    for step_id, step in new.steps.items():
        if step_id not in before:
            yield Change("added", step_name(step), _details(None, step, new, new))
            continue
        moved = before[step_id][:2] != after[step_id][:2] or order[step_id] not in stayed
        details = _details(old.steps[step_id], step, old, new)
        if moved or details:
            yield Change("moved" if moved else "changed", step_name(step), details)
    yield from (Change("removed", step_name(old.steps[one])) for one in before if one not in after)


def _longest_run(numbers: list[int]) -> set[int]:
    """The largest part of the steps that kept their order: the others are those that moved."""
    best: list[list[int]] = []
    for number in numbers:
        tails = [run for run, last in zip(best, numbers, strict=False) if last < number]
        best.append([*_longest(tails), number])
    return set(_longest(best))


def _longest(runs: list[list[int]]) -> list[int]:
    sizes = [len(run) for run in runs]
    return runs[sizes.index(max(sizes))] if runs else []


def places(tree: Mapping[str, Any]) -> dict[str, Place]:
    """Step id → (id of the step around it, number of the branch, place in it)."""
    return dict(_places(tree.get("steps") or [], "", 0))


def _places(steps: list[Any], around: str, way: int) -> Iterator[tuple[str, Place]]:
    for number, step in enumerate(steps):
        yield step["id"], (around, way, number)
        for inner, branch in enumerate(step.get("branches") or ()):
            yield from _places(branch.get("steps") or [], step["id"], inner)


def _details(old: Any, new: Mapping[str, Any], was: Scene, now: Scene) -> list[Detail]:
    before = dict(_words(old, was)) if old else {}
    after = dict(_words(new, now))
    captions = [*after, *(one for one in before if one not in after)]
    return [
        Detail(caption, before.get(caption, ""), after.get(caption, ""))
        for caption in captions
        if before.get(caption) != after.get(caption)
    ]


def _words(step: Mapping[str, Any], scene: Scene) -> Iterator[tuple[str, str]]:
    if step.get("name"):
        yield _("Name of the step"), str(step["name"])
    yield from described(step, scene)
    for number in range(len(step.get("branches") or ())):
        if text := branch_words(step, number, scene):
            yield _("Branch %(number)d") % {"number": number + 1}, text
