"""Which files stand in which elements: the ground of the right to download them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from lists_core.models import FileUse, StoredFile
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from svod.base.errors import Invalid


def keep_file_uses(
    schema: Schema, element_id: int, cleaned: Mapping[SchemaField, Any], *, actor: Employee
) -> None:
    """Make the uses equal to the values just written.

    A file that is new to the element must be the actor's own upload: an id guessed in a form
    gives nobody somebody else's file. Raises Invalid.
    """
    for field, value in cleaned.items():
        if field.type.reference == "file":
            _keep(field, element_id, set(field.items(value)), actor)


def _keep(field: SchemaField, element_id: int, wanted: set[int], actor: Employee) -> None:
    uses = FileUse.objects.filter(element_id=element_id, field=field.field)
    present = set(uses.values_list("file_id", flat=True))
    added = wanted - present
    if added and StoredFile.objects.filter(pk__in=added, uploaded_by=actor).count() != len(added):
        raise Invalid({field.code: [_("A file was not found. Please upload it again.")]})
    uses.exclude(file_id__in=wanted).delete()
    FileUse.objects.bulk_create(
        FileUse(file_id=file_id, element_id=element_id, field=field.field) for file_id in added
    )


def add_file_uses(schema: Schema, rows: Iterable[Any]) -> None:
    """The uses of rows that were written in bulk with values already checked."""
    fields = [field for field in schema.fields if field.type.reference == "file"]
    FileUse.objects.bulk_create(
        FileUse(file_id=file_id, element_id=row.pk, field=field.field)
        for row in rows
        for field in fields
        for file_id in field.items(field.read(row))
    )
