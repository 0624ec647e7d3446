"""Links that were changed because their target was deleted: read-only."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import LinkChange


@admin.register(LinkChange)
class LinkChangeAdmin(ReadOnlyAdmin):
    list_display = ["target", "list", "element_id", "key", "version"]
    list_select_related = ["target", "list"]
    search_fields = ["=target__id", "=element_id"]
    show_full_result_count = False
