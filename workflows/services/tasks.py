"""Setting tasks and ending them; `task_answers` answers, `task_moves` hands on and reminds.

Every change of a task locks its row first: of two people who answer at once the second is told
what the first did. The step that waits is woken in the same transaction, and reads the outcome
from the task: no answer of a person's making can be taken for anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from staff.selectors_absences import deputies
from staff.services.notifications import notify
from svod.base.errors import Conflict, Forbidden
from svod.base.tasks import wake as wake_workers
from workflows.models import Instance, StepLog, Task, TaskPerson, Wake
from workflows.selectors.instances import may_manage
from workflows.selectors.tasks import access_task
from workflows.task_form import CANCELLED, TIMEOUT, answer_label

Role = TaskPerson.Role
State = Task.State
TITLE, BODY, SHOWN = 400, 20_000, 20


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """What a step asks. `people` holds at least one responsible person."""

    kind: str
    title: str
    people: Mapping[str, Iterable[Employee]]
    body: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    deadline: datetime | None = None


def create_task(
    instance: Instance, key: str, new: NewTask, *, now: datetime, next_at: datetime | None = None
) -> Task:
    """Set the task of a step, once for each visit of the step; a repeat gives the first one.

    `next_at` is given for tasks that no step waits for: when to look after them first.
    """
    task, made = Task.objects.get_or_create(
        instance=instance,
        key=key,
        kind=new.kind,
        defaults={
            "title": new.title.strip()[:TITLE] or str(_("Task")),
            "body": new.body[:BODY],
            "form": new.form,
            "deadline": new.deadline,
            "created_at": now,
            "next_at": next_at,
        },
    )
    if made:
        for role, people in new.people.items():
            add_people(task, role, people)
        doers = people_in(task, Role.RESPONSIBLE)
        note(task, "assigned", at=now, people=[str(person) for person in doers][:SHOWN])
        tell_new(task)
    return task


def add_people(
    task: Task, role: str, people: Iterable[Employee], *, by: Employee | None = None
) -> list[Employee]:
    """Those of them who had no such part yet; `by` hands it on to them."""
    known = set(task.people.filter(role=role).values_list("employee_id", flat=True))
    new = [person for person in people if person.pk not in known]
    TaskPerson.objects.bulk_create(
        TaskPerson(task=task, employee=person, role=role, delegated_by=by) for person in new
    )
    return new


def cancel_task(task_id: int, *, actor: Employee) -> None:
    """Nobody needs it any more: the process goes on with the outcome "cancelled".

    For whoever may manage the process. Raises NotFound, Forbidden, Conflict.
    """
    with transaction.atomic():
        task = locked(task_id, actor=actor)
        if not may_manage(actor, task.instance):
            raise Forbidden
        note(task, "withdrawn", actor=actor)
        finish(task, State.CANCELLED, {"outcome": CANCELLED}, now=timezone.now(), actor=actor)


def expire(task: Task, *, now: datetime) -> None:
    """The time is out: the locked, open task ends without a decision."""
    note(task, "expired", at=now)
    finish(task, State.EXPIRED, {"outcome": TIMEOUT, **collected(task)}, now=now)


def finish(
    task: Task,
    state: str,
    result: Mapping[str, Any],
    *,
    now: datetime,
    actor: Employee | None = None,
) -> None:
    """Close the locked task and all its parts, wake the step, tell those who set it."""
    task.state, task.result, task.finished_at, task.next_at = state, dict(result), now, None
    task.save(update_fields=["state", "result", "finished_at", "next_at"])
    task.people.filter(is_open=True).update(is_open=False)
    Wake.objects.create(
        instance_id=task.instance_id, kind=Wake.Kind.ANSWER, key=task.key, due_at=now
    )
    wake_workers("workflows.work")
    tell_end(task, actor)


def collected(task: Task) -> dict[str, Any]:
    """What people said so far: `{"answers": [{"employee", "by", "answer", …}], "values"}`."""
    rows = task.people.filter(answer__isnull=False).order_by("answered_at", "pk")
    answers = [
        {"employee": row.employee_id, "by": row.answered_by_id, **(row.answer or {})}
        for row in rows
    ]
    last: Mapping[str, Any] = answers[-1] if answers else {}
    waiting = task.people.filter(role=Role.RESPONSIBLE, is_open=True).count()
    asked = len(answers) + waiting
    return {"answers": answers, "values": last.get("values", {}), "asked": asked}


def locked(task_id: int, *, actor: Employee) -> Task:
    """An open task that the actor may see, locked. Raises NotFound, and Conflict with what
    became of it when it is over."""
    access_task(actor, task_id)
    rows = Task.objects.select_related("instance__version__template")
    task = rows.select_for_update(of=("self",)).get(pk=task_id)
    if not task.is_open:
        raise Conflict(over_text(task), code="task_over")
    return task


def over_text(task: Task) -> str:
    """Why nothing can be done about it any more, naming who did it."""
    last = task.people.filter(answer__isnull=False).order_by("-answered_at").first()
    if task.state == State.EXPIRED:
        return str(_("The time for this task is out."))
    if task.state == State.CANCELLED or last is None:
        return str(_("This task is not needed any more."))
    who = last.answered_by or last.employee
    code = (last.answer or {}).get("answer", "")
    label = answer_label(task.form, code)
    return str(_("%(person)s has answered already: %(answer)s.") % {"person": who, "answer": label})


# --- what is told -----------------------------------------------------------------------


def note(
    task: Task,
    event: str,
    *,
    actor: Employee | None = None,
    at: datetime | None = None,
    **data: Any,
) -> None:
    """A line of the journal, under the step of the task."""
    step, _colon, visit = task.key.partition(":")
    StepLog.objects.create(
        instance_id=task.instance_id,
        step=step,
        visit=int(visit or 0),
        at=at or timezone.now(),
        event=event,
        actor=actor,
        data={"task": task.pk, **data},
    )


def with_deputies(people: Iterable[Employee]) -> list[Employee]:
    """The people, and the deputies of those of them who are away."""
    known = {person.pk: person for person in people}
    for deputy in deputies(list(known)).values():
        known.setdefault(deputy.pk, deputy)
    return list(known.values())


def people_in(task: Task, *roles: str) -> list[Employee]:
    """Those whose part is still to be done."""
    parts = task.people.filter(is_open=True, role__in=roles).select_related("employee")
    return [part.employee for part in parts]


def tell(
    task: Task,
    people: Iterable[Employee],
    text: Any,
    key: str,
    *,
    actor: Employee | None = None,
    body: str = "",
) -> None:
    """`text` is a lazy text with `%(title)s` and, where there is an actor, `%(person)s`: each
    person reads it in their own language."""
    given = {"title": task.title, "person": str(actor or "")}
    said = lazy(lambda: str(text) % given, str)()
    url = reverse("task", args=[task.pk])
    notify(people, "task", said, url=url, body=body, actor=actor, key=f"task:{task.pk}:{key}")


def tell_new(task: Task) -> None:
    doers = with_deputies(people_in(task, Role.RESPONSIBLE, Role.CO_EXECUTOR))
    tell(task, doers, _("New task: %(title)s"), "new", body=task.body)
    tell(task, people_in(task, Role.OBSERVER), _("You observe the task: %(title)s"), "seen")


def tell_end(task: Task, actor: Employee | None) -> None:
    """Whoever had a part and did not answer themselves, observers among them."""
    parts = task.people.select_related("employee")
    others = [part.employee for part in parts if part.answer is None]
    tell(task, others, _("The task is over: %(title)s"), "over", actor=actor)
