"""Pressing the buttons that processes show on their elements.

for command in available(actor, list_id=3, subject_id=7):
    …                                  # label, color, comment, instance, pk
press(command.pk, actor=actor, comment="…")
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from svod.base.tasks import wake as wake_workers
from workflows.models import Command, Instance, StepLog, Wake
from workflows.selectors.instances import may_see
from workflows.subjects.base import subjects

MAX_COMMENT = 2_000


def available(
    actor: Employee, *, list_id: int | None, subject_id: int, subject: str = "element"
) -> list[Command]:
    """The buttons that this person may press on this subject, in the order of their steps.

    For a subject that the actor may see. Two queries, however many buttons.
    """
    rows = Command.objects.filter(
        instance__list=list_id,
        instance__subject_id=subject_id,
        instance__subject=subject,
        instance__status__in=Instance.OPEN,
    ).exclude(instance__status=Instance.Status.SUSPENDED)
    found = list(rows.select_related("instance__version__template"))
    if not found:
        return []
    runs = actor.is_superuser or subjects.get(subject).may_run(actor, list_id, subject_id)
    return [one for one in found if (actor.pk in one.people if one.people else runs)]


def press(command_id: int, *, actor: Employee, comment: str = "") -> Instance:
    """Press a button, once; the others of its step go with it.

    Raises NotFound, Forbidden, Conflict when somebody was faster or the step is over, Invalid
    without a comment that is asked for.
    """
    with transaction.atomic():
        command = _locked(command_id, actor)
        if command.comment == Command.Comment.REQUIRED and not comment.strip():
            raise Invalid({"comment": [_("Write a comment.")]})
        Command.objects.filter(instance=command.instance, key=command.key).delete()
        answer = {"command": command.code, "comment": _said(command, comment), "actor": actor.pk}
        Wake.objects.create(
            instance=command.instance,
            key=command.key,
            kind=Wake.Kind.ANSWER,
            due_at=timezone.now(),
            payload=answer,
        )
        _note(command, actor, answer)
        wake_workers("workflows.work")
    return command.instance


def _locked(command_id: int, actor: Employee) -> Command:
    """All buttons of the step locked in one order, so that of two people one is first."""
    rows = Command.objects.select_related("instance__run_as")
    command = rows.filter(pk=command_id).first()
    if command is None:
        raise Conflict(_("This has been decided already, or is not awaited any more."))
    _check(command, actor)
    step = Command.objects.filter(instance=command.instance, key=command.key)
    left = step.order_by("pk").select_for_update().values_list("pk", flat=True)
    if command_id not in list(left):
        raise Conflict(_("This has been decided already, or is not awaited any more."))
    return command


def _check(command: Command, actor: Employee) -> None:
    instance = command.instance
    if command.people:
        if actor.pk in command.people and actor.is_active:
            return
    elif instance.subject_id is not None:
        kind = subjects.get(instance.subject)
        if actor.is_superuser or kind.may_run(actor, instance.list_id, instance.subject_id):
            return
    elif actor.is_superuser or instance.started_by_id == actor.pk:
        return
    raise Forbidden if may_see(actor, instance) else NotFound


def _said(command: Command, comment: str) -> str:
    return "" if command.comment == Command.Comment.NONE else comment.strip()[:MAX_COMMENT]


def _note(command: Command, actor: Employee, answer: dict[str, object]) -> None:
    step, visit = command.key.rsplit(":", 1)
    StepLog.objects.create(
        instance=command.instance,
        step=step,
        visit=int(visit),
        at=timezone.now(),
        event="pressed",
        actor=actor,
        data={"label": command.label, **answer},
    )
