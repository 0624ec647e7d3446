"""What the picker of subjects asks for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from staff.selectors_subjects import suggest


@login_required
@require_GET
def subjects_suggest(request: HttpRequest) -> JsonResponse:
    """[{value, text, note, icon}] for `<svod-select>`; `author=1` offers the author too."""
    words = request.GET.get("q", "")[:200].replace("\0", "")
    found = suggest(words, author=request.GET.get("author") == "1")
    rows = [
        {"value": view.code, "text": view.name, "note": view.hint, "icon": view.icon}
        for view in found
    ]
    return JsonResponse({"results": rows})
