"""What the steps that ask people share: parameters, deadline, waiting, the way out.

The step waits for the task's end; its timers only look after the task (`task_moves.tend`). The
outcome is read from the task, never from the signal.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from workflows.actions.base import Action, ActionParams, Output, Shown, Signal, Text, Wait
from workflows.durations import MaybeDuration, moment_after, moment_before
from workflows.models import Task, TaskPerson, Wake
from workflows.people import people_if_any, people_of
from workflows.services.task_moves import next_moment, tend
from workflows.services.tasks import NewTask, create_task
from workflows.task_form import OUTCOMES

if TYPE_CHECKING:
    from workflows.engine.context import Context

Role = TaskPerson.Role
LATE = {
    "keep": _("remind of it, the task stays open"),
    "timeout": _("go on with the outcome “time is out”"),
    "reassign": _("hand it to the manager"),
    "add": _("bring the manager in"),
}


class AskParams(ActionParams):
    """What every task has."""

    title: Annotated[str, Shown(_("Title"), widget="text")]
    text: Annotated[str, Shown(_("Text"), widget="textarea")] = ""
    people: Annotated[list[Any], Shown(_("Responsible"), widget="people", raw=True)]
    observers: Annotated[list[Any], Shown(_("Observers"), widget="people", raw=True)] = []
    period: Annotated[
        MaybeDuration,
        Shown(_("Time to do it"), widget="duration", help=_("Counted from when the step begins.")),
    ] = None
    until: Annotated[
        datetime | date | None,
        Shown(_("Or a date"), widget="datetime", help=_("Goes before the time to do it.")),
    ] = None
    remind: Annotated[MaybeDuration, Shown(_("Remind before the deadline"), widget="duration")] = (
        None
    )
    remind_again: Annotated[MaybeDuration, Shown(_("And once more"), widget="duration")] = None
    daily: Annotated[bool, Shown(_("Remind every day when it is late"), widget="boolean")] = False
    late: Annotated[
        Literal["keep", "timeout", "reassign", "add"],
        Shown(_("When the time is out"), widget="choice", options=LATE),
    ] = "keep"
    late_people: Annotated[
        list[Any],
        Shown(
            _("Hand it to"), widget="people", raw=True, help=_("Empty: the manager of each person.")
        ),
    ] = []
    late_period: Annotated[
        MaybeDuration,
        Shown(
            _("Time for the manager"),
            widget="duration",
            help=_("After it the process goes on with the outcome “time is out”."),
        ),
    ] = None
    handing_on: Annotated[bool, Shown(_("May be handed on"), widget="boolean")] = True
    show: Annotated[list[str], Shown(_("Fields of the element to show"), widget="fields")] = []


class Ask(Action):
    """A step that sets a task. Subclasses give `form`, and what comes out of the result."""

    group = "people"
    #: What the task is called in the inbox, where the step's own name does not fit.
    noun: Text = ""
    Params = AskParams
    outputs: ClassVar[tuple[Output, ...]] = (
        Output("outcome", _("Outcome"), options=OUTCOMES),
        Output("comment", _("Comment")),
        Output("employee", _("Who answered"), "employee"),
        Output("finished_at", _("When it was over"), "datetime"),
        Output("task", _("Number of the task"), "number"),
    )

    def form(self, context: Context, params: Any) -> dict[str, Any]:
        """The kind's own parts of `Task.form`."""
        raise NotImplementedError(f"{type(self).__name__} asks nothing")

    def waits(self, params: Any) -> bool:
        """Whether the process waits for the task."""
        return True

    def roles(self, context: Context, params: Any) -> dict[str, Iterable[Employee]]:
        return {
            Role.RESPONSIBLE: people_of(params.people, context),
            Role.OBSERVER: people_if_any(params.observers, context),
        }

    def run(self, context: Context, params: Any) -> Wait | dict[str, Any]:
        deadline = deadline_of(context, params)
        form = {**self.form(context, params), **timing(context, params, deadline)}
        new = NewTask(
            kind=self.slug,
            title=params.title,
            body=params.text,
            people=self.roles(context, params),
            form=form,
            deadline=deadline,
        )
        waits = self.waits(params)
        task = create_task(context.instance, context.key, new, now=context.now)
        if waits:
            return self._wait(context, task)
        Task.objects.filter(pk=task.pk).update(next_at=next_moment(task))
        return {"task": task.pk}

    def resume(self, context: Context, params: Any, signal: Signal) -> Wait | dict[str, Any]:
        rows = Task.objects.select_for_update(of=("self",))
        rows = rows.select_related("instance__version__template")
        task = rows.get(instance=context.instance, key=context.key, kind=self.slug)
        if task.is_open and signal.kind == Wake.Kind.TIMER:
            tend(task, context.now)
        if not task.is_open:
            return self.result(task)
        # An answer that ends nothing wakes nobody, so what came may only be a timer.
        return self._wait(context, task) if signal.kind == Wake.Kind.TIMER else Wait()

    def result(self, task: Task) -> dict[str, Any]:
        """The step's outputs."""
        answers = task.result.get("answers", [])
        comments = [one["comment"] for one in answers if one.get("comment")]
        return {
            "outcome": task.result.get("outcome", ""),
            "comment": "\n".join(comments),
            "employee": answers[-1]["employee"] if answers else None,
            "finished_at": task.finished_at,
            "task": task.pk,
        }

    def _wait(self, context: Context, task: Task) -> Wait:
        if moment := next_moment(task):
            context.wake(max(moment, context.now))
        return Wait()


def deadline_of(context: Context, params: AskParams) -> datetime | None:
    """A date alone, or midnight on it, means the end of that day."""
    until = params.until
    if isinstance(until, datetime) and (until.tzinfo or until.time() != time.min):
        return until if timezone.is_aware(until) else timezone.make_aware(until)
    if until is not None:
        return timezone.make_aware(datetime.combine(until, time(23, 59)))
    return moment_after(context.now, params.period) if params.period else None


def timing(context: Context, params: AskParams, deadline: datetime | None) -> dict[str, Any]:
    """What the clock does to the task, and the parts of the form that all kinds have."""
    form: dict[str, Any] = {"show": params.show, "closed": not params.handing_on}
    if deadline is None:
        return form
    people = [one.pk for one in people_if_any(params.late_people, context)]
    after = params.late_period.model_dump(mode="json") if params.late_period else None
    before = [one for one in (params.remind, params.remind_again) if one]
    moments = sorted(moment_before(deadline, one) for one in before)
    return form | {
        "reminders": [one.isoformat() for one in moments if context.now < one < deadline],
        "daily": params.daily,
        "late": {"then": params.late, "people": people, "after": after},
    }


def titled(label: Text, params: Any) -> str:
    """ "Task: Renew the policy" for the summary of a process."""
    title = params.get("title")
    return f"{label}: {title}" if title else ""
