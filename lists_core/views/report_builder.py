"""Making a report: the form on the left, what it gives on the right."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lists_core.access import Right, schema_for
from lists_core.grid.drafts import Drafter, checked, filterable
from lists_core.grid.state import filter_text
from lists_core.models import List, Report
from lists_core.report_form import ReportForm, initial_of, question_of, tree_of
from lists_core.reports.question import read_question
from lists_core.selectors.lists import access_list
from lists_core.selectors.reports import own_report, shared_with
from lists_core.services.reports import create_report, update_report
from lists_core.views.reports import result
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest

FIRST = {"measures": ["count"], "descending": True, "sort": "count"}


@login_required
@require_http_methods(["GET", "POST"])
def add(request: PortalRequest, list_id: int) -> HttpResponse:
    """A new report; `filter` in the address is what the grid is narrowed to."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    if request.method == "POST":
        return save(request, list_, None)
    asked = {**FIRST, "filter": tree_of(request.GET.get("filter", ""))}
    return show(request, list_, None, asked)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, report_id: int) -> HttpResponse:
    own = own_report(request.user, report_id)
    if request.method == "POST":
        return save(request, own.list, own)
    return show(request, own.list, own, own.question)


@login_required
@require_http_methods(["GET", "POST"])
def preview(request: PortalRequest, list_id: int) -> HttpResponse:
    """What the form, as it stands, gives. Nothing that is wrong in it is an error here."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    asked = question_of(request.POST if request.method == "POST" else request.GET)
    question = read_question(asked, schema_for(request.user, list_))
    return render(request, "lists/reports/result.html", result(question, list_, request.user))


def save(request: PortalRequest, list_: List, own: Report | None) -> HttpResponse:
    schema = schema_for(request.user, list_)
    form = ReportForm(request.POST, schema=schema)
    if checked(request.POST.get("filter", ""), schema) is None:
        form.add_error(None, _("Correct the conditions of the filter."))
    asked = question_of(request.POST)
    if form.is_valid():
        given = {"readers": form.cleaned_data["readers"], "actor": request.user}
        name = form.cleaned_data["name"]
        try:
            saved = (
                update_report(own.pk, name, asked, **given)
                if own
                else create_report(list_.pk, name, asked, **given)
            )
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("The report is saved."))
            return go_to(request, saved)
    return page(request, list_, own, form, asked, status=422)


def show(
    request: PortalRequest, list_: List, own: Report | None, asked: dict[str, Any]
) -> HttpResponse:
    schema = schema_for(request.user, list_)
    known = {"name": own.name, "readers": shared_with(own)} if own else {}
    initial = {**initial_of(read_question(asked, schema)), **known}
    form = ReportForm(schema=schema, initial=initial)
    return page(request, list_, own, form, asked)


def page(
    request: PortalRequest,
    list_: List,
    own: Report | None,
    form: ReportForm,
    asked: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    schema = schema_for(request.user, list_)
    question = read_question(asked, schema)
    text = request.POST.get("filter", "")
    context = {
        "form": form,
        "list": list_,
        "report": own,
        "tree": text or filter_text(question.filter),
        "group": Drafter(schema, request.user).filter(text or filter_text(question.filter)),
        "choices": filterable(schema),
        **result(question, list_, request.user),
    }
    return render(request, "lists/reports/builder.html", context, status=status)
