"""Read an element of any list: its fields become the step's result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.access import Right
from lists_core.selectors.elements import access_element
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.subjects.element import ElementValues

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class ReadElement(Action):
    """The result holds every field under its code, as the process may read it; never a secret."""

    slug = "element_read"
    label = _("Read an element of a list")
    icon = "book"
    outputs = (Output("ID", _("Number of the element"), "number"),)

    class Params(ActionParams):
        list: Annotated[int, Shown(_("List"), widget="list")]
        element: Annotated[int, Shown(_("Element"), widget="element")]

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        actor = context.actor
        _list, schema, row = access_element(actor, Right.VIEW, params.list, params.element)
        return dict(ElementValues(actor, schema, row))
