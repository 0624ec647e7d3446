"""Write a comment on the element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.services.comments import add_comment
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.people import people_if_any

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class AddComment(Action):
    """In the name of whoever the process works for; those who may not see it are not told."""

    slug = "comment"
    label = _("Comment on the element")
    group = "messages"
    icon = "message"
    outputs = (Output("id", _("Number of the comment"), "number"),)

    class Params(ActionParams):
        text: Annotated[str, Shown(_("Text"), widget="textarea")]
        mention: Annotated[list[str], Shown(_("Mention"), widget="people", raw=True)] = []

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        people = people_if_any(params.mention, context)
        names = ", ".join(f"@{one}" for one in people if f"@{one}" not in params.text)
        text = f"{names}\n{params.text}" if names else params.text
        subject = context.subject
        comment = add_comment(
            subject.schema.list_id,
            subject.row.pk,
            text,
            actor=context.actor,
            mentions=[one.pk for one in people],
        )
        return {"id": comment.pk}
