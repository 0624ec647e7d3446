"""The tab of an element's values."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lists_core.access import Right
from lists_core.addresses import element_url
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, element_tabs, open_target
from lists_core.shown import shown_values
from svod.base.htmx import wants_fragment
from svod.base.http import PortalRequest

element_tabs.register(ElementTab("fields", _("Fields"), "element", order=0))


@login_required
@require_GET
def element(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The values of an element."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    if target.list.system and not wants_fragment(request):  # it has a card of its own
        return redirect(element_url(target.list, element_id))
    context = shown_values(target)
    return element_page(request, target, "fields", "lists/element/element.html", context)
