"""Constants of the portal in the Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from workflows.models import PortalConstant


@admin.register(PortalConstant)
class PortalConstantAdmin(admin.ModelAdmin):
    """To look at and to find; the portal's page has the control of each kind."""

    list_display = ["name", "code", "kind", "value", "changed_at"]
    list_filter = ["kind"]
    search_fields = ["name", "code", "description"]
    readonly_fields = ["kind", "multiple", "settings", "changed_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Made on the portal's page, which asks for the kind first."""
        return False
