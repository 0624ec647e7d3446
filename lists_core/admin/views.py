"""Saved views of lists: looked at here, changed in the portal by whose they are."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import ListView


@admin.register(ListView)
class ListViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "list", "owner", "modified_at"]
    list_filter = ["modified_at"]
    list_select_related = ["list", "owner"]
    search_fields = ["name", "list__name"]
