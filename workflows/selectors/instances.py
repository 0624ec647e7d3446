"""Reading instances: whoever may see the subject sees its processes."""

from __future__ import annotations

from lists_core.access import Right
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import DomainError, Forbidden, NotFound
from workflows.models import Instance
from workflows.subjects.base import subjects


def access_instance(actor: Employee, instance_id: int, *, manage: bool = False) -> Instance:
    """The instance, if the actor may see it; with `manage`, if they may mend or end it.

    Raises NotFound, Forbidden.
    """
    rows = Instance.objects.select_related("version__template", "run_as", "started_by", "list")
    instance = rows.filter(pk=instance_id).first()
    if instance is None or not may_see(actor, instance):
        raise NotFound
    if manage and not may_manage(actor, instance):
        raise Forbidden
    return instance


def may_see(actor: Employee, instance: Instance) -> bool:
    """Its starter, administrators, and whoever sees the subject; without a subject, whoever has
    full access to the list."""
    if actor.is_superuser or instance.started_by_id == actor.pk:
        return True
    if instance.subject_id is None:
        return has_full(actor, instance)
    return bool(
        instance.subject in subjects and subjects.get(instance.subject).title(actor, instance)
    )


def may_manage(actor: Employee, instance: Instance) -> bool:
    """Administrators, the starter, and whoever has full access to the list."""
    if actor.is_superuser or instance.started_by_id == actor.pk:
        return True
    return has_full(actor, instance)


def may_see_values(actor: Employee, instance: Instance) -> bool:
    """What steps found and gave back: only who works with the instance's rights, and those who
    could have it written into the list anyway."""
    if actor.is_superuser or instance.run_as_id == actor.pk:
        return True
    return has_full(actor, instance)


def has_full(actor: Employee, instance: Instance) -> bool:
    """Whether the instance's list is the actor's to design."""
    try:
        access_list(actor, Right.FULL, instance.list_id or 0)
    except DomainError:
        return False
    return True
