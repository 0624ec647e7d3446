"""The journal of an instance in plain words.

An action that logs events of its own (`context.log("reminded")`) names them here:

    words["reminded"] = _("%(step)s: %(people)s were reminded")

with the placeholders `step` (the step's name), `actor` and whatever texts its `data` holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.models import Instance, StepLog
from workflows.selectors.standing import names_in_tree
from workflows.task_form import OUTCOMES
from workflows.values import load, show

PAGE = 50
MAX_SHOWN = 300

words: dict[str, str | Promise] = {
    "wait": _("%(step)s: waits"),
    "wait_until": _("%(step)s: waits until %(until)s"),
    "done": _("%(step)s: done"),
    "skipped": _("%(step)s: skipped"),
    "branch": _("%(step)s: went on"),
    "branch_named": _("%(step)s: “%(name)s”"),
    "branch_items": _("%(step)s: %(items)s values"),
    "failed": _("%(step)s: failed"),
    "retry": _("%(step)s: did not succeed, will be tried again"),
    "stop": _("%(step)s: the process was stopped"),
    "started": _("%(step)s: started the process “%(template)s”"),
    "cut": _("The process “%(template)s” was not started: it would go in circles"),
    "moved": _("%(step)s: the date was moved, waits until %(until)s"),
    "state": _("Came to the state “%(step)s”"),
    "left": _("%(step)s: left"),
    "outlived": _("The element has left what the process was begun for: the process ended"),
    "assigned": _("%(step)s: asked of %(people)s"),
    "answered": _("%(step)s: %(actor)s answered “%(answer)s”"),
    "checked": _("%(step)s: %(actor)s ticked off “%(text)s”"),
    "unchecked": _("%(step)s: %(actor)s took the tick off “%(text)s”"),
    "delegated": _("%(step)s: %(actor)s handed it on to %(to)s"),
    "followed": _("%(step)s: went over to %(people)s"),
    "drafted": _("%(step)s: %(actor)s saved answers"),
    "reminded": _("%(step)s: %(people)s were reminded"),
    "escalated": _("%(step)s: the time is out, %(people)s were told"),
    "expired": _("%(step)s: the time is out"),
    "withdrawn": _("%(step)s: %(actor)s withdrew the task"),
    "pressed": _("%(step)s: %(actor)s pressed “%(label)s”"),
    "mailed": _("%(step)s: a letter was made, “%(subject)s”"),
    "told": _("%(step)s: %(people)s were notified"),
    "called": _("%(step)s: another server was called"),
    "by_version": _("%(actor)s moved the process to version %(number)s"),
    "by_cancelled": _("%(actor)s cancelled the process"),
    "by_retried": _("%(actor)s had the failed step tried again"),
    "by_skipped": _("%(actor)s had the failed step skipped"),
    "by_suspended": _("%(actor)s suspended the process"),
    "by_resumed": _("%(actor)s resumed the process"),
}


@dataclass(frozen=True)
class Line:
    """An entry in words. `reason` and `details` (name, value) are for those who may know them."""

    entry: StepLog
    text: str
    reason: str
    details: list[tuple[str, str]]

    @property
    def is_bad(self) -> bool:
        return self.entry.event in {"failed", "retry", "cut"}


@dataclass(frozen=True)
class Journal:
    """Newest first; `before` is the entry from which older ones follow, 0 at the end."""

    lines: list[Line]
    before: int


def journal_of(
    instance: Instance, *, before: int = 0, reasons: bool = False, values: bool = False
) -> Journal:
    """A page of the journal. `reasons` and `values` say what the reader may know. One query."""
    rows = StepLog.objects.filter(instance=instance).select_related("actor").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    entries: Sequence[StepLog] = list(rows[: PAGE + 1])
    names = names_in_tree(instance.version.tree)
    lines = [_line(entry, names, reasons, values) for entry in entries[:PAGE]]
    return Journal(lines, lines[-1].entry.pk if len(entries) > PAGE else 0)


def _line(entry: StepLog, names: Mapping[str, str], reasons: bool, values: bool) -> Line:  # noqa: FBT001
    data = load(entry.data) or {}
    reason = str(data.get("error") or "") if reasons else ""
    details = _details(data) if values and entry.event == "done" else []
    if reasons and data.get("comment"):
        details = [(_g("Comment"), str(data["comment"]))]
    return Line(entry, _text(entry, data, names), reason, details)


def _text(entry: StepLog, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = names.get(entry.step, entry.step) or _g("Process")
    known = words.get(_variant(entry, data))
    if known is None:
        return f"{name}: {entry.event}"
    texts = {key: show(value) for key, value in data.items()}
    if texts.get("answer") in OUTCOMES:
        texts["answer"] = str(OUTCOMES[texts["answer"]])
    actor = str(entry.actor) if entry.actor else _g("Somebody")
    return str(known) % defaultdict(str, {**texts, "step": name, "actor": actor})


def _variant(entry: StepLog, data: Mapping[str, Any]) -> str:
    """The more telling words where the entry knows more."""
    if entry.event == "wait" and data.get("until"):
        return "wait_until"
    if entry.event == "branch" and data.get("name"):
        return "branch_named"
    if entry.event == "branch" and "items" in data:
        return "branch_items"
    if entry.actor_id and not entry.step and f"by_{entry.event}" in words:
        return f"by_{entry.event}"
    return entry.event


def _details(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, show(value)[:MAX_SHOWN]) for name, value in data.items()]
