"""Indexes that make themselves, of all lists; they are changed on the list's own page."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import ListIndex


@admin.register(ListIndex)
class ListIndexAdmin(ReadOnlyAdmin):
    list_display = ["name", "list", "kind", "keep", "state", "asked_at", "built_at"]
    list_filter = ["state", "keep", "kind"]
    list_select_related = ["list"]
    search_fields = ["list__name", "column"]
