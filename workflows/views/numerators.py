"""Numerators: what comes next, what was given out, where to go on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right
from svod.base.errors import Forbidden, Invalid
from svod.base.htmx import go_to, render_page, saved, toast
from svod.base.http import PortalRequest
from workflows.selectors import numerators as selectors
from workflows.services.numerator_changes import MAX_NUMBER, set_next_number
from workflows.services.numerators import create_numerator_list

FOLDER = "workflows/numerators"
PAGE_SIZE = 50


class NextNumberForm(forms.Form):
    number = forms.IntegerField(
        label=gettext_lazy("Next number"),
        min_value=1,
        max_value=MAX_NUMBER,
        help_text=gettext_lazy("Numbers that were given out do not come again."),
    )


@login_required
@require_GET
def numerators(request: PortalRequest) -> HttpResponse:
    lists = [
        {"list": one, "numerators": selectors.numerators(request.user, one)}
        for one in selectors.numerator_lists(request.user)
    ]
    context = {"lists": lists, "may_make": may_make(request)}
    return render_page(request, f"{FOLDER}/numerators.html", context)


def may_make(request: PortalRequest) -> bool:
    return bool(request.user.is_superuser or request.user.is_staff)


@login_required
@require_POST
def numerators_create(request: PortalRequest) -> HttpResponse:
    """The list with all its fields, by one click."""
    list_ = create_numerator_list(actor=request.user)
    toast(request, _("The list “%(name)s” is made: add a numerator.") % {"name": list_.name})
    return go_to(request, "numerators")


@login_required
@require_GET
def numerator_numbers(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The numbers given out: when, by which process."""
    one = selectors.numerator(request.user, list_id, element_id)
    page = Paginator(selectors.numbers_of(request.user, one), PAGE_SIZE)
    context = {"one": one, "page": page.get_page(request.GET.get("page"))}
    return render(request, f"{FOLDER}/numbers.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def numerator_set(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Where it goes on; asked for once more before it is done."""
    one = selectors.numerator(request.user, list_id, element_id, Right.CHANGE)
    if not one.may_change:
        raise Forbidden
    form = NextNumberForm(request.POST or None, initial={"number": one.following})
    if request.method == "POST" and form.is_valid():
        try:
            number = form.cleaned_data["number"]
            set_next_number(list_id, element_id, number, actor=request.user)
            return saved(request, _("The next number is %(number)d.") % {"number": number})
        except Invalid as error:
            for name, messages in error.errors.items():
                form.add_error(name if name in form.fields else None, messages)
    context: dict[str, Any] = {"form": form, "one": one}
    return render_page(request, f"{FOLDER}/set.html", context, status=422 if form.errors else 200)
