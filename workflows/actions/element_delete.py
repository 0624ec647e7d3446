"""Move an element of a list to the bin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.services.elements import delete_elements
from workflows.actions.base import Action, ActionParams, Output, Shown, actions

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class DeleteElement(Action):
    slug = "element_delete"
    label = _("Delete an element of a list")
    icon = "trash"
    outputs = (Output("deleted", _("How many were deleted"), "number"),)

    class Params(ActionParams):
        list: Annotated[int, Shown(_("List"), widget="list")]
        element: Annotated[int, Shown(_("Element"), widget="element")]

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        deleted = delete_elements(params.list, [params.element], actor=context.actor)
        return {"deleted": deleted}
