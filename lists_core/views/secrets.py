"""Revealing a secret, and the tab that tells who did."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.selectors.secrets import looks_at, secret_fields
from lists_core.services.secrets import reveal
from staff.reauth import require_recent
from svod.base.http import PortalRequest


def has_secrets(target: Target) -> bool:
    """There is something to look at, and the person may change the element."""
    return bool(secret_fields(target.schema)) and target.may(Right.CHANGE)


element_tabs.register(
    ElementTab("secrets", _("Who looked"), "element_secrets", order=25, shown=has_secrets)
)


@login_required
@require_POST
@never_cache
@require_recent
def secret_reveal(
    request: PortalRequest, list_id: int, element_id: int, field_id: int
) -> HttpResponse:
    """`{"secret": "…"}`; with `copy` in the body the audit log says "copied", not "shown"."""
    copied = "copy" in request.POST
    text = reveal(list_id, element_id, field_id, actor=request.user, copied=copied)
    return JsonResponse({"secret": text})


@login_required
@require_GET
def element_secrets(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Who looked at the secrets of an element, for those who may change it."""
    target = open_target(request.user, Right.CHANGE, list_id, element_id)
    context = {"looks": looks_at(target.schema, target.id)}
    return element_page(request, target, "secrets", "lists/secrets/looks.html", context)
