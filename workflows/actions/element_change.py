"""Change an element of any list, named by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from lists_core.access import Right
from lists_core.selectors.elements import access_element
from lists_core.services.elements import Changed, update_element
from workflows.actions.base import Action, ActionParams, Shown, actions
from workflows.elements import field_values
from workflows.engine.errors import Retry

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class ChangeElement(Action):
    slug = "element_change"
    label = _("Change an element of a list")
    icon = "pencil"

    class Params(ActionParams):
        list: Annotated[int, Shown(_("List"), widget="list")]
        element: Annotated[int, Shown(_("Element"), widget="element")]
        values: Annotated[dict[str, Any], Shown(_("Values of fields"), widget="values")]

    def run(self, context: Context, params: Params) -> None:
        actor = context.actor
        _list, schema, row = access_element(actor, Right.CHANGE, params.list, params.element)
        values = field_values(schema, params.values, actor=actor)
        try:
            update_element(params.list, row.pk, values, version=row.version, actor=actor)
        except Changed as error:
            raise Retry(str(error)) from error
