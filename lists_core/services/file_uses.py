"""Which files stand in which elements: the ground of the right to download them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.models import FileUse, StoredFile
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.files import files_by_id
from staff.models import Employee
from svod.base.errors import Invalid


def keep_file_uses(
    schema: Schema, element_id: int, cleaned: Mapping[SchemaField, Any], *, actor: Employee
) -> None:
    """Make the uses equal to the values just written.

    A file that is new to the element must be one that the actor may read (his own upload, or
    a file of an element he is copying): an id guessed in a form gives nobody somebody else's
    file. Raises Invalid.
    """
    for field, value in cleaned.items():
        if field.type.reference == "file":
            _keep(field, element_id, set(field.items(value)), actor)


def put_back_file_uses(schema: Schema, element_id: int, cleaned: Mapping[SchemaField, Any]) -> None:
    """The same for values that the element had a while ago: nobody's right to the files is
    asked, for these are its own. Raises Invalid for one that was removed since."""
    for field, value in cleaned.items():
        if field.type.reference == "file":
            _keep(field, element_id, set(field.items(value)), None)


def _keep(field: SchemaField, element_id: int, wanted: set[int], actor: Employee | None) -> None:
    uses = FileUse.objects.filter(element_id=element_id, field=field.field)
    present = set(uses.values_list("file_id", flat=True))
    added, removed = wanted - present, present - wanted
    if added:
        _check(field, added, len(wanted), actor)
    uses.filter(file_id__in=removed).delete()
    release(removed)
    FileUse.objects.bulk_create(
        FileUse(file_id=file_id, element_id=element_id, field=field.field) for file_id in added
    )


def _check(field: SchemaField, added: set[int], count: int, actor: Employee | None) -> None:
    files = files_by_id(actor, added) if actor else StoredFile.objects.in_bulk(added)
    if len(files) != len(added):
        raise Invalid({field.code: [_("A file was not found. Please upload it again.")]})
    try:
        field.type.check_files(field.field, files.values(), count=count)  # type: ignore[attr-defined]
    except ValidationError as error:
        raise Invalid({field.code: error.messages}) from error


def release(file_ids: Collection[int]) -> None:
    """Start the time after which files that nothing holds any more are removed."""
    if file_ids:
        StoredFile.objects.filter(pk__in=file_ids).update(released_at=timezone.now())


def copy_file_uses(schema: Schema, copies: Mapping[int, int]) -> None:
    """Files of elements copied into the list of `schema`: old element id → new element id.

    The fields of the copy have the codes of the original's. Two queries.
    """
    fields = {field.code: field.field for field in schema.fields if field.type.reference == "file"}
    uses = FileUse.objects.filter(element_id__in=copies, field__code__in=fields)
    FileUse.objects.bulk_create(
        FileUse(file_id=file_id, element_id=copies[element_id], field=fields[code])
        for file_id, element_id, code in uses.values_list("file_id", "element_id", "field__code")
    )
