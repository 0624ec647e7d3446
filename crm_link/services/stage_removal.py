"""Removing stages and pipelines: their items go to a stage that the person names.

The stages are removed at once, so that nothing comes to them any more; then the items are moved,
many of them by a job. It is structure: all items, whoever may see them, and no stage asks for
anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.models import Stage
from crm_link.selectors.stages import standing
from crm_link.services.stages import (
    access_pipeline,
    open_stage,
    renew,
    require_others,
    retire,
    stage_field,
)
from lists_core.models import ElementVersion, Job, List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import lock_for_write
from lists_core.services.elements import columns_of
from lists_core.services.history import record_versions
from lists_core.services.jobs import start_job
from lists_core.services.listeners import after_writes
from lists_core.services.outbox import announce
from staff.models import Employee
from svod.base.errors import Conflict, Invalid, NotFound

BATCH = 500
AT_ONCE = 200
Kind = ElementVersion.Kind


def delete_stage(stage_id: int, *, actor: Employee, to: int | None = None) -> Job | None:
    """Remove a stage; what stands on it goes to the stage `to`, by a job where it is much.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    with transaction.atomic():
        stage = open_stage(stage_id, actor=actor)
        require_others(stage)
        list_ = stage.option.field.list
        left = standing(stage).count()
        target = _target(list_, to, [stage]) if left else None
        retire([stage])
        renew(list_)
    return _empty(list_, [stage], target, None, left, actor)


def delete_pipeline(
    list_: List, pipeline_id: int, *, actor: Employee, to: int | None = None
) -> Job | None:
    """Remove a pipeline with its stages; its items go to a stage of another."""
    require_crm_manager(actor)
    with transaction.atomic():
        stage_field(list_)
        pipeline = access_pipeline(list_, pipeline_id)
        if not Section.objects.filter(list=list_, parent=None).exclude(pk=pipeline.pk).exists():
            raise Conflict(_("The last pipeline is not deleted."))
        own = Stage.objects.filter(pipeline=pipeline)
        stages = list(own.select_related("option__field__list"))
        schema = schema_of(List.objects.get(pk=list_.pk))
        left = schema.model.objects.filter(section=pipeline.pk).count()
        target = _target(list_, to, stages) if left else None
        retire(stages)
        renew(list_)
    return _empty(list_, stages, target, pipeline, left, actor)


def _target(list_: List, to: int | None, leaving: Sequence[Stage]) -> Stage:
    rows = Stage.objects.filter(pk=to, option__field__list=list_, option__deleted_at=None)
    target = rows.exclude(pk__in=[stage.pk for stage in leaving]).first()
    if target is None:
        raise Invalid({"to": [_("Choose the stage to which the items go.")]})
    return target


def _empty(
    list_: List,
    stages: Sequence[Stage],
    target: Stage | None,
    pipeline: Section | None,
    left: int,
    actor: Employee,
) -> Job | None:
    """Move what is left now, or by a job; at the end the pipeline goes."""
    params = {
        "stages": [stage.pk for stage in stages],
        "to": target.pk if target else None,
        "pipeline": pipeline.pk if pipeline else None,
    }
    if left > AT_ONCE:
        return start_job("crm_empty_stages", actor=actor, list_=list_, **params)
    while target and carry(list_.pk, params, actor=actor):
        pass
    finish(list_.pk, params, actor=actor)
    return None


def finish(list_id: int, params: dict[str, Any], *, actor: Employee) -> None:
    """The emptied pipeline goes for good."""
    pk = params["pipeline"]
    if pk is not None and Section.objects.filter(list=list_id, pk=pk).delete()[0]:
        announce("section.deleted", list_id, id=pk, actor=actor.pk)


@transaction.atomic
def carry(list_id: int, params: dict[str, Any], *, actor: Employee) -> int:
    """Move a batch of items to the stage `to`; returns how many moved."""
    lock_for_write(list_id)
    list_ = List.objects.get(pk=list_id)
    schema = schema_of(list_)
    target = Stage.objects.filter(pk=params["to"], option__deleted_at=None).first()
    if target is None:
        raise NotFound
    rows = _leaving(schema, params)
    changes = [(row, _moved(schema, row, target, actor)) for row in rows]
    if changes:
        stamps = ["version", "modified_by", "modified_at"]
        schema.model.objects.bulk_update(rows, [*columns_of(schema, changes), *stamps])
        record_versions(Kind.CHANGED, changes, actor=actor)
        _tell(schema, [pair for pair in changes if pair[0].deleted_at is None], actor)
    return len(rows)


def _leaving(schema: Schema, params: dict[str, Any]) -> list[Any]:
    column = schema["STAGE"].main_column
    rows = schema.model.objects.filter(**{f"{column}__in": params["stages"]})
    if params["pipeline"] is not None:
        rows |= schema.model.objects.filter(section=params["pipeline"])
    return list(rows.order_by("pk").select_for_update()[:BATCH])


def _moved(schema: Schema, row: Any, target: Stage, actor: Employee) -> dict[str, list[Any]]:
    """Set the row's columns; what differs, as history keeps it."""
    values: dict[str, Any] = {"STAGE": target.pk}
    if "CLOSED_AT" in schema.by_code:
        closed = schema["CLOSED_AT"].read(row)
        values["CLOSED_AT"] = (closed or timezone.now()) if target.is_final else None
    changes: dict[str, list[Any]] = {}
    for code, value in values.items():
        field, old = schema[code], schema[code].read(row)
        if old != value:
            changes[field.key] = [field.to_json(old), field.to_json(value)]
            for name, stored in field.to_columns(value).items():
                setattr(row, name, stored)
    if target.pipeline_id != row.section:
        changes["section"] = [row.section, target.pipeline_id]
        row.section = target.pipeline_id
    row.version += 1
    row.modified_by, row.modified_at = actor.pk, timezone.now()
    return changes


def _tell(
    schema: Schema, changes: Sequence[tuple[Any, dict[str, list[Any]]]], actor: Employee
) -> None:
    if changes:
        after_writes(schema, Kind.CHANGED, changes, actor)
        keys = sorted({key for _row, own in changes for key in own})
        ids = [row.pk for row, _own in changes]
        announce("element.changed", schema.list_id, ids=ids, fields=keys, actor=actor.pk)
