"""Reports and dashboards: looked at here, changed in the portal by whose they are."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import Dashboard, DashboardWidget, Report


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ["name", "list", "owner", "modified_at"]
    list_filter = ["modified_at"]
    list_select_related = ["list", "owner"]
    search_fields = ["name", "list__name"]


class WidgetInline(admin.TabularInline):
    model = DashboardWidget
    extra = 0
    fields = ["report", "look", "width", "sort"]
    readonly_fields = ("report", "look", "width", "sort")
    can_delete = False

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Dashboard)
class DashboardAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "owner"]
    list_select_related = ["owner"]
    search_fields = ["owner__username", "owner__last_name"]
    inlines = [WidgetInline]


@admin.register(DashboardWidget)
class DashboardWidgetAdmin(ReadOnlyAdmin):
    list_display = ["report", "dashboard", "look", "width", "sort"]
    list_filter = ["look"]
    list_select_related = ["report", "dashboard__owner"]
    search_fields = ["report__name"]
