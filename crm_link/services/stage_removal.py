"""Removing stages and pipelines: their items go to a stage that the person names.

First the items go, many of them by a job; then, with writers kept out, those that came meanwhile,
and the stages with them. Whatever stops it half-way, no item stands on a stage that is gone. It
is structure: all items, whoever may see them, and no stage asks for anything. Their robots go with
them, their questionnaires stay without a stage (`stage_leftovers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.models import Stage
from crm_link.services.stage_leftovers import let_go, spare
from crm_link.services.stages import (
    access_pipeline,
    open_stage,
    renew,
    require_others,
    retire,
    stage_field,
    tell_stage,
)
from crm_link.services.told import tell
from lists_core.models import ElementVersion, Job, List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import lock_for_change, lock_for_write, with_ddl_retry
from lists_core.services.by_rule import as_rule
from lists_core.services.elements import apply_values
from lists_core.services.history import record_versions
from lists_core.services.jobs import start_job
from lists_core.services.outbox import announce
from lists_core.services.saving import save_changed, told
from staff.models import Employee
from svod.base.errors import Conflict, DomainError, Invalid

BATCH = 500
AT_ONCE = 200
Kind = ElementVersion.Kind
Changes = dict[str, list[Any]]


def delete_stage(stage_id: int, *, actor: Employee, to: int | None = None) -> Job | None:
    """Remove a stage; what stands on it goes to the stage `to`, by a job where it is much.

    Raises Forbidden, NotFound, Conflict, Invalid, ListBusy.
    """
    with transaction.atomic():
        list_ = open_stage(stage_id, actor=actor).option.field.list
    return _remove(list_, {"stages": [stage_id], "to": to, "pipeline": None}, actor)


def delete_pipeline(
    list_: List, pipeline_id: int, *, actor: Employee, to: int | None = None
) -> Job | None:
    """Remove a pipeline with its stages; its items go to a stage of another."""
    require_crm_manager(actor)
    access_pipeline(list_, pipeline_id)
    own = Stage.objects.filter(pipeline=pipeline_id).values_list("pk", flat=True)
    return _remove(list_, {"stages": list(own), "to": to, "pipeline": pipeline_id}, actor)


def _remove(list_: List, params: dict[str, Any], actor: Employee) -> Job | None:
    if _leaving(schema_of(List.objects.get(pk=list_.pk)), params).count() <= AT_ONCE:
        finish(list_.pk, params, actor=actor)
        return None
    with transaction.atomic():
        _going(list_, params, actor)
        _target(list_.pk, params)
    return start_job("crm_empty_stages", actor=actor, list_=list_, **params)


def finish(list_id: int, params: dict[str, Any], *, actor: Employee) -> None:
    """Move what is left and remove the stages, the pipeline too: all of it or nothing.

    It waits for those who write items, so that none is put on a stage that goes.
    """

    def remove() -> None:
        lock_for_change(list_id)
        list_ = List.objects.get(pk=list_id)
        going = _going(list_, params, actor)
        while carry(list_id, params, actor=actor):
            pass
        let_go(going, actor=actor)
        retire(going)
        _tell_removed(going, params, actor)
        if params["pipeline"] is not None:
            _remove_pipeline(list_id, params["pipeline"], going, actor)
        renew(list_)

    with_ddl_retry(remove)


def _remove_pipeline(list_id: int, pk: int, stages: Sequence[Stage], actor: Employee) -> None:
    spare(stages)
    if Section.objects.filter(list=list_id, pk=pk).delete()[0]:
        announce("section.deleted", list_id, id=pk, actor=actor.pk)


def _tell_removed(going: Sequence[Stage], params: dict[str, Any], actor: Employee) -> None:
    target = Stage.objects.filter(pk=params["to"]).first()
    about = {"to": str(target)} if target else {}
    if params["pipeline"] is None:
        for stage in going:
            tell_stage("deleted", stage, actor, **about)
        return
    name = Section.objects.get(pk=params["pipeline"]).name
    subject = f"crm_pipeline:{params['pipeline']}"
    tell("pipeline_deleted", actor=actor, subject=subject, called=name, **about)


def _going(list_: List, params: dict[str, Any], actor: Employee) -> list[Stage]:
    """The stages that are to go, their field locked. Raises Forbidden, NotFound, Conflict."""
    pk = params["pipeline"]
    if pk is None:
        stages = [open_stage(one, actor=actor) for one in params["stages"]]
        for stage in stages:
            require_others(stage)
        return stages
    require_crm_manager(actor)
    stage_field(list_)
    access_pipeline(list_, pk)
    if not Section.objects.filter(list=list_, parent=None).exclude(pk=pk).exists():
        raise Conflict(_("The last pipeline is not deleted."))
    return list(Stage.objects.filter(pipeline=pk))


def _target(list_id: int, params: dict[str, Any]) -> Stage:
    rows = Stage.objects.filter(option__field__list=list_id, option__deleted_at=None)
    target = rows.exclude(pk__in=params["stages"]).filter(pk=params["to"]).first()
    if target is None:
        raise Invalid({"to": [_("Choose the stage to which the items go.")]})
    return target


@transaction.atomic
def carry(list_id: int, params: dict[str, Any], *, actor: Employee) -> int:
    """Move a batch of items to the stage `to`; returns how many moved. Raises Invalid."""
    lock_for_write(list_id)
    schema = schema_of(List.objects.get(pk=list_id))
    rows = list(_leaving(schema, params).order_by("pk").select_for_update()[:BATCH])
    if not rows:
        return 0
    target = _target(list_id, params)
    changes = [(row, _moved(schema, row, target)) for row in rows]
    save_changed(schema, changes, actor)
    binned = [pair for pair in changes if pair[0].deleted_at is not None]
    record_versions(Kind.CHANGED, list_id, binned, actor=actor)
    _tell(schema, [pair for pair in changes if pair[0].deleted_at is None], actor)
    return len(rows)


def _leaving(schema: Schema, params: dict[str, Any]) -> QuerySet[Any]:
    leaving = Q(**{f"{schema['STAGE'].main_column}__in": params["stages"]})
    if params["pipeline"] is not None:
        leaving |= Q(section=params["pipeline"])
    rows: QuerySet[Any] = schema.model.objects.filter(leaving)
    return rows


def _moved(schema: Schema, row: Any, target: Stage) -> Changes:
    """Set the row's columns; what differs, as history keeps it."""
    values: dict[str, Any] = {"STAGE": target.pk}
    if "CLOSED_AT" in schema.by_code:
        closed = schema["CLOSED_AT"].read(row)
        values["CLOSED_AT"] = (closed or timezone.now()) if target.is_final else None
    changes = apply_values(schema, row, {schema[code]: value for code, value in values.items()})
    if target.pipeline_id != row.section:
        changes["section"] = [row.section, target.pipeline_id]
        row.section = target.pipeline_id
    return changes


def _tell(schema: Schema, changes: Sequence[tuple[Any, Changes]], actor: Employee) -> None:
    """An item that a listener refuses (what its deal books is another's by now) moves all the
    same, as what a rule writes: one item does not keep a stage."""
    try:
        with transaction.atomic():
            told(schema, Kind.CHANGED, changes, actor)
    except DomainError:
        if len(changes) == 1:
            with as_rule():
                told(schema, Kind.CHANGED, changes, actor)
            return
        for pair in changes:
            _tell(schema, [pair], actor)
