"""The health of the engine, for administrators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from svod.base.htmx import render_page
from svod.base.http import PortalRequest
from workflows.selectors import health as selectors


@login_required
@require_GET
def health(request: PortalRequest) -> HttpResponse:
    """The page asks for its inner part anew every ten seconds."""
    context = {"health": selectors.health(request.user)}
    return render_page(request, "processes/health.html", context)
