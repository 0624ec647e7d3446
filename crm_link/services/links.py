"""Values of fields that point to elements of a list: links and CRM bindings alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_link.binding import BINDING
from crm_link.kinds import Kind, kind_of
from crm_link.refs import CrmRef
from lists_core.models import List
from lists_core.schema.fields import SchemaField


def link_value(field: SchemaField, list_id: int, ids: Sequence[int]) -> Any:
    """The natural value of a link field or a binding that names these elements of a list."""
    items: list[Any] = list(ids)
    if field.type.slug == BINDING and ids:
        kind = _kind(list_id)
        items = [CrmRef(kind.slug, pk) for pk in ids] if kind else []
    if field.multiple:
        return items or None
    return items[0] if items else None


def may_link(field: SchemaField, list_: List) -> bool:
    """Whether the field can name elements of the list."""
    if field.type.slug == BINDING:
        kind = kind_of(list_.system)
        return bool(kind and kind.slug in field.field.settings.get("kinds", []))
    return bool(field.type.slug == "element" and field.field.settings.get("list") == list_.pk)


def _kind(list_id: int) -> Kind | None:
    return kind_of(List.objects.values_list("system", flat=True).get(pk=list_id))
