"""Reports: the person's own and those shared with them, the page of one, its file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import schema_for, visible_lists
from lists_core.field_types.pickers import is_id
from lists_core.grid.chips import item_text, titles_in
from lists_core.models import List, Report
from lists_core.reports.answer import answer
from lists_core.reports.files import report_csv, report_xlsx
from lists_core.reports.question import Question, read_question
from lists_core.reports.table import table_of
from lists_core.selectors.fence import TooSlow
from lists_core.selectors.reports import access_report, reports_for
from lists_core.services import reports
from lists_core.views.files_suggest import asked_words
from staff.models import Employee
from svod.base.errors import NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

SHOWN = 500
FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@require_GET
def index(request: PortalRequest) -> HttpResponse:
    search = asked_words(request).strip()
    found = list(reports_for(request.user, search=search)[:SHOWN])
    context = {
        "search": search,
        "mine": [report for report in found if report.owner_id == request.user.pk],
        "shared": [report for report in found if report.owner_id != request.user.pk],
    }
    return render_page(request, "lists/reports/index.html", context)


@login_required
@require_GET
def new(request: PortalRequest) -> HttpResponse:
    """Which list the report is about."""
    chosen = request.GET.get("list", "")
    if is_id(chosen):
        return go_to(request, reverse("report_add", args=[int(chosen)]))
    lists = visible_lists(request.user).order_by("sort", "name", "pk")[:SHOWN]
    return render_page(request, "lists/reports/new.html", {"lists": lists})


@login_required
@require_GET
def report(request: PortalRequest, report_id: int) -> HttpResponse:
    own = access_report(request.user, report_id)
    context = {
        "report": own,
        "mine": own.owner_id == request.user.pk,
        **answered(own, request.user),
    }
    return render_page(request, "lists/reports/report.html", context)


def answered(own: Report, actor: Employee) -> dict[str, Any]:
    schema = schema_for(actor, own.list)
    return result(read_question(own.question, schema), own.list, actor)


def result(question: Question, list_: List, actor: Employee) -> dict[str, Any]:
    """What `lists/reports/result.html` draws: the table, or that there is none."""
    context: dict[str, Any] = {
        "list": list_,
        "notices": question.notices,
        "conditions": in_words(question, actor),
        "joiner": _("or") if question.filter.joiner == "or" else _("and"),
    }
    try:
        got = answer(question, schema_for(actor, list_), actor=actor)
    except TooSlow as error:
        return {**context, "too_slow": str(error)}
    return {**context, "table": table_of(got, list_), "empty": got.is_empty}


def in_words(question: Question, actor: Employee) -> list[str]:
    titles = titles_in(question.filter, actor)
    return [item_text(item, titles) for item in question.filter.items]


@login_required
@require_GET
def export(request: PortalRequest, report_id: int) -> HttpResponse:
    """The table as a file; `as` is csv or xlsx."""
    own = access_report(request.user, report_id)
    kind = request.GET.get("as", "xlsx")
    if kind not in FILES:
        raise NotFound
    schema = schema_for(request.user, own.list)
    got = answer(read_question(own.question, schema), schema, actor=request.user)
    content = report_csv(got) if kind == "csv" else report_xlsx(got, title=own.name)
    response = HttpResponse(content, content_type=FILES[kind])
    name = f"{slugify(own.name, allow_unicode=True) or 'report'}.{kind}"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


@login_required
@require_POST
def copy(request: PortalRequest, report_id: int) -> HttpResponse:
    made = reports.copy_report(report_id, actor=request.user)
    toast(request, _("The report is copied. Now it is yours."))
    return go_to(request, reverse("report_edit", args=[made.pk]))


@login_required
@require_POST
def delete(request: PortalRequest, report_id: int) -> HttpResponse:
    gone = reports.delete_report(report_id, actor=request.user)
    toast(request, _("The report “%(name)s” is deleted.") % {"name": gone.name})
    return go_to(request, "reports")
