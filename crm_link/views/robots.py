"""What is done by itself on each stage: the simple page over processes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.models import Robot, Stage
from crm_link.robots.compiling import tree_of
from crm_link.robots.form import RobotForm
from crm_link.robots.offered import is_offered, offered
from crm_link.robots.page import RobotsPage
from crm_link.services import robots as services
from crm_link.settings_pages import settings_tabs
from staff.widgets import typed_ids
from svod.base.errors import Invalid
from svod.base.htmx import go_to, render_page, saved, toast
from svod.base.http import PortalRequest
from workflows.actions.base import actions
from workflows.designer.scene import Scene
from workflows.services.templates import may_design


@login_required
@require_GET
def robots(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    page = RobotsPage(request.user, request.GET.get("kind", ""), request.GET.get("pipeline", ""))
    if page.list:
        may_design(request.user, page.list.pk)
    context = {"page": page, "settings_tabs": settings_tabs("robots")}
    return render_page(request, "crm/robots/robots.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def robot_add(request: PortalRequest, stage_id: int) -> HttpResponse:
    """Without `action` the actions to choose from; with it the form of a new robot."""
    stage = services.access_stage(request.user, stage_id)
    slug = request.GET.get("action", "")
    if not slug:
        context: dict[str, Any] = {"stage": stage, "groups": offered()}
        return render_page(request, "crm/robots/choose.html", context)
    if slug not in actions or not is_offered(actions.get(slug)):
        raise Http404
    return _form(request, Robot(stage=stage, action=slug))


@login_required
@require_http_methods(["GET", "POST"])
def robot_edit(request: PortalRequest, robot_id: int) -> HttpResponse:
    return _form(request, services.access_robot(request.user, robot_id))


def _form(request: PortalRequest, robot: Robot) -> HttpResponse:
    if request.method == "GET":
        return _drawn(request, RobotForm(None, robot=robot, scene=_scene(request, robot.stage)))
    posted = RobotForm(request.POST, robot=robot, scene=_scene(request, robot.stage))
    parts = posted.parts()
    errors = posted.mistakes()
    if "redraw" not in request.POST and not errors:
        try:
            return _save(request, robot, parts)
        except Invalid as error:
            errors = error.errors
    for name, value in parts.items():
        setattr(robot, name, value)
    again = RobotForm(None, robot=robot, scene=posted.scene, kind=posted.kind)
    return _drawn(request, again, {} if "redraw" in request.POST else errors)


def _save(request: PortalRequest, robot: Robot, parts: dict[str, Any]) -> HttpResponse:
    if robot.pk:
        services.save_robot(robot.pk, actor=request.user, **parts)
    else:
        services.add_robot(robot.stage_id, robot.action, actor=request.user, **parts)
    return saved(request, _("The robots of the stage “%(stage)s” are changed.") % {
        "stage": robot.stage})  # fmt: skip


def _drawn(
    request: PortalRequest, form: RobotForm, errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    texts = [text for some in (errors or {}).values() for text in some]
    context = {"form": form, "robot": form.robot, "action": form.action, "errors": texts}
    return render_page(request, "crm/robots/form.html", context, status=422 if texts else 200)


def _scene(request: PortalRequest, stage: Stage) -> Scene:
    template = services.template_for(stage, actor=request.user)
    others = list(Robot.objects.filter(stage=stage))
    return Scene(template, tree_of(stage, others), request.user)


@login_required
@require_POST
def robot_switch(request: PortalRequest, robot_id: int) -> HttpResponse:
    """On or off."""
    robot = services.access_robot(request.user, robot_id)
    services.save_robot(robot.pk, actor=request.user, is_on=not robot.is_on)
    return _back(request, robot.stage)


@login_required
@require_POST
def robot_delete(request: PortalRequest, robot_id: int) -> HttpResponse:
    robot = services.access_robot(request.user, robot_id)
    services.delete_robot(robot.pk, actor=request.user)
    toast(request, _("The robot is deleted."))
    return _back(request, robot.stage)


@login_required
@require_POST
def robots_order(request: PortalRequest, stage_id: int) -> HttpResponse:
    ids = [one for text in request.POST.getlist("ids") for one in typed_ids(text)]
    services.sort_robots(stage_id, ids, actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def robots_detach(request: PortalRequest, stage_id: int) -> HttpResponse:
    """From now on an ordinary process, in the designer."""
    template = services.detach_robots(stage_id, actor=request.user)
    return go_to(request, reverse("process_design", args=[template.pk]))


def _back(request: PortalRequest, stage: Stage) -> HttpResponse:
    return go_to(request, services.page_url(stage))
