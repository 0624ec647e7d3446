"""Pipelines: added, renamed, put into another order, removed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.kinds import DEAL
from crm_link.selectors.kinds import list_of
from crm_link.selectors.stage_pages import bound_to, items_in, live_stages
from crm_link.selectors.stages import pipelines_all, stages_of
from crm_link.services import stages as services
from crm_link.services.pipelines import rename_pipeline, sort_pipelines
from crm_link.services.stage_removal import delete_pipeline
from crm_link.stage_forms import PipelineForm, WhereForm
from crm_link.views.stages import dialog
from lists_core.field_types.pickers import is_id
from svod.base.errors import Conflict, Invalid
from svod.base.htmx import go_to, saved, toast
from svod.base.http import PortalRequest


def stages_address(pipeline_id: int | None = None) -> str:
    own = reverse("crm_stages", args=[DEAL.slug])
    return f"{own}?pipeline={pipeline_id}" if pipeline_id else own


@login_required
@require_http_methods(["GET", "POST"])
def pipeline_add(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    list_ = list_of(DEAL)
    form = PipelineForm(request.POST or None, sources=pipelines_all(list_))
    if form.is_valid():
        given = form.cleaned_data
        try:
            pipeline = services.create_pipeline(
                list_, given["name"], actor=request.user, copy_of=given.get("copy_of")
            )
            return go_to(request, stages_address(pipeline.pk))
        except Invalid as error:
            form.add_domain_errors(error)
    return dialog(request, form, _("New pipeline"))


@login_required
@require_http_methods(["GET", "POST"])
def pipeline_edit(request: PortalRequest, pipeline_id: int) -> HttpResponse:
    require_crm_manager(request.user)
    pipeline = services.access_pipeline(list_of(DEAL), pipeline_id)
    form = PipelineForm(request.POST or None, initial={"name": pipeline.name})
    if form.is_valid():
        try:
            rename_pipeline(
                list_of(DEAL), pipeline_id, form.cleaned_data["name"], actor=request.user
            )
            return go_to(request, stages_address(pipeline_id))
        except Invalid as error:
            form.add_domain_errors(error)
    return dialog(request, form, _("Rename the pipeline"))


@login_required
@require_http_methods(["GET", "POST"])
def pipeline_delete(request: PortalRequest, pipeline_id: int) -> HttpResponse:
    require_crm_manager(request.user)
    list_ = list_of(DEAL)
    pipeline = services.access_pipeline(list_, pipeline_id)
    left = items_in(list_, pipeline_id)
    others = [one for one in live_stages(list_) if one.pipeline_id != pipeline_id]
    form = WhereForm(others, request.POST or None)
    if request.method == "POST" and (form.is_valid() or not left):
        to = form.cleaned_data.get("to") if form.is_valid() else None
        try:
            job = delete_pipeline(list_, pipeline_id, actor=request.user, to=to)
        except (Invalid, Conflict) as error:
            toast(request, str(error), "error")
            return saved(request)
        return go_to(request, reverse("job", args=[job.pk]) if job else stages_address())
    title = _("Delete the pipeline “%(name)s”?") % {"name": pipeline.name}
    bound = bound_to(stages_of(list_, pipeline_id))
    return dialog(request, form, title, left=left, danger=True, bound=bound)


@login_required
@require_POST
def pipelines_order(request: PortalRequest) -> HttpResponse:
    """`ids` in their new order."""
    order = [int(text) for text in request.POST.getlist("ids") if is_id(text)]
    sort_pipelines(list_of(DEAL), order, actor=request.user)
    return HttpResponse(status=204)
