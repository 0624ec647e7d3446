"""Moving an item to a stage that asks for fields: they are asked for on the way."""

from __future__ import annotations

from typing import Any

from crm_link.card_form import CardForm
from crm_link.models import Stage
from crm_link.selectors.questionnaires import held_back
from lists_core.element_tabs import Target
from lists_core.field_types.pickers import is_id
from lists_core.schema.fields import SchemaField


def asked_stage(target: Target, given: str) -> Stage | None:
    """The live stage of the item's kind with this id; None for anything else."""
    if not is_id(given):
        return None
    rows = Stage.objects.filter(option__field__list=target.list, option__deleted_at=None)
    return rows.select_related("option").filter(pk=int(given)).first()


def lacking(target: Target, stage: Stage) -> list[SchemaField]:
    """The empty fields that the stage asks for and the reader may fill."""
    ids = set(stage.required.values_list("pk", flat=True))
    ids |= held_back(target.schema, target.row, stage)
    return [
        field
        for field in target.schema.changeable
        if field.field.pk in ids and field.read(target.row) in (None, "", [])
    ]


def stage_form(target: Target, stage: Stage, data: Any = None) -> CardForm:
    """The controls of what the stage lacks, each required."""
    form = CardForm(target, [field.code for field in lacking(target, stage)], data)
    for control in form.fields.values():
        control.required = control is not form.fields["version"]
    return form
