"""Move an item to a stage, of another pipeline too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import kind_of
from crm_link.models import Stage
from crm_link.services.items import move_to_stage
from lists_core.services.elements import Changed
from svod.base.errors import NotFound
from workflows.actions.base import Action, ActionParams, Shown, actions
from workflows.engine.errors import Fatal, Retry

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class MoveToStage(Action):
    """The pipeline follows the stage; what the stage asks for must be filled in."""

    slug = "crm_move"
    label = _("Move to a stage")
    icon = "arrow-right"

    class Params(ActionParams):
        stage: Annotated[int, Shown(_("Stage"), widget="crm_stage")]
        item: Annotated[
            int | None,
            Shown(_("Number of the item"), widget="number", help=_("Empty: the process's own.")),
        ] = None

    def run(self, context: Context, params: Params) -> None:
        stage = stage_named(params.stage)
        kind = kind_of(stage.option.field.list.system)
        own = context.instance.subject_id if params.item is None else params.item
        if kind is None or own is None:
            raise Fatal(_g("There is no item to be moved."))
        if params.item is None and context.instance.list_id != stage.option.field.list_id:
            raise Fatal(_g("The stage belongs to items of another kind."))
        try:
            move_to_stage(kind, own, stage.pk, actor=context.actor)
        except Changed as error:
            raise Retry(str(error)) from error

    def summary(self, params: Mapping[str, Any]) -> str:
        number = params.get("stage")
        found = Stage.objects.filter(pk=number).first() if isinstance(number, int) else None
        return _g("Move to the stage “%(stage)s”") % {"stage": found} if found else ""


def stage_named(number: int) -> Stage:
    """A live stage. Raises NotFound with a plain reason."""
    rows = Stage.objects.select_related("option__field__list", "pipeline")
    found = rows.filter(pk=number, option__deleted_at=None).first()
    if found is None:
        raise NotFound(_("There is no such stage any more."))
    return found
