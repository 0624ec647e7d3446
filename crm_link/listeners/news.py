"""Open cards hear that their item was changed."""

from __future__ import annotations

from collections.abc import Sequence

from crm_link.kinds import kind_of
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.live import publish


@listeners.register
class News(ElementListener):
    """Told to those who have to do with the item by its row alone: no query is asked."""

    slug = "crm.news"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) is not None

    def after(self, writes: Sequence[Write]) -> None:
        for write in writes if len(writes) == 1 else ():
            people = {write.actor.pk, write.row.created_by, write.get("RESPONSIBLE")}
            people |= set(write.get("OBSERVERS") or ())
            data = {"element": write.row.pk}
            publish({pk for pk in people if pk}, "crm-item", data)
            publish({pk for pk in people if pk}, "crm", data)
