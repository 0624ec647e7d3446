"""What a process that is tried out asks of people, and the sample answers to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from staff.models import Employee
from svod.base.errors import Forbidden, Invalid, NotFound
from workflows.models import Command, Task, TaskPerson, Wake, Watch
from workflows.parameter_forms import ParameterForm
from workflows.services.commands import press
from workflows.services.task_answers import Given, answer_task, tick

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
    return [*_tasks(places), *_commands(places), *_changes(places)]


def answered(question: Question, answer: Answer, *, now: datetime) -> None:
    """Give the answer as the person asked would. Raises DomainError when it does not do."""
    if isinstance(question.row, TaskPerson):
        _answer_task(question, answer)
    elif isinstance(question.row, Command):
        _press(question, answer)
    elif isinstance(question.row, Watch):
        watch = question.row
        Wake.objects.create(
            instance_id=watch.instance_id, key=watch.key, kind=Wake.Kind.EVENT, due_at=now,
            payload={"fields": []},
        )  # fmt: skip


def _answer_task(question: Question, answer: Answer) -> None:
    """With the whole checklist done, for that is not what is tried out."""
    part: TaskPerson = question.row
    person = part.employee
    data: MultiValueDict[str, Any] = MultiValueDict(dict(answer.values))
    form = ParameterForm(data, declared=question.fields, actor=person)
    if not form.is_valid():
        raise Invalid(
            {name: [str(one) for one in texts] for name, texts in form.errors.items()}, _told(form)
        )
    for place, item in enumerate(part.task.form.get("checklist", ())):
        if not item["done"]:
            tick(part.task_id, place, done=True, actor=person)
    given = Given(answer=answer.answer, comment=answer.comment, values=form.values)
    answer_task(part.task_id, part.pk, given, actor=person)


def _press(question: Question, answer: Answer) -> None:
    """As whoever may press the button; where anybody may, as the process's own employee."""
    first: Command = question.row
    rows = Command.objects.filter(instance=first.instance, key=first.key, code=answer.answer)
    command = rows.select_related("instance__run_as").first()
    if command is None:
        raise NotFound
    person = Employee.objects.filter(pk__in=command.people).first() or command.instance.run_as
    if person is None:
        raise Forbidden
    press(command.pk, actor=person, comment=answer.comment or _("On trial"))


def _commands(places: Mapping[int, int]) -> list[Question]:
    """One question for each step that shows buttons."""
    found: dict[tuple[int, str], Question] = {}
    for one in Command.objects.filter(instance__in=places).order_by("instance", "key", "place"):
        question = found.setdefault(
            (one.instance_id, one.key),
            Question(
                key=f"{places[one.instance_id]}:{one.key}:command",
                kind="command",
                title=_("The element shows buttons"),
                row=one,
            ),
        )
        question.choices.append((one.code, one.label))
    return list(found.values())


def _told(form: ParameterForm) -> str:
    return "; ".join(f"{form.fields[name].label}: {texts[0]}" for name, texts in form.errors.items()
                     if name in form.fields)  # fmt: skip


def _tasks(places: Mapping[int, int]) -> list[Question]:
    """One question for each person who has to answer."""
    parts = TaskPerson.objects.filter(
        task__instance__in=places, task__state=Task.State.OPEN, is_open=True, answer__isnull=True,
        role=TaskPerson.Role.RESPONSIBLE,
    )  # fmt: skip
    return [_task(one, places) for one in parts.select_related("task", "employee").order_by("pk")]


def _task(part: TaskPerson, places: Mapping[int, int]) -> Question:
    task = part.task
    groups = task.form.get("groups", ())
    return Question(
        key=f"{places[task.instance_id]}:{task.key}:{part.employee_id}",
        kind="task",
        title=task.title,
        text=task.body,
        people=[str(part.employee)],
        deadline=task.deadline,
        choices=[(one["code"], str(one["label"])) for one in task.answers],
        fields=[one for group in groups for one in group.get("fields", ())],
        row=part,
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
