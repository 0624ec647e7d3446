"""Create a lead, deal, contact or company that is linked with the process's item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from crm_link.actions.crm_move import stage_named
from crm_link.kinds import Kind, kind_of
from crm_link.services.item_links import link_back, links_to
from crm_link.services.items import create_item
from lists_core.access import schema_for
from svod.base.errors import Invalid
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.elements import field_values, list_named

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class CreateItem(Action):
    """Links are made wherever one of the two has a field for the other."""

    slug = "crm_create"
    label = _("Create a CRM item")
    icon = "square-plus"
    outputs = (Output("id", _("Number of the element"), "number"),)

    class Params(ActionParams):
        list: Annotated[int, Shown(_("What to create"), widget="crm_list")]
        values: Annotated[dict[str, Any], Shown(_("Values of fields"), widget="values")]
        stage: Annotated[
            int | None,
            Shown(_("Stage"), widget="crm_stage", help=_("Empty: the first one.")),
        ] = None
        link: Annotated[bool, Shown(_("Link it with this item"), widget="boolean")] = True

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        actor = context.actor
        list_ = list_named(actor, params.list)
        kind = _kind(list_.system)
        schema = schema_for(actor, list_, new=True)
        values = field_values(schema, params.values, actor=actor)
        stage = stage_named(params.stage) if params.stage and kind.staged else None
        if stage is not None:
            values["STAGE"] = stage.pk
        own = context.instance.list_id
        linked = params.link and own is not None and context.instance.subject_id is not None
        if linked:
            subject = int(context.instance.subject_id or 0)
            values = {**links_to(schema, own or 0, subject), **values}
        row = create_item(
            kind, values, actor=actor, pipeline_id=stage.pipeline_id if stage else None
        )
        if linked:
            link_back(context.subject, list_.pk, row.pk, actor=actor)
        return {"id": row.pk}

    def mistakes(self, params: Mapping[str, Any]) -> Any:
        values = params.get("values")
        if isinstance(values, Mapping) and not values.get("NAME"):
            yield "values", str(_("The name of what is created is missing."))


def _kind(system: str) -> Kind:
    kind = kind_of(system)
    if kind is None:
        text = _("Choose leads, deals, contacts or companies.")
        raise Invalid({"list": [text]}, text)
    return kind
