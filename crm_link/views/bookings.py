"""Bookings on the pages of deals and of objects."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crm_link.booking_column import COLUMN, choosing_for
from crm_link.models import BookingRule
from crm_link.rule_choices import whole
from crm_link.scopes.free import SLUG
from crm_link.selectors.bookings import (
    deal_picker,
    has_bookings,
    of_deal,
    of_object,
    rule_for,
    shown_fields,
)
from crm_link.services.booking_deeds import book, make_papers_again, release
from lists_core.access import Right, schema_for
from lists_core.addresses import element_url
from lists_core.element_page import element_page
from lists_core.element_tabs import ElementTab, Target, element_tabs, open_target
from lists_core.grid.answers import reload
from lists_core.grid.page import open_grid
from lists_core.grid.whole import grid_context
from lists_core.selectors.lists import access_list
from svod.base.errors import DomainError, Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

element_tabs.register(
    ElementTab("booking", gettext_lazy("Booking"), "element_booking", order=15, shown=has_bookings)
)


@login_required
@require_GET
def element_booking(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """What a deal holds and where it chooses more; or who holds an object."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    context = {
        "held": of_deal(target),
        "places": of_object(target),
        "deal_picker": deal_picker(request.user),
    }
    return element_page(request, target, "booking", "crm/booking/element.html", context)


@login_required
@require_GET
def booking_choose(request: PortalRequest, rule_id: int, element_id: int) -> HttpResponse:
    """The whole table of free objects, each with a button that books it for this deal."""
    rule, deal = rule_for(request.user, rule_id, element_id)
    opened = open_grid(request.user, rule.target_id, choosing(request, rule))
    opened = replace(opened, confined=True)  # the page says which part it shows
    with choosing_for(rule, deal.id):
        context = grid_context(opened)
    context |= {
        "deal": deal,
        "deal_url": element_url(deal.list, deal.id),
        "page_url": reverse("booking_choose", args=[rule_id, element_id]),
        "empty_part": {
            "title": _("Nothing is free"),
            "text": _("Objects come back when a deal is lost or its booking ends."),
        },
        "tree_closed": request.COOKIES.get("tree") == "closed",
    }
    return render_page(request, "crm/booking/choose.html", context)


def choosing(request: PortalRequest, rule: BookingRule) -> dict[str, str]:
    """The state of the address, kept inside the free objects; the button beside the name."""
    own = {name: str(value) for name, value in request.GET.items()}
    schema = schema_for(request.user, access_list(request.user, Right.VIEW, rule.target_id))
    shown = [one.code for one in shown_fields(rule, schema)]
    columns = own.get("columns") or ",".join(["NAME", COLUMN, *shown])
    return {**own, "columns": columns, "scope": f"{SLUG}-{rule.pk}"}


@login_required
@require_POST
def booking_book(request: PortalRequest, rule_id: int) -> HttpResponse:
    """Book `object` for `deal`; a refusal is told and the page stays."""
    deal, object_id = whole(request.POST.get("deal")), whole(request.POST.get("object"))
    rule, target = rule_for(request.user, rule_id, deal or 0)
    try:
        book(rule, target.id, object_id or 0, actor=request.user)
    except DomainError as error:
        toast(request, told(error), "error")
        stays = "stay" in request.POST  # the table is drawn anew, without what was taken
        return reload() if stays else go_to(request, back(request, target))
    toast(request, _("Booked."))
    return go_to(request, element_url(target.list, target.id))


@login_required
@require_POST
def booking_release(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Take an object away from its deal."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    try:
        release(target.id, actor=request.user)
    except Invalid as error:
        toast(request, told(error), "error")
    else:
        toast(request, _("The booking is taken off, the deal's people are told."))
    return go_to(request, back(request, target))


@login_required
@require_POST
def booking_papers(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Try again to make the documents of an object's booking."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    make_papers_again(target.id, actor=request.user)
    toast(request, _("It is tried again."))
    return go_to(request, back(request, target))


def told(error: DomainError) -> str:
    texts = [text for own in getattr(error, "errors", {}).values() for text in own]
    return " ".join(texts) or str(error)


def back(request: PortalRequest, target: Target) -> str:
    """Where the button stood, if the form says so: one of our own pages."""
    place = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return place if ours and place else element_url(target.list, target.id)
