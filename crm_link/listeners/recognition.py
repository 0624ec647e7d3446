"""A lead of somebody known already is linked to that contact and company when it is made."""

from __future__ import annotations

from collections.abc import Sequence

from crm_link.kinds import COMPANY, CONTACT, LEAD, kind_of
from crm_link.selectors.conversion import Lead, known_items
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners


@listeners.register
class Recognition(ElementListener):
    slug = "crm.recognition"

    def hears(self, schema: Schema) -> bool:
        return kind_of(schema.list_system) == LEAD

    def before(self, write: Write) -> None:
        """Links what is clear: one contact, one company; of several a person chooses."""
        if not _is_asked(write):
            return
        known = write.once("known", _known)[write]
        for code, ids in known.items():
            if len(ids) == 1:
                write.set(code, ids[0])


def _is_asked(write: Write) -> bool:
    return write.is_new and not (write.get("CONTACT") or write.get("COMPANY"))


def _known(writes: Sequence[Write]) -> dict[Write, dict[str, list[int]]]:
    asked = [one for one in writes if _is_asked(one)]
    found = known_items([Lead(one.schema, one.row) for one in asked], writes[0].actor)
    pairs = zip(asked, found[CONTACT], found[COMPANY], strict=True)
    return {one: {"CONTACT": contacts, "COMPANY": companies} for one, contacts, companies in pairs}
