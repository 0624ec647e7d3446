"""The report on questionnaires: people and weak points."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from crm_link.qualification_filter import FilterForm
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.qualification_report import qualification_report, questionnaires_for
from crm_link.selectors.questionnaires import questionnaires_with_questions
from svod.base.errors import NotFound
from svod.base.htmx import render_page
from svod.base.http import PortalRequest


@login_required
@require_GET
def report(request: PortalRequest) -> HttpResponse:
    """For whoever sees any items; of them it counts only those."""
    if not visible_kinds(request.user):
        raise NotFound
    known = list(questionnaires_for(request.user))
    form = FilterForm(request.GET, actor=request.user, known=known)
    if not known:
        return render_page(request, "crm/questionnaires/report.html", {"form": None})
    chosen = questionnaires_with_questions().get(pk=form.chosen.pk)
    found = qualification_report(request.user, chosen, form.period(), timezone.now())
    since, until = form.dates
    context = {
        "form": form, "questionnaire": chosen, "report": found, "since": since, "until": until,
    }  # fmt: skip
    return render_page(request, "crm/questionnaires/report.html", context)
