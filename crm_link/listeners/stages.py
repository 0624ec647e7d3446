"""Every item with stages stands on one of its pipeline's, and its moves are kept.

The first stage where none is given; the pipeline follows the stage; a stage may ask for fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.kinds import Kind, kind_of, kinds
from crm_link.listeners.responsible import check_place
from crm_link.models import Stage, StageMove
from crm_link.selectors.stages import all_stages
from lists_core.access import Right, list_rights
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.errors import Forbidden, Invalid


@listeners.register
class Stages(ElementListener):
    slug = "crm.stages"

    def hears(self, schema: Schema) -> bool:
        kind = kind_of(schema.list_system)
        return bool(kind and kind.staged)

    def before(self, write: Write) -> None:
        kind = _kind(write)
        if not (write.is_new or write.touches("STAGE") or "section" in write.changes):
            return
        stages = all_stages(List(pk=write.schema.list_id))
        stage = _settle(write, kind, stages)
        _check_required(write, stage)
        if kind.slug == "deal":
            write.set("CLOSED_AT", _closed_at(write, stage))

    def after(self, writes: Sequence[Write]) -> None:
        moved = [one for one in writes if one.schema["STAGE"].key in one.changes]
        StageMove.objects.bulk_create(
            StageMove(
                element_id=one.row.pk,
                from_stage_id=one.old("STAGE"),
                to_stage_id=one.get("STAGE"),
                actor=one.actor,
                at=one.row.modified_at,
            )
            for one in moved
        )


def _kind(write: Write) -> Kind:
    return kinds.get(write.schema.list_system.partition(".")[2])


def _settle(write: Write, kind: Kind, stages: Mapping[int, Stage]) -> Stage:
    """Bring stage and pipeline together: whichever of the two was given leads."""
    stage = stages.get(write.get("STAGE"))
    if stage and stage.option.deleted_at and write.touches("STAGE"):
        raise Invalid({"STAGE": [_("There is no such stage any more.")]})
    given = write.touches("STAGE") and stage is not None
    if kind.piped and given and stage is not None and stage.pipeline_id != write.row.section:
        _put(write, stage.pipeline_id)
    elif stage is None or stage.pipeline_id != (write.row.section if kind.piped else None):
        stage = _first(write, kind, stages)
        write.set("STAGE", stage.pk)
    return stage


def _put(write: Write, pipeline: int | None) -> None:
    rights = list_rights(write.actor, write.schema.list_id).place(pipeline)
    if Right.ADD not in rights.on_some:
        raise Forbidden
    write.put(pipeline)
    check_place(write)


def _first(write: Write, kind: Kind, stages: Mapping[int, Stage]) -> Stage:
    """The first live stage of the row's pipeline; a row in none goes to the first there is."""
    live = [one for one in stages.values() if one.option.deleted_at is None]
    if kind.piped and write.row.section is None and live:
        _put(write, live[0].pipeline_id)
    place = write.row.section if kind.piped else None
    found = next((one for one in live if one.pipeline_id == place), None)
    if found is None:
        raise Invalid({"STAGE": [_("The pipeline has no stages.")]})
    return found


def _check_required(write: Write, stage: Stage) -> None:
    """Raise Invalid with an error for each empty field that the stage asks for."""
    by_id = {field.field.pk: field for field in write.schema.fields}
    asked = [by_id[pk] for pk in stage.required.values_list("pk", flat=True) if pk in by_id]
    told = _("The stage “%(stage)s” asks for this field.") % {"stage": stage}
    empty = [field.code for field in asked if field.read(write.row) in (None, "", [])]
    if empty:
        raise Invalid({code: [told] for code in empty})


def _closed_at(write: Write, stage: Stage) -> Any:
    if not stage.is_final:
        return None
    return write.get("CLOSED_AT") or timezone.now()
