"""The buttons that processes show on their element."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from svod.base.errors import Conflict, Invalid
from svod.base.htmx import go_to, is_htmx, saved, toast
from svod.base.http import PortalRequest
from workflows.models import Instance
from workflows.selectors.buttons import access_button
from workflows.services.commands import press


@login_required
@require_http_methods(["GET", "POST"])
def command(request: PortalRequest, command_id: int) -> HttpResponse:
    """The dialog that asks for a comment, and the press itself."""
    if request.method == "GET":
        return _dialog(request, command_id)
    comment = request.POST.get("comment", "")
    try:
        instance = press(command_id, actor=request.user, comment=comment)
    except Invalid as error:
        errors = error.errors.get("comment", [])
        return _dialog(request, command_id, status=422, errors=errors, typed=comment)
    except Conflict as error:  # somebody was quicker
        toast(request, error, "error")
        return saved(request) if is_htmx(request) else go_to(request, "home")
    return _pressed(request, instance)


def _pressed(request: PortalRequest, instance: Instance) -> HttpResponse:
    said = _("Done: the process goes on.")
    if is_htmx(request):
        return saved(request, said)
    toast(request, said)
    return go_to(request, reverse("instance", args=[instance.pk]))


def _dialog(
    request: PortalRequest, command_id: int, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"command": access_button(request.user, command_id), **more}
    return render(request, "processes/command.html", context, status=status)
