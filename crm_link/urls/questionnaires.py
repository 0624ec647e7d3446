"""Questionnaires, and the report on them."""

from django.urls import URLPattern, path

from crm_link.views import qualification_report, questionnaires

ONE = "settings/questionnaires/<int:questionnaire_id>/"

urlpatterns: list[URLPattern] = [
    path("settings/questionnaires/", questionnaires.questionnaires, name="crm_questionnaires"),
    path("settings/questionnaires/ready/", questionnaires.ready, name="crm_questionnaires_ready"),
    path(
        "settings/questionnaires/add/<crm_kind:kind>/",
        questionnaires.add,
        name="crm_questionnaire_add",
    ),
    path(ONE, questionnaires.questionnaire, name="crm_questionnaire"),
    path(f"{ONE}question/", questionnaires.question_add, name="crm_question_add"),
    path(f"{ONE}delete/", questionnaires.delete, name="crm_questionnaire_delete"),
    path("reports/qualification/", qualification_report.report, name="crm_qualification_report"),
]
