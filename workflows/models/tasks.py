"""What a process asks of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.instances import Instance
from workflows.task_form import answer_label
from workflows.values import ValueEncoder


class Task(models.Model):
    """A task, an approval, an acquaintance or a request for information.

    `kind` is the slug of the action that set it; what may be answered, and what happens when
    nobody does, stands in `form` (`workflows.task_form`). Only a task in state OPEN takes an
    answer, by whoever holds its row's lock.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To do")
        DONE = "done", _("Done")
        EXPIRED = "expired", _("Time is out")
        CANCELLED = "cancelled", _("Cancelled")

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="tasks")
    #: `step:visit` of the step that waits for it.
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    title = models.CharField(_("Title"), max_length=400)
    body = models.TextField(_("Text"), blank=True)
    form = models.JSONField(default=dict, encoder=ValueEncoder)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    deadline = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: When it is to be looked after next, for tasks that no step waits for.
    next_at = models.DateTimeField(null=True)
    #: What came out, as JSON; the result of the step.
    result = models.JSONField(default=dict, encoder=ValueEncoder)

    class Meta:
        verbose_name = _("Task")
        verbose_name_plural = _("Tasks")
        ordering = ["deadline", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["instance", "key", "kind"], name="task_of_step")
        ]
        indexes = [
            models.Index(fields=["next_at"], name="task_due", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def is_late(self, now: datetime) -> bool:
        return self.is_open and self.deadline is not None and self.deadline < now

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What may be answered, with the words that stand on each button for whoever looks;
        see `workflows.task_form.answer_choice`."""
        given = self.form.get("answers", ())
        return [{**one, "label": answer_label(self.form, one["code"])} for one in given]


class TaskPerson(models.Model):
    """A person's part in a task. An answer is given once: `answer` is set where it is null."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", _("Responsible")
        CO_EXECUTOR = "co_executor", _("Co-executor")
        OBSERVER = "observer", _("Observer")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="people")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="task_parts"
    )
    role = models.CharField(max_length=12, choices=Role, default=Role.RESPONSIBLE)
    #: {"answer": "yes", "comment": "…", "values": {…}}; null until given.
    answer = models.JSONField(null=True, encoder=ValueEncoder)
    answered_at = models.DateTimeField(null=True)
    #: Who answered in the person's stead (a deputy), else the person.
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Whoever handed the task on to this person.
    delegated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "employee", "role"], name="task_person_unique")
        ]
        indexes = [
            models.Index(fields=["employee"], name="task_inbox", condition=Q(is_open=True)),
        ]
