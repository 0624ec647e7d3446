"""Saved mappings of a list: for everybody who may import into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lists_core.access import Right, may, schema_for
from lists_core.models import ImportMapping, List
from lists_core.schema.compile import Schema
from lists_core.selectors.imports import list_to_fill
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound


@dataclass(frozen=True)
class MappingLine:
    """A mapping as the page tells of it: `columns` are (heading, name of the field)."""

    row: ImportMapping
    columns: Sequence[tuple[str, str]]
    may_change: bool


def mappings_of(list_: List) -> QuerySet[ImportMapping]:
    return ImportMapping.objects.filter(list=list_).select_related("owner")


def mapping_for(list_: List, headings: Sequence[str]) -> ImportMapping | None:
    """The mapping that was last saved for a file with just these headings."""
    fitting = mappings_of(list_).filter(headings=list(headings))
    return fitting.order_by("-modified_at").first()


def mapping_lines(list_: List, actor: Employee) -> list[MappingLine]:
    schema, designs = schema_for(actor, list_, new=True), may(actor, Right.FULL, list_)
    return [
        MappingLine(row, _columns(row, schema), designs or row.owner_id == actor.pk)
        for row in mappings_of(list_)
    ]


def changeable_mapping(actor: Employee, list_id: int, mapping_id: int) -> ImportMapping:
    """For whoever saved it and for those who design the list. Raises NotFound, Forbidden."""
    list_ = list_to_fill(actor, list_id)
    row = mappings_of(list_).filter(pk=mapping_id).first()
    if row is None:
        raise NotFound
    if row.owner_id != actor.pk and not may(actor, Right.FULL, list_):
        raise Forbidden
    return row


def _columns(row: ImportMapping, schema: Schema) -> list[tuple[str, str]]:
    """A field that is gone and one that the person may not know look the same."""
    headings, found = row.headings, []
    for column in row.choices["columns"]:
        field = schema.get(column["code"])
        found.append(
            (headings[column["index"]], str(field.name) if field else _("(no such field)"))
        )
    return found
