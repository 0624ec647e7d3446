"""Somebody answers for every item: whoever makes it, until another is named.

Where a person may add only in the name of some people (their role's scope), they make no item
for others and move none of others there; who may change an item hands it over to anybody.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm_link.kinds import kind_of
from crm_link.lending import RESPONSIBLE
from lists_core.access import Right, list_rights
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
    owner = write.get(RESPONSIBLE)
    if owner == write.actor.pk:  # every scope holds oneself
        return
    place = list_rights(write.actor, write.schema.list_id).place(write.row.section)
    if Right.ADD not in place.on_all and owner not in place.owners(Right.ADD):
        raise Invalid({RESPONSIBLE: [_("Your role does not let you add items for this person.")]})
