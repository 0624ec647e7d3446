"""Contact points follow every write to an item, so that duplicates are found at once."""

from __future__ import annotations

from collections.abc import Sequence

from crm_link.kinds import kind_of
from crm_link.services.points import drop_points, keep_points, telling_fields
from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners

Written = ElementVersion.Kind


@listeners.register
class Points(ElementListener):
    slug = "crm.points"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) is not None

    def after(self, writes: Sequence[Write]) -> None:
        schema, written = writes[0].schema, writes[0].kind
        kind = kind_of(schema.list_system)
        if kind is None:
            return
        if written == Written.DELETED:
            drop_points(schema, [one.row.pk for one in writes])
            return
        keys = {field.key for field in telling_fields(schema)}
        whole = written != Written.CHANGED
        rows = [one.row for one in writes if whole or not keys.isdisjoint(one.changes)]
        if rows:
            keep_points(kind, schema, rows, new=written == Written.CREATED)
