"""What happens to a task besides its answer: handed on, reminded of, late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from svod.base.errors import Forbidden, Invalid
from workflows.durations import Duration, moment_after
from workflows.models import Task, TaskPerson
from workflows.people import manager_of
from workflows.services.task_answers import open_part
from workflows.services.tasks import (
    Role,
    add_people,
    expire,
    locked,
    note,
    people_in,
    tell,
    with_deputies,
)

DAY = timedelta(days=1)
BATCH = 50


def delegate(
    task_id: int, part_id: int, to: Employee, *, comment: str = "", actor: Employee
) -> Task:
    """Hand a part on to a colleague, who then answers in place of its owner.

    Raises NotFound, Forbidden, Conflict as answering does; Invalid for whom it cannot go to.
    """
    with transaction.atomic():
        task = locked(task_id, actor=actor)
        part = open_part(task, part_id, actor=actor)
        if part.role == Role.OBSERVER or task.form.get("closed"):
            raise Forbidden(_("This task cannot be handed on."))
        _check_receiver(task, part, to)
        _hand_over(task, part, [to], by=actor)
        note(task, "delegated", actor=actor, to=str(to), comment=comment.strip())
        text = _("%(person)s has handed a task on to you: %(title)s")
        tell(task, with_deputies([to]), text, f"to:{part.pk}", actor=actor, body=comment)
    return task


def _check_receiver(task: Task, part: TaskPerson, to: Employee) -> None:
    if not to.is_active or to.pk == part.employee_id:
        raise Invalid({"to": [_("Choose a colleague who works here.")]})
    if task.people.filter(employee=to, role=part.role, answer__isnull=False).exists():
        raise Invalid({"to": [_("%(person)s has answered already.") % {"person": to}]})


def _hand_over(
    task: Task, part: TaskPerson, to: Iterable[Employee], *, by: Employee | None = None
) -> None:
    """Who had the part goes on seeing the task; a receiver who gave it away gets it back."""
    TaskPerson.objects.filter(pk=part.pk).update(is_open=False)
    receivers = list(to)
    add_people(task, part.role, receivers, by=by)
    back = task.people.filter(
        employee__in=receivers, role=part.role, answer__isnull=True, is_open=False
    )
    back.update(is_open=True, delegated_by=by)


def replace_people(
    task: Task, old_ids: Collection[int], wanted: Sequence[Employee], *, now: datetime
) -> None:
    """The open, locked task follows whom it is asked of: those who were asked and are not any
    more are let off, and so are those to whom they handed it on; the others come in."""
    keep = {person.pk for person in wanted}
    gone = [one for one in old_ids if one not in keep]
    parts = task.people.filter(role=Role.RESPONSIBLE)
    theirs = Q(employee__in=gone) | Q(delegated_by__in=gone)
    parts.filter(theirs, is_open=True).exclude(employee__in=keep).update(is_open=False)
    new = [person for person in wanted if person.pk not in old_ids]
    add_people(task, Role.RESPONSIBLE, new)
    parts.filter(employee__in=new, answer__isnull=True).update(is_open=True)
    if new:
        note(task, "followed", at=now, people=[str(person) for person in new])
        stamp = f"followed:{now.isoformat()}"
        tell(task, with_deputies(new), _("New task: %(title)s"), stamp, body=task.body)


# --- time -------------------------------------------------------------------------------


def next_moment(task: Task) -> datetime | None:
    """When the task is to be looked after again; None when time changes nothing."""
    moments = [datetime.fromisoformat(one) for one in task.form.get("reminders", ())]
    if task.deadline and "late" in task.form:
        moments.append(task.deadline)
    return min(moments, default=None)


def tend(task: Task, now: datetime) -> None:
    """Do what the time asks for: remind, end, escalate. The task is open and locked."""
    moments = task.form.get("reminders", [])
    waiting = [one for one in moments if datetime.fromisoformat(one) > now]
    due = [one for one in moments if one not in waiting]
    task.form["reminders"] = waiting
    late = task.deadline is not None and task.deadline <= now and "late" in task.form
    if late:
        _late(task, now)
    elif due:
        remind(task, now, due[-1])
    if task.is_open:
        _plan_daily(task, now)
        task.save(update_fields=["form", "deadline"])


def tend_due(now: datetime | None = None) -> int:
    """Look after tasks that no step waits for; returns how many."""
    now = now or timezone.now()
    with transaction.atomic():
        due = Task.objects.filter(next_at__lte=now, state=Task.State.OPEN).order_by("next_at")
        rows = due.select_related("instance__version__template")
        tasks = list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        for task in tasks:
            tend(task, now)
            if task.is_open:
                task.next_at = next_moment(task)
                task.save(update_fields=["next_at"])
    return len(tasks)


def remind(task: Task, now: datetime, which: str = "") -> None:
    """Tell those who still have to do something."""
    people = people_in(task, Role.RESPONSIBLE, Role.CO_EXECUTOR)
    text = _("Late: %(title)s") if task.is_late(now) else _("Do not forget: %(title)s")
    key = f"remind:{which or now.isoformat()}"
    tell(task, with_deputies(people), text, key)
    note(task, "reminded", at=now, people=[str(person) for person in people])


def _plan_daily(task: Task, now: datetime) -> None:
    """The next reminder of a late task, at the hour of its deadline."""
    if task.form.get("daily") and task.deadline and task.deadline <= now:
        days = (now - task.deadline) // DAY + 1
        task.form["reminders"] = [(task.deadline + days * DAY).isoformat()]


def _late(task: Task, now: datetime) -> None:
    late: dict[str, Any] = task.form.pop("late")
    then = late.get("then", "keep")
    if then == "timeout":
        expire(task, now=now)
    elif then in ("reassign", "add"):
        _escalate(task, late, now)
    else:
        remind(task, now, "late")


def _escalate(task: Task, late: dict[str, Any], now: datetime) -> None:
    """The managers of whoever did not answer take over, or come in; then they have `after`."""
    parts = list(task.people.filter(is_open=True, role=Role.RESPONSIBLE).select_related("employee"))
    chosen = list(Employee.objects.filter(pk__in=late.get("people", ()), is_active=True))
    told: list[Employee] = []
    for part in parts:
        managers = chosen or [one for one in [manager_of(part.employee)] if one]
        if not managers:
            continue
        if late["then"] == "reassign":
            _hand_over(task, part, managers)
        else:
            add_people(task, Role.RESPONSIBLE, managers)
        told += managers
    _give_time(task, late, now)
    note(task, "escalated", at=now, people=sorted({str(person) for person in told}))
    text = _("Nobody has done this in time, now it is yours: %(title)s")
    tell(task, with_deputies(told), text, "escalated", body=task.body)


def _give_time(task: Task, late: dict[str, Any], now: datetime) -> None:
    if after := late.get("after"):
        task.deadline = moment_after(now, Duration.model_validate(after))
        task.form["late"] = {"then": "timeout"}
