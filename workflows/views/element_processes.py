"""The processes of an element: those under way, the finished ones, buttons that start others."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import Target, open_target
from lists_core.field_types.pickers import is_id
from svod.base.errors import NotFound
from svod.base.htmx import go_to, is_htmx, saved, toast
from svod.base.http import PortalRequest
from workflows.models import Template
from workflows.parameter_forms import ParameterForm
from workflows.selectors.of_element import processes_of, startable
from workflows.services.instances import declared_by, start
from workflows.views.process import card_context


@login_required
@require_GET
def element_processes(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The tab; with `before` only older finished ones, for "show more"."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    before = request.GET.get("before", "")
    number = int(before) if is_id(before) else 0
    found = processes_of(list_id, element_id, before=number)
    context: dict[str, Any] = {"processes": found, "now": timezone.now()}
    context |= {"list": target.list, "row": target.row}
    if number:
        return render(request, "processes/partials/finished.html", context)
    context |= _opened(request, target)
    if found.open:
        context["first"] = card_context(request.user, found.open[0].instance.pk)
    return element_page(request, target, "processes", "processes/element.html", context)


def _opened(request: PortalRequest, target: Target) -> dict[str, Any]:
    """What may be started here, and what else the person may do."""
    may_run = target.may(Right.RUN)
    return {
        "templates": list(startable(target.list.pk)) if may_run else [],
        "may_run": may_run,
        "may_look_after": target.may(Right.FULL),
        "panel_url": request.get_full_path(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def process_start(
    request: PortalRequest, list_id: int, element_id: int, template_id: int
) -> HttpResponse:
    """Ask once more, then start. `once` of the form lets a second press start nothing."""
    target = open_target(request.user, Right.RUN, list_id, element_id)
    template = startable(list_id).filter(pk=template_id).first()
    if template is None:
        raise NotFound
    form = _form(request, template)
    if request.method == "POST" and form.is_valid():
        return _start(request, template, target, form)
    once = request.POST.get("once") or uuid.uuid4().hex
    context = {"template": template, "row": target.row, "list": target.list, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "processes/start.html", {**context, "once": once}, status=status)


def _form(request: PortalRequest, template: Template) -> ParameterForm:
    data = request.POST if request.method == "POST" else None
    return ParameterForm(data, declared=declared_by(template), actor=request.user)


def _start(
    request: PortalRequest, template: Template, target: Target, form: ParameterForm
) -> HttpResponse:
    once = request.POST.get("once", "")[:40]
    key = f"hand:{request.user.pk}:{template.pk}:{target.id}:{once}" if once else None
    start(
        template,
        actor=request.user,
        subject_id=target.id,
        parameters=form.values,
        start_key=key,
    )
    said = _("“%(name)s” has begun.") % {"name": template.name}
    if is_htmx(request):
        return saved(request, said)
    toast(request, said)
    return go_to(request, reverse("element_processes", args=[target.list.pk, target.id]))
