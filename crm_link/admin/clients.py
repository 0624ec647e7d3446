"""Duplicates in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import ContactPoint, MergedItem
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyAdmin):
    list_display = ["value", "type", "kind", "element"]
    list_filter = ["type", "kind"]
    search_fields = ["=value", "=element__pk"]


@admin.register(MergedItem)
class MergedItemAdmin(ReadOnlyAdmin):
    list_display = ["loser", "winner", "actor", "at"]
    search_fields = ["=loser__pk", "=winner__pk"]
