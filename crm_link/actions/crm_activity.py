"""Plan an activity about the item: a call, a meeting, a letter, a task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.kinds import kind_of
from crm_link.models import Activity
from crm_link.services.activities import create_activity
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.durations import MaybeDuration, moment_after
from workflows.engine.errors import Fatal
from workflows.people import people_of

if TYPE_CHECKING:
    from workflows.engine.context import Context

KINDS = dict(Activity.Kind.choices)
#: What is planned when nothing is chosen stands first.
CHOICES = {"todo": KINDS["todo"], **KINDS}
RESPONSIBLE = "{{Document.RESPONSIBLE}}"


@actions.register
class PlanActivity(Action):
    """The responsible of the item gets it, unless others are named: then the first of them."""

    slug = "crm_activity"
    label = _("Plan an activity")
    group = "people"
    icon = "calendar-plus"
    outputs = (Output("id", _("Number of the activity"), "number"),)

    class Params(ActionParams):
        kind: Annotated[
            Literal["call", "meeting", "task", "email", "todo"],
            Shown(_("Kind"), widget="choice", options=CHOICES),
        ] = "todo"
        subject: Annotated[str, Shown(pgettext_lazy("activity", "Subject"), widget="text")]
        description: Annotated[str, Shown(_("Description"), widget="textarea")] = ""
        people: Annotated[list[Any], Shown(_("Responsible"), widget="people", raw=True)] = [
            RESPONSIBLE
        ]
        period: Annotated[MaybeDuration, Shown(_("Time to do it"), widget="duration")] = None
        until: Annotated[
            datetime | None,
            Shown(
                _("Or a date"), widget="datetime", help=_("Goes before the time to do it."),
            ),
        ] = None  # fmt: skip

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        subject = context.subject
        if subject is None or kind_of(subject.schema.list_system) is None:
            raise Fatal(_g("Only items of CRM have a timeline."))
        deadline = params.until
        if deadline is None and params.period:
            calendar = context.calendar if params.period.by_calendar else None
            deadline = moment_after(context.now, params.period, calendar)
        row = create_activity(
            subject.row.pk,
            actor=context.actor,
            process_id=context.instance.pk,
            kind=params.kind,
            subject=params.subject[:300],
            description=params.description,
            responsible_id=people_of(params.people, context)[0].pk,
            deadline=deadline,
        )
        return {"id": row.pk}

    def summary(self, params: Mapping[str, Any]) -> str:
        kind = KINDS.get(str(params.get("kind") or "todo"), "")
        subject = str(params.get("subject") or "")
        return f"{kind}: {subject}" if subject else ""
