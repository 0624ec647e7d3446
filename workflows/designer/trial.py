"""What a trial run shows: the path with its values, what would be sent, what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.designer.scene import Scene, named
from workflows.designer.step_form import action_of
from workflows.designer.steps import step_name
from workflows.models import Instance, StepLog
from workflows.services.rehearsal import Rehearsal
from workflows.values import show

ICONS = {
    "done": "check", "branch": "arrows-split", "wait": "clock", "failed": "alert-triangle",
    "retry": "refresh", "stop": "player-stop", "answered": "message-check",
}  # fmt: skip
LONGEST = 400


@dataclass(frozen=True)
class PathLine:
    """A line of the path: the moment it happened at, what happened and what came of it."""

    at: datetime
    step: str
    name: str
    event: str
    label: str
    details: list[tuple[str, str]]
    icon: str
    process: str = ""


def path(found: Rehearsal, scene: Scene) -> list[PathLine]:
    scenes = {one.pk: _scene_of(one, scene) for one in found.instances}
    main = found.instance.pk if found.instance else 0
    lines = []
    for row in found.log:
        own = scenes[row.instance_id]
        lines.append(_line(row, own, "" if row.instance_id == main else own.template.name))
    return lines


def _scene_of(instance: Instance, scene: Scene) -> Scene:
    version = instance.version
    own = Scene(version.template, version.tree, scene.actor)
    own.share(scene)
    return own


def _line(row: StepLog, scene: Scene, process: str) -> PathLine:
    step = scene.steps.get(row.step)
    return PathLine(
        at=row.at,
        step=row.step,
        name=step_name(step) if step else _("The whole process"),
        event=row.event,
        label=event_label(row.event),
        details=list(_details(row, step, scene)),
        icon=ICONS.get(row.event, "point"),
        process=process,
    )


def event_label(event: str) -> str:
    return {
        "done": pgettext("step", "Done"),
        "branch": _("Way taken"),
        "wait": _("Waits"),
        "failed": pgettext("step", "Failed"),
        "retry": _("To be tried again"),
        "skipped": _("Skipped"),
        "stop": _("Stopped"),
        "answered": _("An answer came"),
        "started": _("Started another process"),
    }.get(event, event)


def _details(row: StepLog, step: Any, scene: Scene) -> Iterator[tuple[str, str]]:
    data: Mapping[str, Any] = row.data or {}
    action = action_of(step) if step else None
    if row.event == "branch":
        yield from _way(data)
        return
    labels = {one.code: str(one.label) for one in action.outputs} if action else {}
    common = {"error": _("Reason"), "until": _("Waits until"), "template": _("Process")}
    for code, value in data.items():
        text = show_value(value)
        if text:
            caption = labels.get(code) or common.get(code)
            caption = caption or scene.captions.get(f"Step.{row.step}.{code}", code)
            yield caption.rpartition(": ")[2], text[:LONGEST]


def _way(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "items" in data:
        yield _("Values"), str(data["items"])
    elif "branches" in data:
        yield _("Branches"), str(data["branches"])
    elif "branch" in data:
        text = data.get("name") or _("Branch %(number)d") % {"number": data["branch"] + 1}
        yield "", str(text)
    else:
        yield "", _("none of the branches")


def variables(found: Rehearsal, scene: Scene) -> list[tuple[str, str]]:
    """(caption, value) of the variables as they stand at the end."""
    state = found.instance.state if found.instance else {}
    values = state.get("variables", {})
    captions = named(scene.tree.get("variables"))
    return [(captions.get(code, code), show_value(one)) for code, one in values.items()]


def messages(found: Rehearsal) -> list[dict[str, Any]]:
    """What would leave the portal."""
    return [{"channel": row.channel, "lines": list(_lines(row.payload))} for row in found.outgoing]


def _lines(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in payload.items():
        if text := show_value(value):
            yield name, text[:LONGEST]


def show_value(value: Any) -> str:
    """A value of the journal in words; what is kept by its kind is read first."""
    from workflows.values import load

    read = load(value)
    if isinstance(read, Mapping):
        return ", ".join(f"{name}: {show(one)}" for name, one in read.items() if one is not None)
    return show(read)
