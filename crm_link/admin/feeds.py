"""Consolidation in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import FeedDue, FeedGroup, FeedLink, FeedRule
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(FeedRule)
class FeedRuleAdmin(ReadOnlyAdmin):
    list_display = ["name", "source", "target", "run_as", "is_active", "failed_at"]
    search_fields = ["name"]


@admin.register(FeedGroup)
class FeedGroupAdmin(ReadOnlyAdmin):
    list_display = ["rule", "element", "key", "cancelled"]
    list_filter = ["rule", "cancelled"]
    search_fields = ["=element__pk"]


@admin.register(FeedLink)
class FeedLinkAdmin(ReadOnlyAdmin):
    list_display = ["rule", "source", "group"]
    list_filter = ["rule"]
    search_fields = ["=source__pk"]


@admin.register(FeedDue)
class FeedDueAdmin(ReadOnlyAdmin):
    list_display = ["rule", "source", "due_at", "attempts", "error"]
    list_filter = ["rule"]
    search_fields = ["=source"]
