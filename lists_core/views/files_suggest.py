"""What pickers ask while a person types."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_GET

from lists_core.selectors.suggest import suggest_elements
from svod.base.http import PortalRequest

WORDS_LENGTH = 200


@login_required
@require_GET
def element_suggest(request: PortalRequest, list_id: int) -> JsonResponse:
    """Elements of a list: {"results": [{value, text, note}]}."""
    found = suggest_elements(request.user, list_id, asked_words(request))
    return JsonResponse(
        {"results": [{"value": pk, "text": name, "note": note} for pk, name, note in found]}
    )


def asked_words(request: PortalRequest) -> str:
    """What was typed, without the sign that PostgreSQL cannot take."""
    return request.GET.get("q", "")[:WORDS_LENGTH].replace("\0", "")
