"""The page of CRM's settings for consolidation."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.feed_forms import FeedRuleForm
from crm_link.models import FeedRule
from crm_link.rule_choices import list_choices, whole
from crm_link.selectors.feeds import failures, rules_with_numbers
from crm_link.services import feed_rules as services
from crm_link.services.feed_preview import Preview, preview
from crm_link.services.feeds import reason, try_again
from crm_link.settings_pages import SettingsPage, settings_pages, settings_tabs
from lists_core.models import List
from lists_core.selectors.lists import owned_lists
from svod.base.errors import DomainError, Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

settings_pages.register(
    SettingsPage("feeds", gettext_lazy("Consolidation"), "crm_feed_rules", order=70)
)


@login_required
@require_GET
def feed_rules(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    context = {"rules": rules_with_numbers(), "settings_tabs": settings_tabs("feeds")}
    return render_page(request, "crm/settings/feed_rules.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def feed_rule_add(request: PortalRequest) -> HttpResponse:
    """First both lists are chosen (`source`, `target`)."""
    require_crm_manager(request.user)
    lists = {row.pk: row for row in owned_lists(request.user)}
    source = lists.get(whole(request.GET.get("source")) or 0)
    target = lists.get(whole(request.GET.get("target")) or 0)
    if source is None or target is None:
        choices = list_choices(lists.values())
        context = {"lists": choices, "settings_tabs": settings_tabs("feeds")}
        return render_page(request, "crm/settings/feed_choose.html", context)
    return rule_page(request, source, target, None)


@login_required
@require_http_methods(["GET", "POST"])
def feed_rule(request: PortalRequest, rule_id: int) -> HttpResponse:
    rule = services.open_feed_rule(rule_id, actor=request.user)
    return rule_page(request, rule.source, rule.target, rule)


@login_required
@require_POST
def feed_rule_delete(request: PortalRequest, rule_id: int) -> HttpResponse:
    services.delete_feed_rule(rule_id, actor=request.user)
    toast(request, _("The rule is deleted, its elements stay."))
    return go_to(request, "crm_feed_rules")


@login_required
@require_POST
def feed_rule_rebuild(request: PortalRequest, rule_id: int) -> HttpResponse:
    rule = services.open_feed_rule(rule_id, actor=request.user)
    job = services.rebuild(rule, actor=request.user)
    return go_to(request, job)


@login_required
@require_POST
def feed_rule_again(request: PortalRequest, rule_id: int) -> HttpResponse:
    """Take up what has failed."""
    rule = services.open_feed_rule(rule_id, actor=request.user)
    try_again(rule)
    toast(request, _("It is tried again."))
    return go_to(request, reverse("crm_feed_rule", args=[rule.pk]))


def rule_page(
    request: PortalRequest, source: List, target: List, rule: FeedRule | None
) -> HttpResponse:
    """The form; `preview` in a POST shows what would be made and saves nothing."""
    data = request.POST if request.method == "POST" else None
    form = FeedRuleForm(data, source=source, target=target, actor=request.user, rule=rule)
    shown = None
    if form.is_valid():
        try:
            if "preview" not in request.POST:
                saved = services.save_feed_rule(rule, form.given, actor=request.user)
                toast(request, done_text(saved))
                return redirect("crm_feed_rules")
            shown = checked_preview(request, form, rule)
        except Invalid as error:
            form.add_domain_errors(error)
    context = page_context(request, form, rule) | {"preview": shown}
    status = 422 if form.errors else 200
    return render_page(request, "crm/settings/feed_rule.html", context, status=status)


def done_text(rule: FeedRule) -> str:
    if not rule.run_as_id:
        return _("The rule is saved. It works as soon as an administrator names its employee.")
    return _("The rule is saved; all elements are looked at anew.")


def checked_preview(
    request: PortalRequest, form: FeedRuleForm, rule: FeedRule | None
) -> Preview | None:
    """Raises Invalid where the rule is wrong; what only the data refuse is told in a toast."""
    services.check(form.given, form.source, form.target, request.user, rule=rule)
    try:
        return preview(form.draft, actor=request.user)
    except DomainError as error:
        toast(request, reason(error), "error")
        return None


def page_context(
    request: PortalRequest, form: FeedRuleForm, rule: FeedRule | None
) -> dict[str, Any]:
    return {
        "form": form,
        "rule": rule,
        "source": form.source,
        "target": form.target,
        "failures": failures(rule, request.user) if rule else [],
        "settings_tabs": settings_tabs("feeds"),
    }
