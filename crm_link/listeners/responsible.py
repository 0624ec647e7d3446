"""Somebody answers for every item: whoever makes it, until another is named."""

from __future__ import annotations

from crm_link.kinds import kind_of
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners


@listeners.register
class Responsible(ElementListener):
    slug = "crm.responsible"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) is not None

    def before(self, write: Write) -> None:
        if write.is_new and not write.get("RESPONSIBLE"):
            write.set("RESPONSIBLE", write.actor.pk)
