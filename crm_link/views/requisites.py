"""Requisites of companies and contacts, and whose ones a deal goes by."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.kinds import COMPANY, CONTACT, DEAL, kind_of
from crm_link.models import OwnCompany, Requisite
from crm_link.requisite_forms import AccountForm, OwnCompaniesForm, PartiesForm, RequisiteForm
from crm_link.requisite_values import ASKED
from crm_link.selectors.kinds import list_of
from crm_link.selectors.requisites import (
    access_requisite,
    has_requisites,
    kind_of_owner,
    parties_of,
    requisites_of,
)
from crm_link.services import requisites as services
from crm_link.settings_pages import settings_tabs
from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import Target, open_target
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, render_page, saved, toast
from svod.base.http import PortalRequest

FOLDER = "crm/requisites"
Payer = Requisite.Payer


@login_required
@require_http_methods(["GET", "POST"])
def element_requisites(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The tab of a company or a contact; of a deal, the choice of its parties."""
    right = Right.VIEW if request.method == "GET" else Right.CHANGE
    target = open_target(request.user, right, list_id, element_id)
    if not has_requisites(target):
        raise NotFound
    if kind_of(target.list.system) == DEAL:
        return parties(request, target)
    context = {"requisites": requisites_of(target.id), "may_change": target.may(Right.CHANGE)}
    return element_page(request, target, "requisites", f"{FOLDER}/requisites.html", context)


def parties(request: PortalRequest, target: Target) -> HttpResponse:
    found = parties_of(request.user, target)
    form = PartiesForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        services.choose_parties(
            target.list.pk, target.id, payer=given["payer"], seller=given["seller"],
            actor=request.user,
        )  # fmt: skip
        toast(request, _("Saved."))
        found = parties_of(request.user, target)
        form = PartiesForm(found)
    context = {"form": form, "parties": found, "may_change": target.may(Right.CHANGE)}
    return element_page(request, target, "requisites", f"{FOLDER}/parties.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def requisite_add(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    target = open_target(request.user, Right.CHANGE, list_id, element_id)
    kind = kind_of_owner(target)
    usual = Payer.PERSON if kind == CONTACT else Payer.COMPANY
    payer = payer_of(request, usual)
    form = RequisiteForm(payer, data_of(request), initial=typed(request))
    if form.is_valid():
        try:
            services.add_requisite(
                list_id, element_id, payer, form.cleaned_data, actor=request.user
            )
            return done(request, target)
        except Invalid as error:
            form.add_domain_errors(error)
    return form_page(request, target, form, {"payer": payer, "types": types(payer)})


@login_required
@require_http_methods(["GET", "POST"])
def requisite_edit(request: PortalRequest, requisite_id: int) -> HttpResponse:
    target, found = access_requisite(request.user, Right.CHANGE, requisite_id)
    payer = payer_of(request, found.payer)
    initial = {name: getattr(found, name) for name in ASKED[payer]} | typed(request)
    form = RequisiteForm(payer, data_of(request), initial=initial)
    if form.is_valid():
        try:
            services.change_requisite(found.pk, payer, form.cleaned_data, actor=request.user)
            return done(request, target)
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"payer": payer, "types": types(payer), "requisite": found}
    return form_page(request, target, form, context)


def payer_of(request: PortalRequest, usual: str) -> str:
    given = request.POST if request.method == "POST" else request.GET
    asked = given.get("payer", "")
    return asked if asked in ASKED else usual


def types(payer: str) -> list[dict[str, Any]]:
    return [{"value": one.value, "label": one.label, "current": one == payer} for one in Payer]


def data_of(request: PortalRequest) -> Any:
    is_sent = request.method == "POST" and "redraw" not in request.POST
    return request.POST if is_sent else None


def typed(request: PortalRequest) -> dict[str, Any]:
    """What stood in the form whose type of payer was changed."""
    return request.POST.dict() if "redraw" in request.POST else {}


def form_page(
    request: PortalRequest, target: Target, form: Any, context: dict[str, Any]
) -> HttpResponse:
    frame = {"form": form, "list": target.list, "row": target.row, **context}
    status = 422 if form.errors else 200
    return render_page(request, f"{FOLDER}/form.html", frame, status=status)


def done(request: PortalRequest, target: Target, text: str = "") -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return saved(request, text or _("Saved."), list=target.list.pk, ids=[target.id])
    return go_to(request, target.list.get_absolute_url())


@login_required
@require_POST
def requisite_delete(request: PortalRequest, requisite_id: int) -> HttpResponse:
    target, _found = access_requisite(request.user, Right.CHANGE, requisite_id)
    services.delete_requisite(requisite_id, actor=request.user)
    return done(request, target, _("The requisites are deleted."))


@login_required
@require_POST
def requisite_main(request: PortalRequest, requisite_id: int) -> HttpResponse:
    target, _found = access_requisite(request.user, Right.CHANGE, requisite_id)
    services.make_main(requisite_id, actor=request.user)
    return done(request, target)


@login_required
@require_http_methods(["GET", "POST"])
def account_add(request: PortalRequest, requisite_id: int) -> HttpResponse:
    target, found = access_requisite(request.user, Right.CHANGE, requisite_id)
    form = AccountForm(data_of(request))
    if form.is_valid():
        try:
            services.add_account(found.pk, form.cleaned_data, actor=request.user)
            return done(request, target)
        except Invalid as error:
            form.add_domain_errors(error)
    return form_page(request, target, form, {"requisite": found, "account": True})


@login_required
@require_POST
def account_delete(request: PortalRequest, requisite_id: int, account_id: int) -> HttpResponse:
    target, _found = access_requisite(request.user, Right.CHANGE, requisite_id)
    services.delete_account(requisite_id, account_id, actor=request.user)
    return done(request, target, _("The account is deleted."))


@login_required
@require_http_methods(["GET", "POST"])
def own_companies(request: PortalRequest) -> HttpResponse:
    """Which companies of the CRM are ours."""
    require_crm_manager(request.user)
    chosen = list(OwnCompany.objects.order_by("-is_main", "pk").values_list("pk", flat=True))
    form = OwnCompaniesForm(list_of(COMPANY), request.user, chosen, data_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            ids = form.cleaned_data["companies"] or []
            services.set_own_companies(ids, actor=request.user)
            toast(request, _("Saved."))
            return go_to(request, "crm_own_companies")
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"form": form, "settings_tabs": settings_tabs("own_companies")}
    status = 422 if form.errors else 200
    return render_page(request, "crm/settings/own_companies.html", context, status=status)
