"""Change the element that the process runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.services.elements import Changed, update_element
from workflows.actions.base import Action, ActionParams, Shown, actions
from workflows.elements import field_values
from workflows.engine.errors import Retry

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class UpdateElement(Action):
    slug = "element_update"
    label = _("Change the element")
    icon = "edit"

    class Params(ActionParams):
        values: Annotated[dict[str, Any], Shown(_("Values of fields"), widget="values")]

    def run(self, context: Context, params: Params) -> None:
        subject = context.subject
        values = field_values(subject.schema, params.values, actor=context.actor)
        row = subject.row
        try:
            update_element(
                subject.schema.list_id, row.pk, values, version=row.version, actor=context.actor,
                strict=True,
            )  # fmt: skip
        except Changed as error:  # somebody saved what a formula may have read
            raise Retry(str(error)) from error
