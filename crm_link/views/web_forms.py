"""Web forms for who manages CRM, and how the sender of a lead came to it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.models import WebForm
from crm_link.selectors.web_forms import closed, path_of_lead, web_forms_with_counts
from crm_link.services.web_forms import delete_web_form, save_web_form
from crm_link.settings_pages import settings_tabs
from crm_link.web_form_editor import WebFormEditor
from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import open_target
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest, portal_url


@login_required
@require_GET
def web_forms(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    context = {"forms": web_forms_with_counts(), "settings_tabs": settings_tabs("web_forms")}
    return render_page(request, "crm/settings/web_forms.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def web_form_add(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    return edited(request, WebForm(owner=request.user))


@login_required
@require_http_methods(["GET", "POST"])
def web_form(request: PortalRequest, form_id: int) -> HttpResponse:
    require_crm_manager(request.user)
    found = WebForm.objects.select_related("owner").filter(pk=form_id).first()
    if found is None:
        raise NotFound
    return edited(request, found)


def edited(request: PortalRequest, found: WebForm) -> HttpResponse:
    form = WebFormEditor(found, request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = save_web_form(form.filled(), actor=request.user)
            toast(request, _("Saved."))
            return go_to(request, made)
        except Invalid as error:
            form.add_domain_errors(error)
    context: dict[str, Any] = {
        "form": form,
        "web_form": found,
        "settings_tabs": settings_tabs("web_forms"),
    }
    if found.pk:
        stored = WebForm.objects.select_related("owner").get(pk=found.pk)  # not as just typed
        context |= {"closed": closed(stored), "owner": stored.owner}
        base = portal_url(request)
        context["public_url"] = base + reverse("web_form_page", args=[found.token])
        context["script_url"] = base + reverse("web_form_script", args=[found.token])
    status = 422 if form.errors else 200
    return render_page(request, "crm/settings/web_form.html", context, status=status)


@login_required
@require_POST
def web_form_delete(request: PortalRequest, form_id: int) -> HttpResponse:
    delete_web_form(form_id, actor=request.user)
    toast(request, _("The form is deleted; its leads stay."))
    return go_to(request, "crm_web_forms")


@login_required
@require_GET
def element_visits(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The tab of a lead that came from a site: its page, marks and the way there."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    found = path_of_lead(target)
    if found is None:
        raise NotFound
    return element_page(request, target, "visits", "crm/visits/visits.html", {"way": found})
