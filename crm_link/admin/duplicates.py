"""Rules of duplicates in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from crm_link.models import DuplicateRule
from lists_core.admin.base import ReadOnlyAdmin


@admin.register(DuplicateRule)
class DuplicateRuleAdmin(ReadOnlyAdmin):
    list_display = ["kind", "blocks", "by"]
