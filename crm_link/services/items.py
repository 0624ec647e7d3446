"""Writes to CRM items: what the services of elements do, with what CRM knows beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_link.kinds import Kind
from crm_link.selectors.kinds import access_kind
from crm_link.selectors.stages import pipelines_of
from lists_core.access import Right, list_rights
from lists_core.models import List
from lists_core.selectors.elements import access_element
from lists_core.services.elements import create_element, update_element
from staff.models import Employee


def create_item(
    kind: Kind, values: Mapping[str, Any], *, actor: Employee, pipeline_id: int | None = None
) -> Any:
    """Add an item; without a pipeline, to the first one where the actor may add.

    Returns its row. Raises NotFound, Forbidden, Invalid as `create_element` does.
    """
    list_, _schema = access_kind(actor, Right.VIEW, kind)
    place = pipeline_id or first_pipeline(kind, list_, actor)
    return create_element(list_.pk, values, actor=actor, section_id=place)


def first_pipeline(kind: Kind, list_: List, actor: Employee) -> int | None:
    if not kind.piped:
        return None
    rights = list_rights(actor, list_.pk)
    known = pipelines_of(actor, list_)
    open_ = [row.pk for row in known if Right.ADD in rights.place(row.pk).on_some]
    return next(iter(open_), None)


def move_to_stage(
    kind: Kind, element_id: int, stage_id: int, *, actor: Employee, version: int | None = None
) -> Any:
    """Put an item on a stage, of another pipeline too. Without `version`, as it stands now.

    Raises NotFound, Forbidden, Changed, Invalid (also where the stage asks for fields).
    """
    list_, _schema = access_kind(actor, Right.VIEW, kind)
    row = access_element(actor, Right.CHANGE, list_.pk, element_id)[2]
    asked = row.version if version is None else version
    return update_element(list_.pk, element_id, {"STAGE": stage_id}, version=asked, actor=actor)
