"""The buttons of processes, for whoever may press them."""

from __future__ import annotations

from staff.models import Employee
from svod.base.errors import Forbidden, NotFound
from workflows.models import Command, Instance
from workflows.selectors.instances import may_see
from workflows.subjects.base import subjects


def buttons_of(actor: Employee, instance: Instance) -> list[Command]:
    """Those of one instance that this person, who sees its subject, may press."""
    if instance.is_over or instance.status == Instance.Status.SUSPENDED:
        return []
    rows = Command.objects.filter(instance=instance)
    return [one for one in rows if may_press(actor, instance, one)]


def access_button(actor: Employee, command_id: int) -> Command:
    """Raises NotFound, Forbidden."""
    rows = Command.objects.select_related("instance__version__template", "instance__list")
    command = rows.filter(pk=command_id).first()
    if command is None or not may_see(actor, command.instance):
        raise NotFound
    if not may_press(actor, command.instance, command):
        raise Forbidden
    return command


def may_press(actor: Employee, instance: Instance, command: Command) -> bool:
    """Whoever is named; where nobody is, whoever may run processes on the subject."""
    if command.people:
        return actor.pk in command.people
    if instance.subject_id is None:
        return actor.is_superuser or instance.started_by_id == actor.pk
    kind = subjects.get(instance.subject)
    try:
        return actor.is_superuser or kind.may_run(actor, instance.list_id, instance.subject_id)
    except NotFound:
        return False
