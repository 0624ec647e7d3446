"""Conversion of leads, duplicates and their merging."""

from django.urls import URLPattern, path

from crm_link.views import conversion, duplicates

urlpatterns: list[URLPattern] = [
    path("crm/lead/<int:element_id>/convert/", conversion.lead_convert, name="crm_lead_convert"),
    path("crm/<crm_kind:kind>/alike/", duplicates.look_alikes_part, name="crm_look_alikes"),
    path("crm/<crm_kind:kind>/duplicates/", duplicates.duplicates, name="crm_duplicates"),
    path("crm/<crm_kind:kind>/merge/", duplicates.merge, name="crm_merge"),
    path("lists/<int:list_id>/bulk/merge/", duplicates.merge_selected, name="list_bulk_merge"),
]
