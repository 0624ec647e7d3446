"""Tell people something in the portal, and by letter where they wish so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from staff.services.notifications import notify
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.people import people_of
from workflows.subjects.links import subject_url

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class Notify(Action):
    """With a link the news loses its words for whoever may not see the element (any more)."""

    slug = "notify"
    label = _("Notification in the portal")
    group = "messages"
    icon = "bell"
    outputs = (Output("count", _("How many were told"), "number"),)

    class Params(ActionParams):
        people: Annotated[list[str], Shown(_("To whom"), widget="people", raw=True)]
        text: Annotated[str, Shown(_("Text"), widget="text")]
        details: Annotated[str, Shown(_("Details"), widget="textarea")] = ""
        link: Annotated[bool, Shown(_("Link to the element"), widget="boolean")] = True

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        people = people_of(params.people, context)
        notify(
            people,
            "process",
            params.text,
            url=subject_url(context.instance) if params.link else "",
            body=params.details,
            key=f"process:{context.instance.pk}:{context.key}",
        )
        context.log("told", {"people": [str(one) for one in people]})
        return {"count": len(people)}
