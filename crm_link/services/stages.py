"""Writes to pipelines and stages. Each renews the schema, as every change of options does."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Max

from crm_link.access import require_crm_manager
from crm_link.models import Stage
from crm_link.presets import STAGES
from lists_core.models import Field, FieldOption, List, Section
from lists_core.services.sections import create_kept_section
from staff.models import Employee


@transaction.atomic
def create_pipeline(list_: List, name: str, *, actor: Employee) -> Section:
    """A new pipeline with the usual stages. Raises Forbidden."""
    require_crm_manager(actor)
    pipeline = create_kept_section(list_.pk, actor=actor, name=name)
    mark = f"C{pipeline.pk}:" if Stage.objects.filter(option__field__list=list_).exists() else ""
    for preset in STAGES["deal"]:
        create_stage(
            list_, mark + preset.code, str(preset.name), color=preset.color,
            semantics=preset.semantics, pipeline=pipeline, actor=actor,
        )  # fmt: skip
    return pipeline


@transaction.atomic
def create_stage(
    list_: List,
    code: str,
    name: str,
    *,
    actor: Employee,
    color: str = "blue",
    semantics: str = "P",
    pipeline: Section | None = None,
) -> Stage:
    """A new stage behind the others. Raises Forbidden."""
    require_crm_manager(actor)
    field = stage_field(list_)
    last = FieldOption.objects.filter(field=field).aggregate(last=Max("sort"))["last"] or 0
    option = FieldOption.objects.create(
        field=field, name=name, code=code[:63], color=color, sort=last + 10
    )
    renew(list_)
    return Stage.objects.create(option=option, code=code, semantics=semantics, pipeline=pipeline)


def stage_field(list_: List) -> Field:
    """The field STAGE, locked: writers of stages wait for one another."""
    return Field.objects.select_for_update().get(list=list_, code="STAGE", deleted_at=None)


def renew(list_: List) -> None:
    """Every process compiles the list's schema anew."""
    List.objects.filter(pk=list_.pk).update(schema_version=F("schema_version") + 1)
