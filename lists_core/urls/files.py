"""Files, the Disk and the pickers of links."""

from __future__ import annotations

from django.urls import URLPattern, path

from lists_core.views import files_suggest

urlpatterns: list[URLPattern] = [
    path("lists/<int:list_id>/suggest/", files_suggest.element_suggest, name="element_suggest"),
]
