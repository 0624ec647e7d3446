"""Reading fields for the designer."""

from __future__ import annotations

from django.db.models import QuerySet

from lists_core.models import Field, List, TypeChange
from svod.base.errors import NotFound


def access_field(list_: List, field_id: int, *, deleted: bool = False) -> Field:
    """A field of a list that was already accessed; NotFound for another list's."""
    found = list_.fields.filter(pk=field_id, deleted_at__isnull=not deleted)
    field = found.prefetch_related("options").first()
    if field is None:
        raise NotFound
    return field


def deleted_fields(list_: List) -> QuerySet[Field]:
    """The bin of the list's fields, the newest first."""
    return list_.fields.exclude(deleted_at=None).order_by("-deleted_at")


def open_type_changes(list_: List) -> QuerySet[TypeChange]:
    """Changes of type whose old values are still kept, the newest first."""
    return TypeChange.objects.filter(field__list=list_).select_related("field", "actor")
