"""Export of the current view: choose the form of the file, start."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lists_core.access import Right
from lists_core.selectors.lists import access_list
from lists_core.services.exports import ALL, SHOWN, start_export
from lists_core.transfer.forms import SEPARATOR_NAMES
from svod.base.errors import Invalid
from svod.base.forms import DomainFormMixin
from svod.base.htmx import go_to
from svod.base.http import PortalRequest

VIEW = ("filter", "q", "sort", "section", "sub", "columns", "scope")


class ExportForm(DomainFormMixin, forms.Form):
    format = forms.ChoiceField(
        label=_("File"),
        choices=[("xlsx", _("XLSX – Excel, LibreOffice")), ("csv", _("CSV – any program"))],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
    columns = forms.ChoiceField(
        label=_("Columns"),
        choices=[(SHOWN, _("As in the view")), (ALL, _("All fields"))],
        initial=SHOWN,
        widget=forms.RadioSelect,
    )
    separator = forms.ChoiceField(
        label=_("Separator of CSV"), choices=list(SEPARATOR_NAMES.items()), initial=";"
    )


@login_required
@require_http_methods(["GET", "POST"])
def list_export(request: PortalRequest, list_id: int) -> HttpResponse:
    """The view is that of the grid's address, which came here as the query string."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    form = ExportForm(request.POST or None)
    view = {name: request.GET[name] for name in VIEW if name in request.GET}
    if form.is_valid():
        try:
            return go_to(
                request, start_export(list_, view, actor=request.user, **form.cleaned_data)
            )
        except Invalid as error:
            form.add_error(None, str(error))
    status = 422 if form.errors else 200
    narrowed = any(view.get(name) for name in ("filter", "q", "section", "scope"))
    context = {"form": form, "list": list_, "narrowed": narrowed}
    return render(request, "lists/transfer/export.html", context, status=status)
