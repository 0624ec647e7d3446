"""What a process that is tried out asks of people, and the sample answers to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from workflows.models import Task, Wake, Watch

PASS = "pass"  # noqa: S105 - no password
CHANGED = "changed"


@dataclass(frozen=True)
class Answer:
    """`key` names the question; `answer` is one of its codes, or PASS to let the time pass."""

    key: str
    answer: str
    comment: str = ""
    #: As a form sends them: name → texts.
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        return self.answer == PASS


@dataclass
class Question:
    """`key` is the same at every try: the place of the instance, the step and its visit."""

    key: str
    kind: str
    title: str
    text: str = ""
    people: list[str] = field(default_factory=list)
    deadline: datetime | None = None
    #: (code, label) of what may be answered.
    choices: list[tuple[str, str]] = field(default_factory=list)
    #: Declarations of the values that are asked for (`workflows.parameters`).
    fields: list[dict[str, Any]] = field(default_factory=list)
    row: Any = None
    problem: str = ""


def questions_of(ids: Sequence[int]) -> list[Question]:
    """Everything that waits for people in these instances, in the order of the instances."""
    places = {pk: place for place, pk in enumerate(ids)}
    return [*_tasks(places), *_changes(places)]


def answered(question: Question, answer: Answer, *, now: datetime) -> None:
    """Give the answer as the person asked would. Raises DomainError when it does not do."""
    if question.kind == "change":
        watch: Watch = question.row
        Wake.objects.create(
            instance_id=watch.instance_id, key=watch.key, kind=Wake.Kind.EVENT, due_at=now,
            payload={"fields": []},
        )  # fmt: skip


def _tasks(places: Mapping[int, int]) -> list[Question]:
    rows = Task.objects.filter(instance__in=places, state=Task.State.OPEN).order_by("pk")
    return [_task(one, places) for one in rows.prefetch_related("people__employee")]


def _task(task: Task, places: Mapping[int, int]) -> Question:
    groups = task.form.get("groups", ())
    return Question(
        key=f"{places[task.instance_id]}:{task.key}:task",
        kind="task",
        title=task.title,
        text=task.body,
        people=[str(one.employee) for one in task.people.all()],
        deadline=task.deadline,
        choices=[(one["code"], one["label"]) for one in task.form.get("answers", ())],
        fields=[one for group in groups for one in group.get("fields", ())],
        row=task,
    )


def _changes(places: Mapping[int, int]) -> list[Question]:
    rows = Watch.objects.filter(instance__in=places).order_by("pk")
    return [
        Question(
            key=f"{places[one.instance_id]}:{one.key}:change",
            kind="change",
            title=_("The process waits for a change of the element"),
            choices=[(CHANGED, _("It was changed"))],
            row=one,
        )
        for one in rows
    ]
