"""What the pages of tasks draw: rows of the inbox, one task with everything about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import Employee
from staff.selectors_absences import represented
from workflows.actions.asking import Ask
from workflows.actions.base import actions
from workflows.models import StepLog, Task, TaskPerson
from workflows.questionnaires import Questions
from workflows.selectors.tasks import history_of, subject_titles
from workflows.services.task_answers import votes_of
from workflows.subjects.base import subjects
from workflows.task_form import OUTCOMES, answer_label, choice_of, undone

Role = TaskPerson.Role
FACES, WEEK = 4, 7


class Event(NamedTuple):
    """How an event of the journal reads in a task's history."""

    text: str | Promise
    icon: str


EVENTS = {
    "assigned": Event(gettext_lazy("set for %(people)s"), icon="flag"),
    "answered": Event(gettext_lazy("answered: %(answer)s"), icon="message-check"),
    "delegated": Event(gettext_lazy("handed it on to %(to)s"), icon="arrow-forward-up"),
    "followed": Event(gettext_lazy("the task went over to %(people)s"), icon="arrow-forward-up"),
    "drafted": Event(gettext_lazy("saved answers"), icon="device-floppy"),
    "reminded": Event(gettext_lazy("reminded: %(people)s"), icon="bell"),
    "escalated": Event(gettext_lazy("not done in time, passed up to %(people)s"), icon="stairs-up"),
    "expired": Event(gettext_lazy("the time is out"), icon="clock-x"),
    "withdrawn": Event(gettext_lazy("withdrew the task"), icon="x"),
    "checked": Event(gettext_lazy("ticked off: %(text)s"), icon="square-check"),
    "unchecked": Event(gettext_lazy("took the tick away: %(text)s"), icon="square"),
}
OTHER = Event("", icon="point")


@dataclass(frozen=True)
class TaskRow:
    """A task as one person sees it. `selves` are those whose parts they may act in."""

    task: Task
    actor: Employee
    selves: frozenset[int]
    now: datetime
    subject: tuple[str, str] | None = None

    @cached_property
    def parts(self) -> list[TaskPerson]:
        """Open parts the person may act in, their own first."""
        mine = [part for part in self.task.people.all() if part.is_open]
        mine = [part for part in mine if part.employee_id in self.selves]
        return sorted(mine, key=lambda part: (part.employee_id != self.actor.pk, part.pk))

    @cached_property
    def part(self) -> TaskPerson | None:
        """The part that an answer is given for."""
        return next((part for part in self.parts if part.role == Role.RESPONSIBLE), None)

    @property
    def handed(self) -> TaskPerson | None:
        """The part that may be handed on."""
        movable = (part for part in self.parts if part.role != Role.OBSERVER)
        return None if self.task.form.get("closed") else next(movable, None)

    @property
    def instead_of(self) -> Employee | None:
        """The absent person whose part it is."""
        part = self.part
        return part.employee if part and part.employee_id != self.actor.pk else None

    @property
    def is_late(self) -> bool:
        return self.task.is_late(self.now)

    @property
    def bucket(self) -> str:
        """The heading under which the row stands, by its deadline."""
        deadline = self.task.deadline
        if deadline is None:
            return _("Without a deadline")
        if self.is_late:
            return _("Overdue")
        days = (timezone.localdate(deadline) - timezone.localdate(self.now)).days
        return _("Today") if days <= 0 else _("In seven days") if days < WEEK else _("Later")

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The buttons; `asks` says that pressing one opens a form first."""
        asks_all = bool(self.task.form.get("groups")) or self.is_blocked
        return [
            {
                **one,
                "asks": asks_all or one["comment"] == "must",
            }
            for one in self.task.answers
        ]

    @property
    def is_blocked(self) -> bool:
        """Lines of the checklist must be done first."""
        return bool(self.task.form.get("strict")) and undone(self.task.form) > 0

    @property
    def is_approval(self) -> bool:
        """May be approved together with others: nothing is asked for but yes or no."""
        return self.part is not None and self.task.kind == "approve"

    @property
    def kind_label(self) -> str:
        return kind_label(self.task.kind)

    @property
    def kind_icon(self) -> str:
        return actions.get(self.task.kind).icon if self.task.kind in actions else "checkbox"

    @property
    def process(self) -> str:
        return self.task.instance.version.template.name

    @property
    def outcome(self) -> str:
        """How it ended; what this person answered while it goes on."""
        code = self.task.result.get("outcome", "")
        choice = choice_of(self.task.form, code) or {}
        return str(choice.get("label") or OUTCOMES.get(code, ""))

    @property
    def negative(self) -> bool:
        return self.task.result.get("outcome") in ("no", "timeout", "cancelled")

    @property
    def doers(self) -> list[Employee]:
        parts = self.task.people.all()
        return [part.employee for part in parts if part.role == Role.RESPONSIBLE][:FACES]

    @property
    def checked(self) -> tuple[int, int] | None:
        """(done, all) of the checklist, or of questions that are answered bit by bit."""
        if progress := self.task.form.get("progress"):
            return progress["done"], progress["of"]
        items = self.task.form.get("checklist") or []
        return (len(items) - undone(self.task.form), len(items)) if items else None


def kind_label(slug: str) -> str:
    action = actions.get(slug) if slug in actions else None
    return str(getattr(action, "noun", "") or action.label) if action else slug


def task_kinds() -> list[tuple[str, str]]:
    """(slug, label) of the actions that set tasks."""
    return [(one.slug, kind_label(one.slug)) for one in actions if isinstance(one, Ask)]


def rows_for(actor: Employee, tasks: Iterable[Task], now: datetime) -> list[TaskRow]:
    """Rows of a page, with the subjects that the person may see. A fixed number of queries."""
    known = list(tasks)
    selves = frozenset({actor.pk, *represented(actor)})
    titles = subject_titles(actor, {one.instance_id: one.instance for one in known}.values())
    return [TaskRow(one, actor, selves, now, titles.get(one.instance_id)) for one in known]


@dataclass(frozen=True)
class Happened:
    """A line of a task's history."""

    entry: StepLog
    text: str
    icon: str

    @property
    def comment(self) -> str:
        return str(self.entry.data.get("comment", ""))

    @property
    def instead_of(self) -> str:
        return str(self.entry.data.get("for", ""))


@dataclass(frozen=True)
class TaskDetail:
    """One task with its element, people, answers and history."""

    row: TaskRow
    values: Sequence[tuple[str, str]]
    history: Sequence[Happened]
    answers: Sequence[tuple[TaskPerson, str, Sequence[tuple[str, str]]]]
    others: Mapping[str, Sequence[TaskPerson]]

    @property
    def votes(self) -> Any:
        return votes_of(self.row.task)


def detail(actor: Employee, task: Task, now: datetime) -> TaskDetail:
    row = rows_for(actor, [task], now)[0]
    instance, parts = task.instance, list(task.people.all())
    kind = subjects.get(instance.subject) if row.subject else None
    values = kind.summary(actor, instance, task.form.get("show", ())) if kind else []
    questions = Questions(task)
    answers = [_answered(task, part, questions, actor) for part in parts if part.answer]
    history = [_happened(task, entry) for entry in history_of(task)]
    return TaskDetail(row, values, history, answers, _by_role(parts))


def _answered(
    task: Task, part: TaskPerson, questions: Questions, actor: Employee
) -> tuple[TaskPerson, str, Sequence[tuple[str, str]]]:
    answer = part.answer or {}
    label = answer_label(task.form, answer.get("answer", ""))
    return part, label, questions.shown(answer.get("values", {}), actor)


def _by_role(parts: Sequence[TaskPerson]) -> dict[str, list[TaskPerson]]:
    found: dict[str, list[TaskPerson]] = {}
    for part in parts:
        found.setdefault(str(part.get_role_display()), []).append(part)
    return found


def _happened(task: Task, entry: StepLog) -> Happened:
    data = dict(entry.data)
    data["people"] = ", ".join(data.get("people", ())) or _("nobody")
    data["answer"] = answer_label(task.form, str(data.get("answer", "")))
    event = EVENTS.get(entry.event, OTHER)
    return Happened(entry, str(event.text) % data if event.text else "", event.icon)
