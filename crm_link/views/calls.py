"""The log of calls, and the item that somebody gives to a call which found none."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from crm_link.access import may_manage_crm
from crm_link.call_form import CallPlaceForm
from crm_link.selectors.calls import SHOWS, access_call, calls_page
from crm_link.services.calls import place_call
from lists_core.field_types.pickers import is_id
from svod.base.errors import Conflict, NotFound
from svod.base.htmx import go_to, is_htmx, render_page, saved, toast, wants_fragment
from svod.base.http import PortalRequest

LABELS = {
    "all": gettext_lazy("All calls"),
    "mine": gettext_lazy("My calls"),
    "missed": gettext_lazy("Missed calls"),
    "unplaced": gettext_lazy("Without an item"),
}


@login_required
@require_GET
def calls(request: PortalRequest) -> HttpResponse:
    """`?show=missed&before=5`: those of one kind that are older than a call."""
    show, before = request.GET.get("show", ""), request.GET.get("before", "")
    show = show if show in SHOWS else "all"
    found = calls_page(request.user, show, int(before) if is_id(before) else 0)
    context = {
        "page": found,
        "show": show,
        "before": before if is_id(before) else "",
        "tabs": tabs(show),
        "manages": may_manage_crm(request.user),
    }
    return render_page(request, "crm/calls/list.html", context)


def tabs(show: str) -> list[dict[str, Any]]:
    here = reverse("crm_calls")
    return [
        {"label": label, "url": f"{here}?show={slug}", "current": slug == show}
        for slug, label in LABELS.items()
    ]


@login_required
@require_http_methods(["GET", "POST"])
def call_place(request: PortalRequest, call_id: int) -> HttpResponse:
    """Choose the lead, contact, company or deal of a call."""
    call = access_call(request.user, call_id)
    form = CallPlaceForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            place_call(call_id, form.cleaned_data["item"].id, actor=request.user)
            return done(request)
        except NotFound:
            form.add_error("item", _("Choose from the list."))
        except Conflict as error:
            form.add_error(None, str(error))
    context = {"form": form, "call": call, "drawer": wants_fragment(request)}
    status = 422 if form.errors else 200
    return render_page(request, "crm/calls/place.html", context, status=status)


def done(request: PortalRequest) -> HttpResponse:
    text = _("The call is written down.")
    if is_htmx(request):
        return saved(request, text)
    toast(request, text)
    return go_to(request, "crm_calls")
