"""CRM in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.admin import (  # noqa: F401  register themselves
    booking,
    card,
    clients,
    duplicates,
    feeds,
    questionnaires,
    roles,
    tabs,
)
from crm_link.models import Stage, StageMove
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
