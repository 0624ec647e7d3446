"""CRM in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.admin import booking, questionnaires, roles  # noqa: F401  register themselves
from crm_link.models import ContactPoint, Stage, StageMove
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(Stage)
class StageAdmin(ReadOnlyAdmin):
    list_display = ["option", "code", "pipeline", "semantics"]
    list_filter = ["semantics", "pipeline"]
    search_fields = ["option__name", "code"]


@admin.register(StageMove)
class StageMoveAdmin(ReadOnlyAdmin):
    list_display = ["element", "from_stage", "to_stage", "actor", "at"]
    search_fields = ["=element__pk"]


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyAdmin):
    list_display = ["value", "type", "kind", "element"]
    list_filter = ["type", "kind"]
    search_fields = ["=value", "=element__pk"]
