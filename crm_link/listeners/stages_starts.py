"""Tells processes that items came to stages, by an event of the same transaction."""

from __future__ import annotations

from collections.abc import Sequence

from crm_link.kinds import kind_of
from crm_link.triggers.stage import TOPIC
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from lists_core.services.outbox import announce


@listeners.register
class StageStarts(ElementListener):
    slug = "crm.stage_starts"

    def hears(self, schema: Schema) -> bool:
        kind = kind_of(schema.list_system)
        return bool(kind and kind.staged)

    def after(self, writes: Sequence[Write]) -> None:
        came = [
            [one.row.pk, None if one.is_new else one.old("STAGE"), one.get("STAGE")]
            for one in writes
            if one.schema["STAGE"].key in one.changes
        ]
        if came:
            first = writes[0]
            announce(TOPIC, first.schema.list_id, moves=came, actor=first.actor.pk)
