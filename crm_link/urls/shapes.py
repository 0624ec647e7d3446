"""Items in each shape."""

from django.urls import URLPattern, path

from crm_link.views import shapes

KIND = "<crm_kind:kind>/"

urlpatterns: list[URLPattern] = [
    path(KIND, shapes.items, name="crm_items"),
    path(KIND + "list/", shapes.table, name="crm_list"),
    path(KIND + "kanban/", shapes.kanban, name="crm_kanban"),
    path(KIND + "calendar/", shapes.calendar, name="crm_calendar"),
]
