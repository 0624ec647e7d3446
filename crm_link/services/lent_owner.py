"""In whose name a web form or the telephony works: who may name whom."""

from __future__ import annotations

from django.utils.translation import gettext as _

from staff.models import Employee


def owner_faults(owner: Employee, before: int | None, actor: Employee) -> list[str]:
    """What is wrong with a new owner; who it was before may stay, also when they have left.

    A person always gives their own rights; those of another are lent by administrators alone, as
    with service employees of processes.
    """
    if owner.pk == before:
        return []
    if not owner.is_active:
        return [_("Choose an active employee.")]
    if owner.pk != actor.pk and not actor.is_superuser:
        return [_("Only an administrator names somebody else.")]
    return []
