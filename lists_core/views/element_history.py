"""The history tab of an element."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, element_tabs, open_target
from lists_core.field_types.pickers import is_id
from lists_core.selectors.across import linked_from
from lists_core.selectors.history import history_of
from svod.base.http import PortalRequest

element_tabs.register(ElementTab("history", _("History"), "element_history", order=20))
element_tabs.register(ElementTab("uses", _("Used in"), "element_uses", order=30))


@login_required
@require_GET
def element_history(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Writes to the element, newest first; with `before` only older ones, for "show more"."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    before = request.GET.get("before", "")
    number = int(before) if is_id(before) else 0
    history = history_of(target.schema, target.id, actor=target.actor, before=number)
    context = {"history": history, "list": target.list, "row": target.row}
    if number:
        return render(request, "lists/element/partials/history_entries.html", context)
    return element_page(request, target, "history", "lists/element/history.html", context)


@login_required
@require_GET
def element_uses(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The elements of other lists that link to this one."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    context = {"uses": linked_from(target.actor, list_id, element_id)}
    return element_page(request, target, "uses", "lists/element/uses.html", context)
