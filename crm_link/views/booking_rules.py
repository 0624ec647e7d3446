"""The page of CRM's settings for bookings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.booking_forms import BookingRuleForm
from crm_link.models import BookingRule
from crm_link.rule_choices import whole
from crm_link.selectors.booking_intake import intake_of
from crm_link.selectors.booking_rules import booking_links
from crm_link.services.booking_rules import (
    delete_booking_rule,
    open_booking_rule,
    save_booking_rule,
)
from crm_link.settings_pages import SettingsPage, settings_pages, settings_tabs
from lists_core.access import Right
from lists_core.models import Field
from lists_core.selectors.lists import access_list
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

settings_pages.register(
    SettingsPage("booking", gettext_lazy("Booking"), "crm_booking_rules", order=60)
)


@login_required
@require_GET
def booking_rules(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    rows = BookingRule.objects.select_related("link", "target", "status", "changed_by")
    context = {"rules": rows, "settings_tabs": settings_tabs("booking")}
    return render_page(request, "crm/settings/booking_rules.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def booking_rule_add(request: PortalRequest) -> HttpResponse:
    """First the link field is chosen (`link`), which tells the list of objects."""
    require_crm_manager(request.user)
    links = booking_links(request.user)
    chosen = whole(request.GET.get("link"))
    link = next((one for one in links if one.pk == chosen), None)
    if link is None:
        context = {"links": links, "settings_tabs": settings_tabs("booking")}
        return render_page(request, "crm/settings/booking_choose.html", context)
    return rule_page(request, link, None)


@login_required
@require_http_methods(["GET", "POST"])
def booking_rule(request: PortalRequest, rule_id: int) -> HttpResponse:
    rule = open_booking_rule(rule_id, actor=request.user)
    return rule_page(request, rule.link, rule)


@login_required
@require_POST
def booking_rule_delete(request: PortalRequest, rule_id: int) -> HttpResponse:
    delete_booking_rule(rule_id, actor=request.user)
    toast(request, _("The rule is deleted."))
    return go_to(request, "crm_booking_rules")


def rule_page(request: PortalRequest, link: Field, rule: BookingRule | None) -> HttpResponse:
    if not link.settings.get("list"):
        raise NotFound
    target = access_list(request.user, Right.FULL, link.settings["list"])
    data = request.POST if request.method == "POST" else None
    form = BookingRuleForm(data, link=link, target=target, actor=request.user, rule=rule)
    if form.is_valid():
        try:
            saved = save_booking_rule(rule, form.given, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("The rule is saved."))
            return redirect("crm_booking_rule", saved.pk)
    context = {
        "form": form,
        "rule": rule,
        "intake": intake_of(rule, request.user) if rule else None,
        "settings_tabs": settings_tabs("booking"),
    }
    status = 422 if form.errors else 200
    return render_page(request, "crm/settings/booking_rule.html", context, status=status)
