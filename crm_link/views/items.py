"""The start of CRM, the tables of items and their cards."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm_link.kinds import Kind
from crm_link.selectors.kinds import is_set_up, list_of, visible_kinds
from crm_link.services.roles import create_ready_roles
from crm_link.services.setup import set_up_crm
from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import open_target
from lists_core.shown import shown_values
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def crm(request: PortalRequest) -> HttpResponse:
    """To the deals, or to the first kind that the person may see; before the setting up, the
    offer to set CRM up."""
    seen = visible_kinds(request.user)
    if seen:
        slug = "deal" if "deal" in seen else next(iter(seen))
        return go_to(request, reverse("crm_items", args=[slug]))
    return render_page(request, "crm/start.html", {"is_set_up": is_set_up()})


@login_required
@require_POST
def set_up(request: PortalRequest) -> HttpResponse:
    set_up_crm(actor=request.user)
    create_ready_roles(actor=request.user)
    toast(request, _("CRM is ready."))
    return go_to(request, reverse("crm"))


@login_required
@require_GET
def card(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """An item with all that belongs to it."""
    target = open_target(request.user, Right.VIEW, list_of(kind).pk, element_id)
    context = shown_values(target)
    return element_page(request, target, "fields", "lists/element/element.html", context)
