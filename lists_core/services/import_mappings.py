"""Saving, renaming and deleting the mappings of imports."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, may
from lists_core.models import ImportMapping, List
from lists_core.selectors.import_mappings import changeable_mapping
from lists_core.selectors.imports import list_to_fill
from lists_core.transfer.spec import ImportSpec
from staff.models import Employee
from svod.base.errors import Invalid

MAX_NAME = 100
MOST_MAPPINGS = 200
#: What belongs to one file or one import and not to all with the same headings.
PASSING = ("file_id", "dry", "again", "headings")


@transaction.atomic
def save_mapping(list_id: int, name: str, spec: ImportSpec, *, actor: Employee) -> ImportMapping:
    """Keep where the columns of such a file go; all its fields are made. One's own mapping of
    this name is replaced. Raises NotFound, Forbidden, Invalid (under "save_as")."""
    list_ = list_to_fill(actor, list_id)
    List.objects.select_for_update(no_key=True).get(pk=list_.pk)
    clean = _name(name, "save_as")
    found = ImportMapping.objects.filter(list=list_, name=clean).first()
    if found and found.owner_id != actor.pk and not may(actor, Right.FULL, list_):
        raise Invalid({"save_as": [_taken()]})
    if not found and ImportMapping.objects.filter(list=list_).count() >= MOST_MAPPINGS:
        raise Invalid({"save_as": [_("This list has too many mappings. Delete some first.")]})
    row = found or ImportMapping(list=list_, name=clean, owner=actor)
    row.headings, row.choices = list(spec.headings), _choices(spec)
    row.save()
    return row


@transaction.atomic
def rename_mapping(list_id: int, mapping_id: int, name: str, *, actor: Employee) -> ImportMapping:
    """Raises NotFound, Forbidden, Invalid (under "name")."""
    row = changeable_mapping(actor, list_id, mapping_id)
    List.objects.select_for_update(no_key=True).get(pk=row.list_id)
    row.name = _name(name, "name")
    if ImportMapping.objects.filter(list=row.list_id, name=row.name).exclude(pk=row.pk).exists():
        raise Invalid({"name": [_taken()]})
    row.save(update_fields=["name"])
    return row


@transaction.atomic
def delete_mapping(list_id: int, mapping_id: int, *, actor: Employee) -> None:
    """Scheduled imports keep their copies. Raises NotFound, Forbidden."""
    changeable_mapping(actor, list_id, mapping_id).delete()


def _choices(spec: ImportSpec) -> dict[str, Any]:
    return {name: value for name, value in spec.to_json().items() if name not in PASSING}


def _name(name: str, place: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable():
        message = _("Give a name of at most %(count)d signs.") % {"count": MAX_NAME}
        raise Invalid({place: [message]})
    return clean


def _taken() -> str:
    return _("The list has a mapping of this name already.")
