"""The start of CRM."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm_link.selectors.kinds import is_set_up, visible_kinds
from crm_link.services.roles import create_ready_roles
from crm_link.services.setup import set_up_crm
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
