"""The page of settings on which the list of products is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crm_link.access import require_crm_manager
from crm_link.models import Catalogue
from crm_link.services.catalogue import PRICES, UNITS, choose_catalogue
from crm_link.settings_pages import settings_tabs
from lists_core.access import visible_lists
from lists_core.models import Field
from staff.models import Employee
from svod.base.errors import Invalid
from svod.base.forms import DomainFormMixin
from svod.base.htmx import render_page, toast
from svod.base.http import PortalRequest


class CatalogueForm(DomainFormMixin, forms.Form):
    """Fields are offered once the list is chosen and saved."""

    list = forms.TypedChoiceField(
        label=_("List of products"), required=False, coerce=int, empty_value=None
    )
    price = forms.TypedChoiceField(
        label=_("Field of the price"), required=False, coerce=int, empty_value=None
    )
    unit = forms.TypedChoiceField(
        label=_("Field of the unit"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, actor: Employee, chosen: Catalogue | None) -> None:
        start = {"list": chosen.list_id, "price": chosen.price_id, "unit": chosen.unit_id} if (
            chosen
        ) else {}  # fmt: skip
        super().__init__(data, initial=start)
        lists = visible_lists(actor).filter(system="").order_by("name")
        self._offer("list", [(one.pk, one.name) for one in lists])
        fields = Field.objects.filter(list=chosen.list_id if chosen else 0, deleted_at=None)
        known = list(fields.filter(multiple=False))
        self._offer("price", [(one.pk, one.name) for one in known if one.type in PRICES])
        self._offer("unit", [(one.pk, one.name) for one in known if one.type in UNITS])

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST"])
def catalogue(request: PortalRequest) -> HttpResponse:
    """Which list, and which of its fields hold price and unit."""
    require_crm_manager(request.user)
    chosen = Catalogue.objects.first()
    form = CatalogueForm(request.POST or None, actor=request.user, chosen=chosen)
    if form.is_valid():
        given = form.cleaned_data
        same = chosen is not None and chosen.list_id == given["list"]
        fields = {"price_id": given["price"], "unit_id": given["unit"]} if same else {}
        try:
            choose_catalogue(given["list"], actor=request.user, **fields)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _g("Saved."))
            return redirect("crm_catalogue")
    context = {"form": form, "settings_tabs": settings_tabs("products"), "chosen": chosen}
    status = 422 if form.errors else 200
    return render_page(request, "crm/settings/catalogue.html", context, status=status)
