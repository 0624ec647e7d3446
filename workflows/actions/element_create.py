"""Add an element to a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.access import schema_for
from lists_core.services.elements import create_element
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.elements import field_values, list_named

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class CreateElement(Action):
    slug = "element_create"
    label = _("Create an element of a list")
    icon = "square-plus"
    outputs = (Output("id", _("Number of the element"), "number"),)

    class Params(ActionParams):
        list: Annotated[int, Shown(_("List"), widget="list")]
        values: Annotated[dict[str, Any], Shown(_("Values of fields"), widget="values")]
        section: Annotated[int | None, Shown(_("Section"), widget="section")] = None

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        actor = context.actor
        list_ = list_named(actor, params.list)
        values = field_values(schema_for(actor, list_, new=True), params.values, actor=actor)
        row = create_element(list_.pk, values, actor=actor, section_id=params.section)
        return {"id": row.pk}
