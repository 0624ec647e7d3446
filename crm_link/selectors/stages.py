"""Pipelines and stages: few rows that every person who sees the list may know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from crm_link.models import Stage, StageMove
from lists_core.access import list_rights
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from staff.models import Employee


def stages_of(list_: List, pipeline_id: int | None = None) -> QuerySet[Stage]:
    """The live stages of a kind without pipelines, or of one pipeline, in their order."""
    rows = Stage.objects.filter(option__field__list=list_, option__deleted_at=None)
    return rows.filter(pipeline=pipeline_id).select_related("option").order_by("option__sort", "pk")


def all_stages(list_: List) -> Mapping[int, Stage]:
    """Option id → stage, of every pipeline and the removed ones too. One query."""
    rows = Stage.objects.filter(option__field__list=list_).select_related("option")
    return {stage.pk: stage for stage in rows.order_by("option__sort", "pk")}


def pipelines_all(list_: List) -> list[Section]:
    """All pipelines in their order, for settings: whoever may know them."""
    return list(Section.objects.filter(list=list_, parent=None).order_by("sort", "pk"))


def pipelines_of(actor: Employee, list_: List) -> list[Section]:
    """The pipelines that the actor knows, in their order."""
    rights = list_rights(actor, list_.pk)
    return [row for row in pipelines_all(list_) if rights.knows(row.pk)]


def since_when(ids: Collection[int]) -> dict[int, tuple[int | None, datetime]]:
    """Element id → the stage it came to last, and when. One query."""
    moves = StageMove.objects.filter(element__in=ids).order_by("element", "-id")
    rows = moves.distinct("element").values_list("element", "to_stage", "at")
    return {element: (stage, at) for element, stage, at in rows}


def is_stood_on(stage: Stage) -> bool:
    """Whether any item stands on the stage, the bin included, whoever may see it."""
    return standing(stage).exists()


def standing(stage: Stage) -> QuerySet[Any]:
    """The rows on the stage, of the bin too: structure work, for nobody's eyes."""
    schema = schema_of(stage.option.field.list)
    rows: QuerySet[Any] = schema.model.objects.filter(**{schema["STAGE"].main_column: stage.pk})
    return rows


def numbers_standing(list_: List) -> dict[int | None, int]:
    """Stage → how many items outside the bin stand on it, whoever may see them. One query."""
    schema = schema_of(list_)
    column = schema["STAGE"].main_column
    rows = schema.model.objects.filter(deleted_at=None).order_by().values_list(column)
    return dict(rows.annotate(number=Count("pk")))
