"""What the picker of people, departments and groups asks."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_GET

from staff import selectors_subjects
from staff.subject_picker import group_names, looks
from svod.base.http import PortalRequest


@login_required
@require_GET
def suggest(request: PortalRequest) -> JsonResponse:
    """What fits the words `q`, under headings; `author=1` offers an element's author too."""
    text = request.GET.get("q", "").replace("\0", "")
    author = request.GET.get("author") == "1"
    found = selectors_subjects.suggest(request.user, text, author=author)
    rows = [{"value": view.code, "text": view.name, **looks(view)} for view in found]
    groups = [{"value": slug, "label": name} for slug, name in group_names().items()]
    return JsonResponse({"results": rows, "groups": groups})
