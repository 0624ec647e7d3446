"""Roles of CRM: who may do what with whose items."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.models import OPERATIONS, Role
from crm_link.role_form import RoleForm
from crm_link.selectors.roles import Draft, access_role, all_roles, stored_draft, what_may
from crm_link.services import roles as services
from crm_link.settings_pages import settings_tabs
from staff import selectors as people
from staff.models import Employee
from staff.widgets import PersonSelect, typed_ids
from svod.base.errors import Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def roles(request: PortalRequest) -> HttpResponse:
    """All roles, and what one person may do by theirs."""
    asked = request.GET.get("person", "")
    person = _asked_person(asked)
    mine, held = what_may(person, actor=request.user) if person else ([], [])
    context = {
        "roles": all_roles(request.user),
        "operations": list(OPERATIONS),
        "settings_tabs": settings_tabs("roles"),
        "person": person,
        "unknown_person": bool(asked and person is None),
        "person_roles": mine,
        "held": held,
        "person_picker": PersonSelect().render("person", asked, {"id": "id_person"}),
    }
    return render_page(request, "crm/settings/roles.html", context)


def _asked_person(text: str) -> Employee | None:
    ids = typed_ids(text)
    return people.employees_by_ids(ids).get(ids[0]) if ids else None


@login_required
@require_http_methods(["GET", "POST"])
def role_add(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    form = RoleForm(Draft(), request.POST or None)
    if form.is_valid():
        try:
            services.create_role(form.draft, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("The role is added."))
            return redirect("crm_roles")
    return form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def role_edit(request: PortalRequest, role_id: int) -> HttpResponse:
    role = access_role(request.user, role_id)
    form = RoleForm(stored_draft(role), request.POST or None)
    if not form.is_valid():
        return form_page(request, form, role)
    seen = form.cleaned_data["fingerprint"]
    try:
        services.update_role(role_id, form.draft, actor=request.user, seen=seen)
    except Invalid as error:
        form.add_domain_errors(error)
        return form_page(request, form, role)
    except services.Stale:
        form.begin_anew(stored_draft(role))
        return form_page(request, form, role, stale=True)
    toast(request, _("The role is saved. It holds from now on."))
    return redirect("crm_roles")


def form_page(
    request: PortalRequest, form: RoleForm, role: Role | None, *, stale: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "role": role,
        "stale": stale,
        "settings_tabs": settings_tabs("roles"),
    }
    status = 409 if stale else 422 if form.errors else 200
    return render_page(request, "crm/settings/role.html", context, status=status)


@login_required
@require_POST
def role_delete(request: PortalRequest, role_id: int) -> HttpResponse:
    try:
        services.delete_role(role_id, actor=request.user)
    except Invalid as error:
        toast(request, " ".join(text for texts in error.errors.values() for text in texts), "error")
        return go_to(request, reverse("crm_role", args=[role_id]))
    toast(request, _("The role is deleted."))
    return go_to(request, "crm_roles")


@login_required
@require_POST
def roles_ready(request: PortalRequest) -> HttpResponse:
    """Adds the ready roles whose names are free."""
    services.create_ready_roles(actor=request.user)
    toast(request, _("The ready roles are added. Now give them to people."))
    return go_to(request, "crm_roles")
