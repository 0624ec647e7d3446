"""What the picker of CRM items asks while a person types."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_GET

from crm_link.kinds import kinds
from crm_link.selectors.items_found import suggest_items
from svod.base.http import PortalRequest

WORDS_LENGTH = 200


@login_required
@require_GET
def suggest(request: PortalRequest) -> JsonResponse:
    """Items of the `kinds` (slugs with commas): {results: [{value, text, note, icon, optgroup}],
    groups: [{value, label}]}."""
    named = request.GET.get("kinds", "").split(",")
    allowed = [kind for kind in kinds if kind.slug in named]
    found = suggest_items(request.user, allowed, request.GET.get("q", "")[:WORDS_LENGTH])
    results = [
        {
            "value": str(one.ref),
            "text": one.title,
            "note": one.note,
            "icon": kind.icon,
            "optgroup": kind.slug,
        }
        for kind, items in found.items()
        for one in items
    ]
    groups = [{"value": kind.slug, "label": str(kind.plural)} for kind in found]
    return JsonResponse({"results": results, "groups": groups})
