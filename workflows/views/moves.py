"""Moving running processes to the version in force: what would happen, then doing it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lists_core.services.jobs import start_job
from svod.base.errors import NotFound
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast
from svod.base.http import PortalRequest
from workflows.engine.state import State
from workflows.engine.tree import program
from workflows.models import Instance
from workflows.selectors.instances import access_instance
from workflows.services.templates import open_template
from workflows.services.versions import move_to_version, obstacles, preview
from workflows.values import load


@login_required
@require_http_methods(["GET", "POST"])
def process_move(request: PortalRequest, template_id: int) -> HttpResponse:
    """All open instances of a process that stand on other versions."""
    template = open_template(template_id, actor=request.user)
    version = template.active_version
    if version is None:
        raise NotFound
    if request.method == "POST":
        job = start_job("move_processes", actor=request.user, version=version.pk)
        return go_to(request, job)
    found = preview(version.pk, actor=request.user)
    context: dict[str, Any] = {
        "template": template,
        "version": version,
        "preview": found,
        "kept": found.kept.most_common(),
        "places": found.places.most_common(),
    }
    return render_page(request, "processes/move.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def instance_move(request: PortalRequest, instance_id: int) -> HttpResponse:
    """One instance; the dialog says why it cannot go, if it cannot."""
    found = access_instance(request.user, instance_id)
    template = open_template(found.version.template_id, actor=request.user)
    target = template.active_version_id
    if found.is_over or target is None or target == found.version_id:
        raise NotFound
    if request.method == "GET":
        context = {"instance": found, "version": template.active_version,
                   "reasons": _reasons(found, target)}  # fmt: skip
        return render(request, "processes/move_one.html", context)
    moved = move_to_version(target, actor=request.user, instance_ids=[found.pk])
    said = _("The process was moved to the new version.") if moved else _("It cannot be moved now.")
    if is_htmx(request):
        toast(request, said, "success" if moved else "warning")
        return saved(request)
    toast(request, said)
    return go_to(request, reverse("instance", args=[found.pk]))


def _reasons(instance: Instance, target: int) -> list[str]:
    state = State.from_json(load(instance.state))
    return list(obstacles(instance, state, program(instance.version_id), program(target)))
