"""Start another process, and wait for what it returns if that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from svod.base.errors import Forbidden, NotFound
from workflows.actions.base import Action, ActionParams, Output, Shown, Wait, actions
from workflows.models import Template
from workflows.services.instances import launch
from workflows.subjects.base import subjects

if TYPE_CHECKING:
    from workflows.engine.context import Context


@actions.register
class StartProcess(Action):
    slug = "start_process"
    label = _("Start a process")
    group = "control"
    icon = "player-play"
    outputs = (
        Output("instance", _("Number of the process"), "number"),
        Output("status", _("How it ended")),
    )

    class Params(ActionParams):
        process: Annotated[str, Shown(_("Process"), widget="process")]
        element: Annotated[int | None, Shown(_("Element"), widget="element")] = None
        parameters: Annotated[dict[str, Any], Shown(_("Parameters"), widget="parameters")] = {}
        wait: Annotated[bool, Shown(_("Wait until it is over"), widget="boolean")] = False

    def run(self, context: Context, params: Params) -> Wait | dict[str, Any]:
        template = _template(params.process)
        element = _element(context, template, params)
        child = launch(
            template,
            context.actor,
            subject_id=element,
            parameters=params.parameters,
            start_key=f"call:{context.instance.pk}:{context.key}",
            parent=(context.instance, context.key if params.wait else ""),
            now=context.now,
        )
        context.log("started", {"instance": child.pk, "template": template.name})
        return Wait() if params.wait else {"instance": child.pk}


def _template(code: str) -> Template:
    rows = Template.objects.select_related("list", "service_employee")
    template = rows.filter(code=code, deleted_at=None).first()
    if template is None:
        raise NotFound(_g("There is no process “%(code)s”.") % {"code": code})
    return template


def _element(context: Context, template: Template, params: StartProcess.Params) -> int | None:
    """The element it is to run on: the one named, or the process's own one of the same list."""
    own = context.instance
    element = params.element
    if element is None and own.list_id == template.list_id:
        element = own.subject_id
    if element is not None:
        kind = subjects.get(template.subject)
        if not kind.may_run(context.actor, template.list_id, element):
            raise Forbidden
    return element
