"""The Access tabs of lists, sections, elements and fields."""

from django.urls import URLPattern, path

from lists_core.views import access

LIST = "lists/<int:list_id>"

urlpatterns: list[URLPattern] = [
    path(f"{LIST}/access/", access.list_access, name="list_access"),
    path(f"{LIST}/sections/<int:section_id>/access/", access.section_access, name="section_access"),
    path(f"{LIST}/elements/<int:element_id>/access/", access.element_access, name="element_access"),
    path(f"{LIST}/fields/<int:field_id>/access/", access.field_access, name="field_access"),
]
