"""What a trial run shows: the path with its values, what would be sent, what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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
EVENTS: dict[str, str | Promise] = {
    "done": pgettext_lazy("step", "Done"),
    "branch": gettext_lazy("Way taken"),
    "wait": gettext_lazy("Waits"),
    "failed": pgettext_lazy("step", "Failed"),
    "retry": gettext_lazy("To be tried again"),
    "skipped": gettext_lazy("Skipped"),
    "stop": gettext_lazy("Stopped"),
    "answered": gettext_lazy("An answer came"),
    "started": gettext_lazy("Started another process"),
    "cut": pgettext_lazy("journal", "Not started: it would go in circles"),
    "moved": pgettext_lazy("journal", "The date was moved"),
    "state": pgettext_lazy("journal", "Came to this state"),
    "left": pgettext_lazy("journal", "Left this state"),
    "outlived": pgettext_lazy("journal", "The element has left what this was begun for"),
    "assigned": pgettext_lazy("journal", "A task was set"),
    "checked": pgettext_lazy("journal", "A point was ticked off"),
    "unchecked": pgettext_lazy("journal", "A tick was taken off"),
    "delegated": pgettext_lazy("journal", "The task was handed on"),
    "followed": pgettext_lazy("journal", "The task went over to somebody else"),
    "drafted": pgettext_lazy("journal", "Answers were saved"),
    "reminded": pgettext_lazy("journal", "A reminder was sent"),
    "escalated": pgettext_lazy("journal", "The time is out, the manager was told"),
    "expired": pgettext_lazy("journal", "The time is out"),
    "withdrawn": pgettext_lazy("journal", "The task was withdrawn"),
    "pressed": pgettext_lazy("journal", "A button was pressed"),
    "mailed": pgettext_lazy("journal", "A letter was made"),
    "told": pgettext_lazy("journal", "People were notified"),
    "called": pgettext_lazy("journal", "Another server was called"),
    "version": pgettext_lazy("journal", "Moved to another version"),
    "cancelled": pgettext_lazy("journal", "The process was cancelled"),
    "retried": pgettext_lazy("journal", "The step was tried again"),
    "suspended": pgettext_lazy("journal", "The process was suspended"),
    "resumed": pgettext_lazy("journal", "The process was resumed"),
}
DETAILS: dict[str, str | Promise] = {
    "error": gettext_lazy("Reason"),
    "until": gettext_lazy("Waits until"),
    "template": gettext_lazy("Process"),
    "people": pgettext_lazy("journal", "Who"),
    "to": pgettext_lazy("journal", "To whom"),
    "answer": pgettext_lazy("journal", "Answer"),
    "comment": pgettext_lazy("journal", "Comment"),
    "text": pgettext_lazy("journal", "Text"),
    "subject": pgettext_lazy("journal", "Subject"),
    "label": pgettext_lazy("journal", "Button"),
    "name": pgettext_lazy("journal", "Name"),
    "number": pgettext_lazy("journal", "Number"),
    "instance": pgettext_lazy("journal", "Number of the process"),
    "url": pgettext_lazy("journal", "Address"),
    "values": pgettext_lazy("journal", "Answers"),
}


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
    """What an entry of the journal is called, whoever writes it (workflows.journal)."""
    return str(EVENTS.get(event, event))


def _details(row: StepLog, step: Any, scene: Scene) -> Iterator[tuple[str, str]]:
    data: Mapping[str, Any] = row.data or {}
    action = action_of(step) if step else None
    if row.event == "branch":
        yield from _way(data)
        return
    labels = {one.code: str(one.label) for one in action.outputs} if action else {}
    for code, value in data.items():
        text = show_value(value)
        if text:
            caption = labels.get(code) or str(DETAILS.get(code, ""))
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
