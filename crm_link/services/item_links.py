"""Links between an item and what is made of it: the program's own link fields on either side."""

from __future__ import annotations

from typing import Any

from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.elements import Changed, update_element
from staff.models import Employee
from workflows.engine.errors import Retry
from workflows.subjects.element import ElementValues


def links_to(schema: Schema, list_id: int, element_id: int) -> dict[str, Any]:
    """The values with which a new item links to an element of the list."""
    fields = _links(schema, list_id)
    return {one.code: [element_id] if one.multiple else element_id for one in fields}


def link_back(subject: ElementValues, list_id: int, element_id: int, *, actor: Employee) -> None:
    """Have the process's own item link to the new one: added to several, put where none was.

    Raises Forbidden, Retry when somebody saves it at the same time.
    """
    values: dict[str, Any] = {}
    for field in _links(subject.schema, list_id):
        present = field.items(field.read(subject.row))
        if field.multiple:
            values[field.code] = [*present, element_id]
        elif not present:
            values[field.code] = element_id
    if not values:
        return
    try:
        update_element(
            subject.schema.list_id, subject.row.pk, values, version=subject.row.version,
            actor=actor,
        )  # fmt: skip
    except Changed as error:
        raise Retry(str(error)) from error


def _links(schema: Schema, list_id: int) -> list[SchemaField]:
    """The program's own: a link that somebody added means something else."""
    return [
        one
        for one in schema.fields
        if one.field.fixed
        and one.type.slug == "element"
        and one.field.settings.get("list") == list_id
    ]
