"""A lead of somebody known already is linked to that contact and company when it is made."""

from __future__ import annotations

from crm_link.kinds import LEAD, kind_of
from crm_link.selectors.conversion import Lead, known_companies, known_contacts
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners


@listeners.register
class Recognition(ElementListener):
    slug = "crm.recognition"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) == LEAD

    def before(self, write: Write) -> None:
        """Links what is clear: one contact, one company; of several a person chooses."""
        if not write.is_new or write.get("CONTACT") or write.get("COMPANY"):
            return
        lead = Lead(write.schema, write.row)
        found = {
            "CONTACT": known_contacts(lead, write.actor),
            "COMPANY": known_companies(lead, write.actor),
        }
        for code, ids in found.items():
            if len(ids) == 1:
                write.set(code, ids[0])
