"""Ending what runs on elements without anybody's doing: they have left where it made sense."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from svod.base.tasks import wake as wake_workers
from workflows.models import Instance, Template, Wake


def stop_on(
    template: Template,
    element_ids: Collection[int],
    now: datetime,
    *,
    before: datetime | None = None,
) -> int:
    """Have the template's open instances on these elements ended, with what they wait for;
    returns how many. The engine does it, as it does everything that happens to an instance.

    Given `before`, what began later goes on: other workers may have started it already.
    """
    open_ = Instance.objects.filter(status__in=Instance.OPEN)
    mine = open_.filter(
        version__template=template.pk, list=template.list_id, subject_id__in=element_ids
    )
    if before is not None:
        mine = mine.filter(created_at__lt=before)
    found = list(mine.values_list("pk", flat=True))
    everything, above = list(found), found
    while above:
        children = open_.filter(parent__in=above).exclude(parent_key="")
        above = list(children.values_list("pk", flat=True))
        everything += above
    Wake.objects.bulk_create(
        Wake(instance_id=one, kind=Wake.Kind.STOP, due_at=now) for one in everything
    )
    if everything:
        wake_workers("workflows.work")
    return len(found)
