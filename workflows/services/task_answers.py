"""A person's answer: given once, by them or by their deputy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from workflows.models import Task, TaskPerson
from workflows.selectors.tasks import stands_for
from workflows.services.tasks import Role, State, collected, finish, locked, note, over_text
from workflows.task_form import Votes, choice_of, undone
from workflows.values import kept

COMMENT = 10_000


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer as a person gave it; `values` are natural values by the questionnaire's codes."""

    answer: str
    comment: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def answer_task(task_id: int, part_id: int, given: Given, *, actor: Employee) -> Task:
    """Answer for the part, which is the actor's or that of a person they stand for.

    Raises NotFound for a task or part of others, Forbidden for an observer's part, Conflict
    with who answered what when the part or the task is over, Invalid for what is missing.
    """
    now = timezone.now()
    with transaction.atomic():
        task = locked(task_id, actor=actor)
        part = open_part(task, part_id, actor=actor)
        if part.role != Role.RESPONSIBLE:
            raise Forbidden(_("Only who is responsible finishes the task."))
        _check(task, given)
        _write(part, given, actor, now)
        whom = {} if actor.pk == part.employee_id else {"for": str(part.employee)}
        note(task, "answered", actor=actor, at=now, answer=given.answer, comment=given.comment,
             **whom)  # fmt: skip
        _decide(task, now, actor)
    return task


def tick(task_id: int, place: int, done: bool, *, actor: Employee) -> Task:  # noqa: FBT001
    """Mark a line of the checklist. For whoever works on the task.

    Raises NotFound, Forbidden, Conflict.
    """
    with transaction.atomic():
        task = locked(task_id, actor=actor)
        if not any(part.role != Role.OBSERVER for part in parts_for(task, actor)):
            raise Forbidden
        items = task.form.get("checklist", [])
        if not 0 <= place < len(items):
            raise NotFound
        if items[place]["done"] != done:
            items[place] |= {"done": done, "by": str(actor), "at": timezone.now().isoformat()}
            task.save(update_fields=["form"])
            note(task, "checked" if done else "unchecked", actor=actor, text=items[place]["text"])
    return task


def open_part(task: Task, part_id: int, *, actor: Employee) -> TaskPerson:
    """The part, if the actor may act in it. Raises NotFound, Conflict."""
    part = task.people.select_related("employee").filter(pk=part_id).first()
    if part is None or not stands_for(actor, part.employee_id):
        raise NotFound
    if not part.is_open or part.answer is not None:
        raise Conflict(_answered_text(task, part, actor), code="task_answered")
    return part


def parts_for(task: Task, actor: Employee) -> list[TaskPerson]:
    """Open parts in which the actor may act, their own first."""
    parts = task.people.filter(is_open=True).select_related("employee")
    mine = [part for part in parts if stands_for(actor, part.employee_id)]
    return sorted(mine, key=lambda part: (part.employee_id != actor.pk, part.role, part.pk))


def _answered_text(task: Task, part: TaskPerson, actor: Employee) -> Any:
    if part.answer is None:
        return _("The task was handed on to somebody else.")
    if part.answered_by_id == actor.pk:
        return _("You have answered already.")
    return (
        over_text(task)
        if not task.is_open
        else _("%(person)s has answered already.") % {"person": part.answered_by}
    )


def _check(task: Task, given: Given) -> None:
    choice = choice_of(task.form, given.answer)
    if choice is None:
        raise Invalid({"answer": [_("Choose one of the answers.")]})
    if choice["comment"] == "must" and not given.comment.strip():
        raise Invalid({"comment": [_("Explain your decision in a comment.")]})
    if task.form.get("strict") and undone(task.form):
        raise Invalid({"": [_("Some lines of the checklist are not done yet.")]})
    if len(given.comment) > COMMENT:
        raise Invalid({"comment": [_("The comment is too long.")]})


def _write(part: TaskPerson, given: Given, actor: Employee, now: datetime) -> None:
    part.answer = kept(
        {"answer": given.answer, "comment": given.comment.strip(), "values": dict(given.values)}
    )
    part.answered_at, part.answered_by, part.is_open = now, actor, False
    part.save(update_fields=["answer", "answered_at", "answered_by", "is_open"])


def _decide(task: Task, now: datetime, actor: Employee) -> None:
    """End the task as soon as its rule is met."""
    outcome = votes_of(task).outcome(task.form.get("rule", {}))
    if outcome:
        result = {"outcome": outcome, **collected(task)}
        finish(task, State.DONE, result, now=now, actor=actor)


def votes_of(task: Task) -> Votes:
    """Who handed their part on does not count any more."""
    parts = task.people.filter(role=Role.RESPONSIBLE).order_by("answered_at", "pk")
    given = [part.answer["answer"] for part in parts if part.answer is not None]
    return Votes(sum(part.is_open for part in parts) + len(given), given)
