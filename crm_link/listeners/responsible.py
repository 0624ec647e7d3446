"""Somebody answers for every item: whoever makes it, until another is named.

Where a person may add only in the name of some people (their role's scope), they make no item
for others and move none of others there; who may change an item hands it over to anybody.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm_link.access import may_add_for
from crm_link.kinds import kind_of
from crm_link.lending import RESPONSIBLE
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.errors import Invalid


@listeners.register
class Responsible(ElementListener):
    slug = "crm.responsible"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) is not None

    def before(self, write: Write) -> None:
        if RESPONSIBLE not in write.schema.by_code:
            return
        if write.is_new and not write.get(RESPONSIBLE):
            write.set(RESPONSIBLE, write.actor.pk)
        if write.is_new or "section" in write.changes:
            check_place(write)


def check_place(write: Write) -> None:
    """Raise Invalid unless the actor may add items of this responsible in this place."""
    owner, section = write.get(RESPONSIBLE), write.row.section
    if not may_add_for(write.actor, write.schema.list_id, owner, section):
        raise Invalid({RESPONSIBLE: [_("Your role does not let you add items for this person.")]})
