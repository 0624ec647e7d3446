"""Questionnaires in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import Asking, Question, QuestionGroup, Questionnaire
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(Questionnaire)
class QuestionnaireAdmin(ReadOnlyAdmin):
    list_display = ["name", "list", "stage", "deadline", "gated", "is_on"]
    list_filter = ["list"]
    search_fields = ["name"]


@admin.register(QuestionGroup)
class QuestionGroupAdmin(ReadOnlyAdmin):
    list_display = ["name", "questionnaire", "sort"]


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ["field", "group", "required", "sort"]


@admin.register(Asking)
class AskingAdmin(ReadOnlyAdmin):
    list_display = ["questionnaire", "element", "employee", "came_at", "due_at", "outcome"]
    list_filter = ["outcome", "questionnaire"]
    search_fields = ["=element__pk"]
