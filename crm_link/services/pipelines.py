"""Writes to pipelines beside their making and removal: names and order."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.services.stages import access_pipeline, stage_field
from crm_link.services.told import differing, tell
from lists_core.models import List, Section
from lists_core.services.outbox import announce
from staff.models import Employee
from svod.base.errors import Invalid

LONGEST = 200


@transaction.atomic
def rename_pipeline(list_: List, pipeline_id: int, name: str, *, actor: Employee) -> Section:
    """Raises Forbidden, NotFound, Invalid."""
    require_crm_manager(actor)
    pipeline = access_pipeline(list_, pipeline_id)
    before, pipeline.name = pipeline.name, name.strip()
    if not pipeline.name or len(pipeline.name) > LONGEST or "\x00" in name:
        raise Invalid({"name": [_("Enter a name of at most 200 letters.")]})
    pipeline.save(update_fields=["name"])
    announce("section.changed", list_.pk, id=pipeline.pk, actor=actor.pk)
    about = differing({"name": before}, {"name": pipeline.name})
    subject = f"crm_pipeline:{pipeline.pk}"
    tell("pipeline_changed", actor=actor, subject=subject, called=pipeline.name, **about)
    return pipeline


@transaction.atomic
def sort_pipelines(list_: List, order: Sequence[int], *, actor: Employee) -> None:
    """Put the pipelines into this order; those it does not name come last."""
    require_crm_manager(actor)
    stage_field(list_)
    own = {row.pk: row for row in Section.objects.filter(list=list_, parent=None)}
    named = [own[pk] for pk in dict.fromkeys(order) if pk in own]
    rest = [row for pk, row in own.items() if pk not in set(order)]
    for number, row in enumerate([*named, *rest], start=1):
        row.sort = number * 10
    Section.objects.bulk_update(own.values(), ["sort"])
    announce("section.moved", list_.pk, id=named[0].pk if named else None, actor=actor.pk)
    order = [row.name for row in (*named, *rest)]
    tell(
        "pipelines_ordered", actor=actor, subject=f"list:{list_.pk}", called=list_.name, order=order
    )
