"""Constants of the portal, for administrators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.field_types.base import field_types
from lists_core.selectors.titles import titles_of
from staff.selectors import require_administrator
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest
from workflows.constant_forms import NewConstantForm, ValueForm
from workflows.models import PortalConstant
from workflows.selectors.constants import field_of, value_of
from workflows.services import constants as services


@login_required
@require_GET
def constants(request: PortalRequest) -> HttpResponse:
    """All of them with their values."""
    require_administrator(request.user)
    known = [row for row in PortalConstant.objects.all() if row.kind in field_types]
    pairs = [(field_of(row), value_of(row)) for row in known]
    titles = titles_of(pairs, actor=request.user)
    rows = [
        {"constant": row, "kind": field.type.label,
         "html": field.render(value, titles.get(field.key, {}))}
        for row, (field, value) in zip(known, pairs, strict=True)
    ]  # fmt: skip
    return render(request, "workflows/constants.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def constant_add(request: PortalRequest) -> HttpResponse:
    require_administrator(request.user)
    form = NewConstantForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.add_constant(form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Added. Now give it a value."))
            return redirect("constant_edit", made.pk)
    status = 422 if form.errors else 200
    return render(request, "workflows/constant_form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def constant_edit(request: PortalRequest, pk: int) -> HttpResponse:
    constant = services.open_constant(pk, actor=request.user)
    form = ValueForm(request.POST or None, constant=constant, actor=request.user)
    if form.is_valid():
        try:
            services.change_constant(pk, form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Saved."))
            return redirect("constants")
    context = {"form": form, "constant": constant}
    status = 422 if form.errors else 200
    return render(request, "workflows/constant_form.html", context, status=status)


@login_required
@require_POST
def constant_delete(request: PortalRequest, pk: int) -> HttpResponse:
    services.delete_constant(pk, actor=request.user)
    toast(request, _("Deleted."))
    return go_to(request, "constants")
