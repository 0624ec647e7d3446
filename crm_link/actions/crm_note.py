"""Write a note into the timeline of the item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import kind_of
from crm_link.services.timeline import note
from workflows.actions.base import Action, ActionParams, Shown, actions
from workflows.engine.errors import Fatal

if TYPE_CHECKING:
    from workflows.engine.context import Context

LONGEST = 10_000


@actions.register
class WriteNote(Action):
    """Unlike a comment it is nobody's speech and cannot be answered or edited."""

    slug = "crm_note"
    label = _("Note in the timeline")
    group = "messages"
    icon = "note"

    class Params(ActionParams):
        text: Annotated[str, Shown(_("Text"), widget="textarea")]

    def run(self, context: Context, params: Params) -> None:
        subject = context.subject
        if subject is None or kind_of(subject.schema.list_system) is None:
            raise Fatal(_g("Only items of CRM have a timeline."))
        note(subject.row.pk, "note", params.text[:LONGEST], actor=context.actor)

    def summary(self, params: Mapping[str, Any]) -> str:
        text = str(params.get("text") or "")
        return _g("Note: %(text)s") % {"text": text[:200]} if text else ""
