"""The settings of stages and pipelines, and the way to the lists of values."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.kinds import DEAL, Kind, kinds
from crm_link.models import Stage
from crm_link.selectors.kinds import list_of
from crm_link.selectors.stage_pages import (
    bound_to,
    directories,
    live_stages,
    pipeline_rows,
    stage_rows,
)
from crm_link.selectors.stages import standing
from crm_link.services import stages as services
from crm_link.services.stage_removal import delete_stage
from crm_link.settings_pages import settings_tabs
from crm_link.stage_forms import StageForm, WhereForm
from lists_core.field_types.pickers import is_id
from svod.base.errors import Conflict, Invalid, NotFound
from svod.base.htmx import go_to, render_page, saved, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def first(request: PortalRequest) -> HttpResponse:
    """The settings begin with the stages of deals."""
    require_crm_manager(request.user)
    return go_to(request, reverse("crm_stages", args=[DEAL.slug]))


@login_required
@require_GET
def stages(request: PortalRequest, kind: Kind) -> HttpResponse:
    """The stages of leads, or of one pipeline of deals."""
    require_crm_manager(request.user)
    if not kind.staged:
        raise NotFound
    list_ = list_of(kind)
    pipelines = pipeline_rows(list_) if kind.piped else []
    current = chosen(request, pipelines)
    context = {
        "settings_tabs": settings_tabs("stages"),
        "kind": kind,
        "kinds": staged(),
        "list": list_,
        "pipelines": pipelines,
        "pipeline": current,
        "groups": stage_rows(request.user, list_, current["id"] if current else None),
    }
    return render_page(request, "crm/settings/stages.html", context)


def staged() -> list[Kind]:
    return [kind for kind in kinds if kind.staged]


def chosen(request: PortalRequest, pipelines: list[dict[str, Any]]) -> dict[str, Any] | None:
    asked = request.GET.get("pipeline", "")
    by_id = {str(one["id"]): one for one in pipelines}
    return by_id.get(asked) or next(iter(pipelines), None)


def pipeline_asked(request: PortalRequest, kind: Kind) -> int | None:
    asked = request.GET.get("pipeline", "")
    if not kind.piped:
        return None
    if not is_id(asked):
        raise NotFound
    return int(asked)


@login_required
@require_http_methods(["GET", "POST"])
def stage_add(request: PortalRequest, kind: Kind) -> HttpResponse:
    require_crm_manager(request.user)
    list_, pipeline = list_of(kind), pipeline_asked(request, kind)
    failed = request.GET.get("group") == "failure"
    first = {"semantics": Stage.Semantics.FAILURE, "color": "red"} if failed else {}
    form = StageForm(list_, request.POST or None, first=first)
    if form.is_valid():
        try:
            stage = services.add_stage(
                list_, actor=request.user, pipeline_id=pipeline, **form.settings
            )
            services.set_required(stage.pk, form.cleaned_data["required"], actor=request.user)
            return saved(request, _("The stage was added."))
        except Invalid as error:
            form.add_domain_errors(error)
    return dialog(request, form, _("New stage"))


@login_required
@require_http_methods(["GET", "POST"])
def stage_edit(request: PortalRequest, stage_id: int) -> HttpResponse:
    require_crm_manager(request.user)
    stage = stage_of(request, stage_id)
    form = StageForm(stage.option.field.list, request.POST or None, stage=stage)
    if form.is_valid():
        try:
            services.update_stage(stage_id, actor=request.user, **form.settings)
            services.set_required(stage_id, form.cleaned_data["required"], actor=request.user)
            return saved(request, _("Saved."))
        except Invalid as error:
            form.add_domain_errors(error)
        except Conflict as error:
            form.add_error(None, str(error))
    return dialog(request, form, stage.option.name)


def stage_of(request: PortalRequest, stage_id: int) -> Any:
    with transaction.atomic():
        return services.open_stage(stage_id, actor=request.user)


def dialog(request: PortalRequest, form: Any, title: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, **more}
    template = "crm/settings/dialog.html"
    return render_page(request, template, context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def stage_delete(request: PortalRequest, stage_id: int) -> HttpResponse:
    """Asks where the items go, when there are any."""
    require_crm_manager(request.user)
    stage = stage_of(request, stage_id)
    left = standing(stage).count()
    others = [one for one in live_stages(stage.option.field.list) if one.pk != stage.pk]
    form = WhereForm(others, request.POST or None)
    if request.method == "POST" and (form.is_valid() or not left):
        to = form.cleaned_data.get("to") if form.is_valid() else None
        try:
            job = delete_stage(stage_id, actor=request.user, to=to)
        except (Invalid, Conflict) as error:
            toast(request, str(error), "error")
            return saved(request)
        return (
            go_to(request, reverse("job", args=[job.pk])) if job else saved(request, _("Deleted."))
        )
    return dialog(
        request, form, _("Delete the stage “%(name)s”?") % {"name": stage.option.name},
        left=left, danger=True, bound=bound_to([stage]),
    )  # fmt: skip


@login_required
@require_POST
def stages_order(request: PortalRequest, kind: Kind) -> HttpResponse:
    """`ids` in their new order, of the `pipeline` in the address."""
    order = [int(text) for text in request.POST.getlist("ids") if is_id(text)]
    pipeline = pipeline_asked(request, kind)
    services.sort_stages(list_of(kind), order, actor=request.user, pipeline_id=pipeline)
    return HttpResponse(status=204)


@login_required
@require_GET
def directories_page(request: PortalRequest) -> HttpResponse:
    """Sources, types and other choices: options of ordinary fields."""
    require_crm_manager(request.user)
    context = {
        "settings_tabs": settings_tabs("directories"),
        "directories": directories(request.user),
    }
    return render_page(request, "crm/settings/directories.html", context)
