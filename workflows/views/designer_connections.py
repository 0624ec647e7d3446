"""The page of a process's dealings with other programs: its address for them, its secrets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from svod.base.errors import Invalid
from svod.base.htmx import toast
from svod.base.http import PortalRequest
from workflows.models import Hook, Template
from workflows.services.hooks import create_hook, delete_hook, secret_names, set_webhook_secret
from workflows.services.templates import open_template


@login_required
@require_GET
def connections(request: PortalRequest, template_id: int) -> HttpResponse:
    return _page(request, open_template(template_id, actor=request.user))


@never_cache
@login_required
@require_POST
def hook(request: PortalRequest, template_id: int) -> HttpResponse:
    """A new address, shown in this very answer and never again; or none."""
    template = open_template(template_id, actor=request.user)
    if request.POST.get("deed") == "delete":
        delete_hook(template.pk, actor=request.user)
        toast(request, _("The address is gone."))
        return redirect("process_connections", template.pk)
    signed = request.POST.get("signed") == "1"
    try:
        token, secret = create_hook(template.pk, actor=request.user, signed=signed)
    except Invalid as error:
        return _page(request, template, status=422, problem=_text(error))
    portal = settings.PORTAL_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    address = portal + reverse("hook", args=[token])
    return _page(request, template, address=address, secret=secret)


@login_required
@require_POST
def secret(request: PortalRequest, template_id: int) -> HttpResponse:
    """Keep a secret under a name, or with an empty value take it away."""
    template = open_template(template_id, actor=request.user)
    name, value = request.POST.get("name", "").strip(), request.POST.get("value", "")
    try:
        set_webhook_secret(template.pk, name, value, actor=request.user)
    except Invalid as error:
        return _page(request, template, status=422, wrong=_text(error), name=name)
    toast(request, _("The secret is kept.") if value else _("The secret is gone."))
    return redirect("process_connections", template.pk)


def _page(
    request: PortalRequest, template: Template, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "template": template, "list": template.list, "tab": "connections",
        "hook": Hook.objects.filter(template=template).select_related("created_by").first(),
        "names": secret_names(template.pk, actor=request.user),
        **more,
    }  # fmt: skip
    return render(request, "workflows/designer/connections.html", context, status=status)


def _text(error: Invalid) -> str:
    return " ".join(str(text) for texts in error.errors.values() for text in texts)
