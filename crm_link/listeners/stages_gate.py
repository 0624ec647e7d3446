"""An item goes on from the stage of a questionnaire only with the minimal set answered.

Going on is a move to a later stage of the same pipeline that is no failure, from wherever; an
item that is made on such a stage (an old one that is brought in) is not held back. It hears
writes after `stages`, so the stage is settled.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm_link.kinds import kind_of
from crm_link.models import Questionnaire
from crm_link.selectors.questionnaires import Filled, filled, gates_of, holds_back
from lists_core.schema.compile import Schema
from lists_core.services.listeners import ElementListener, Write, listeners
from svod.base.errors import Invalid


@listeners.register
class StageGate(ElementListener):
    slug = "crm.stage_gate"

    def hears(self, schema: Schema) -> bool:
        kind = kind_of(schema.list_system)
        return bool(kind and kind.staged)

    def before(self, write: Write) -> None:
        if write.is_new or not write.touches("STAGE"):
            return
        for gate in gates_of(write.schema):
            state = filled(gate, write.schema, write.row)
            if holds_back(gate, write.schema, write.get("STAGE")) and not state.is_full:
                raise _held_back(gate, state)


def _held_back(gate: Questionnaire, state: Filled) -> Invalid:
    told = _("The questionnaire “%(name)s” asks for this.") % {"name": gate}
    errors = {one.field.code: [told] for one in state.missing}
    text = _("The questionnaire “%(name)s” is not filled in yet: %(fields)s.")
    return Invalid(errors, text % {"name": gate, "fields": state.names()})
