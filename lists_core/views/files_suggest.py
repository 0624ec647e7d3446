"""What pickers ask while a person types."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right
from lists_core.new_values import takes_new_values
from lists_core.schema.cache import schema_of
from lists_core.selectors.fence import TooSlow
from lists_core.selectors.lists import access_list
from lists_core.selectors.suggest import picker_wants, suggest_elements
from lists_core.services.elements import create_element
from lists_core.services.index_use import note, size_of
from lists_core.services.values import reasons
from svod.base.errors import Forbidden, Invalid
from svod.base.http import PortalRequest

WORDS_LENGTH = 200


@login_required
@require_GET
def element_suggest(request: PortalRequest, list_id: int) -> JsonResponse:
    """Elements of a list: {"results": [{value, text, note}]}, or why there are none in "told"."""
    if size_of(list_id):
        note(list_id, picker_wants(request.user, list_id))
    try:
        found = suggest_elements(request.user, list_id, asked_words(request))
    except TooSlow:
        told = _("The search takes too long: type more letters.")
        return JsonResponse({"results": [], "told": told})
    return JsonResponse(
        {"results": [{"value": pk, "text": name, "note": note} for pk, name, note in found]}
    )


@login_required
@require_POST
def element_quick_add(request: PortalRequest, list_id: int) -> JsonResponse:
    """A new element by its `name`, where one is chosen: {value, text}, or 422 with {error}."""
    list_ = access_list(request.user, Right.ADD, list_id)
    if not takes_new_values(request.user, list_):
        raise Forbidden
    name = request.POST.get("name", "").replace("\0", "")
    try:
        row = create_element(list_id, {"NAME": name}, actor=request.user)
    except Invalid as error:
        return JsonResponse({"error": reasons(schema_of(list_), error)}, status=422)
    return JsonResponse({"value": row.pk, "text": row.name})


def asked_words(request: PortalRequest) -> str:
    """What was typed, without the sign that PostgreSQL cannot take."""
    return request.GET.get("q", "")[:WORDS_LENGTH].replace("\0", "")
