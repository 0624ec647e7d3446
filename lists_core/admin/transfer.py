"""Imports that are remembered, saved mappings and scheduled imports: looked at here."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import ImportBatch, ImportMapping, ImportRun, ImportSchedule


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ["id", "list", "actor", "at", "sha256"]
    list_filter = ["at"]
    list_select_related = ["list", "actor"]
    search_fields = ["list__name", "sha256"]


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ["run", "first", "last"]
    list_select_related = ["run"]
    search_fields = ["run__list__name"]


@admin.register(ImportMapping)
class ImportMappingAdmin(ReadOnlyAdmin):
    list_display = ["name", "list", "owner", "modified_at"]
    list_select_related = ["list", "owner"]
    search_fields = ["name", "list__name"]


@admin.register(ImportSchedule)
class ImportScheduleAdmin(ReadOnlyAdmin):
    list_display = ["list", "owner", "every", "is_on", "next_at", "state"]
    list_filter = ["every", "is_on", "state"]
    list_select_related = ["list", "owner"]
    search_fields = ["list__name"]
    exclude = ["url"]
