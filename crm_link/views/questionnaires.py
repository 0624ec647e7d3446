"""Questionnaires: all of them, and the page on which one is made without code."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_link.access import require_crm_manager
from crm_link.kinds import Kind, kinds
from crm_link.models import Questionnaire
from crm_link.questionnaire_form import QuestionForm, QuestionnaireForm
from crm_link.selectors.kinds import is_set_up, list_of
from crm_link.selectors.questionnaires import questionnaires_with_questions
from crm_link.services import questionnaires as services
from crm_link.services.qualification import set_up_qualification
from crm_link.services.questions import add_question
from crm_link.settings_pages import settings_tabs
from svod.base.errors import Forbidden, Invalid
from svod.base.htmx import go_to, render_page, saved, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def questionnaires(request: PortalRequest) -> HttpResponse:
    require_crm_manager(request.user)
    context = {
        "questionnaires": list(questionnaires_with_questions()),
        "staged": [kind for kind in kinds if kind.staged] if is_set_up() else [],
        "settings_tabs": settings_tabs("questionnaires"),
        "may_add": request.user.is_superuser,
    }
    return render_page(request, "crm/questionnaires/list.html", context)


@login_required
@require_POST
def ready(request: PortalRequest) -> HttpResponse:
    """The standard questionnaire of leads."""
    made = set_up_qualification(actor=request.user)
    toast(request, _("The questionnaire “%(name)s” is ready.") % {"name": made})
    return go_to(request, "crm_questionnaires")


@login_required
@require_http_methods(["GET", "POST"])
def add(request: PortalRequest, kind: Kind) -> HttpResponse:
    """Name, stage and deadlines; the questions follow on its own page."""
    if not request.user.is_superuser:  # its process works in the name of whoever makes it
        raise Forbidden
    form = QuestionnaireForm(request.POST or None, list_=list_of(kind))
    if form.is_valid():
        try:
            made = services.create_questionnaire(
                form.list, actor=request.user, stage_id=form.cleaned_data["stage"],
                **form.settings(),
            )  # fmt: skip
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return go_to(request, reverse("crm_questionnaire", args=[made.pk]))
    status = 422 if form.errors else 200
    context = {"form": form, "kind": kind}
    return render_page(request, "crm/questionnaires/add.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def questionnaire(request: PortalRequest, questionnaire_id: int) -> HttpResponse:
    found = services.access_questionnaire(request.user, questionnaire_id)
    form = QuestionnaireForm(request.POST or None, list_=found.list, instance=found)
    if form.is_valid():
        try:
            services.save_questionnaire(
                found.pk, actor=request.user, stage_id=form.cleaned_data["stage"],
                groups=form.groups(), **form.settings(),
            )  # fmt: skip
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Saved."))
            return redirect("crm_questionnaire", found.pk)
    return _page(request, found, form)


def _page(request: PortalRequest, found: Questionnaire, form: QuestionnaireForm) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "questionnaire": found,
        "settings_tabs": settings_tabs("questionnaires"),
    }
    status = 422 if form.errors else 200
    return render_page(request, "crm/questionnaires/edit.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def question_add(request: PortalRequest, questionnaire_id: int) -> HttpResponse:
    found = services.access_questionnaire(request.user, questionnaire_id)
    form = QuestionForm(request.POST or None, questionnaire=found)
    if form.is_valid():
        given = form.cleaned_data
        try:
            add_question(
                found.pk, actor=request.user, name=given["name"], type_slug=given["type"],
                group_id=int(given["group"]) if given["group"] else None,
                options=form.chosen_from(), required=given["required"],
            )  # fmt: skip
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            return saved(request, _("The question is added."))
    context = {"form": form, "questionnaire": found}
    status = 422 if form.errors else 200
    return render_page(request, "crm/questionnaires/question.html", context, status=status)


@login_required
@require_POST
def delete(request: PortalRequest, questionnaire_id: int) -> HttpResponse:
    services.delete_questionnaire(questionnaire_id, actor=request.user)
    toast(request, _("The questionnaire is deleted."))
    return go_to(request, "crm_questionnaires")
