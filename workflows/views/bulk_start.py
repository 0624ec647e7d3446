"""A process for many elements of a grid: which one, with what parameters."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lists_core.access import Right
from lists_core.field_types.pickers import is_id
from lists_core.grid.bulk_answers import carried_out
from lists_core.grid.target import Target, is_opening, target_of
from svod.base.errors import NotFound
from svod.base.http import PortalRequest
from workflows.models import Template
from workflows.parameter_forms import ParameterForm
from workflows.selectors.of_element import startable
from workflows.services.instances import declared_by
from workflows.values import ValueEncoder


@login_required
@require_http_methods(["GET", "POST"])
def start_on_many(request: PortalRequest, list_id: int) -> HttpResponse:
    """First the process (`template` in the address), then its parameters, then the start."""
    target = target_of(request, list_id, Right.RUN)
    templates = list(startable(list_id))
    if not templates:
        raise NotFound
    chosen = _chosen(request, templates)
    form, opening = _form(request, chosen), is_opening(request)
    if not opening and chosen and form and form.is_valid():
        return _start(request, target, chosen, form.values)
    context = {
        "target": target,
        "templates": templates,
        "chosen": chosen,
        "form": form,
        "opening": opening,
    }
    status = 200 if opening else 422
    return render(request, "processes/bulk_start.html", context, status=status)


def _chosen(request: PortalRequest, templates: list[Template]) -> Template | None:
    """The one asked for; the only one there is."""
    asked = request.POST.get("template") or request.GET.get("template", "")
    if not asked:
        return templates[0] if len(templates) == 1 else None
    known = {one.pk: one for one in templates}
    if not is_id(asked) or int(asked) not in known:
        raise NotFound
    return known[int(asked)]


def _form(request: PortalRequest, template: Template | None) -> ParameterForm | None:
    if template is None:
        return None
    data = None if is_opening(request) else request.POST
    declared = declared_by(template)
    return ParameterForm(data, declared=declared, actor=request.user, prefix="p")


def _start(
    request: PortalRequest, target: Target, template: Template, values: dict[str, Any]
) -> HttpResponse:
    plain = json.loads(json.dumps(values, cls=ValueEncoder))
    return carried_out(request, "bulk_start", target, template=template.pk, parameters=plain)
