"""The search over the whole portal."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from lists_core.selectors.search import search_everywhere
from svod.base.htmx import render_page
from svod.base.http import PortalRequest

MAX_LENGTH = 200


@login_required
@require_GET
def search(request: PortalRequest) -> HttpResponse:
    """Lists, people and elements by name."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_LENGTH]
    context = {"q": text, "global_query": text, "found": search_everywhere(request.user, text)}
    return render_page(request, "search/search.html", context)
