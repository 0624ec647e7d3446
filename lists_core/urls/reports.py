"""Reports and the dashboard."""

from django.urls import URLPattern, path

from lists_core.views import dashboard, report_builder, reports

LIST = "lists/<int:list_id>/reports/"
REPORT = "reports/<int:report_id>/"
WIDGET = "dashboard/widgets/<int:widget_id>/"

urlpatterns: list[URLPattern] = [
    path("reports/", reports.index, name="reports"),
    path("reports/new/", reports.new, name="report_new"),
    path(LIST + "add/", report_builder.add, name="report_add"),
    path(LIST + "preview/", report_builder.preview, name="report_preview"),
    path(REPORT, reports.report, name="report"),
    path(REPORT + "edit/", report_builder.edit, name="report_edit"),
    path(REPORT + "file/", reports.export, name="report_file"),
    path(REPORT + "copy/", reports.copy, name="report_copy"),
    path(REPORT + "delete/", reports.delete, name="report_delete"),
    path(REPORT + "pin/", dashboard.pin, name="report_pin"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/order/", dashboard.order, name="dashboard_order"),
    path("dashboard/own/", dashboard.own, name="dashboard_own"),
    path("dashboard/reset/", dashboard.reset, name="dashboard_reset"),
    path("dashboard/default/", dashboard.default, name="dashboard_default"),
    path(WIDGET, dashboard.widget, name="widget"),
    path(WIDGET + "change/", dashboard.change, name="widget_change"),
    path(WIDGET + "remove/", dashboard.remove, name="widget_remove"),
]
