"""Files, the Disk and the pickers of links."""

from __future__ import annotations

from django.urls import URLPattern, path

from lists_core.views import files, files_suggest

urlpatterns: list[URLPattern] = [
    path("files/upload/", files.file_upload, name="file_upload"),
    path("files/<int:file_id>/", files.file_download, name="file"),
    path("files/<int:file_id>/thumbnail/", files.file_thumbnail, name="file_thumbnail"),
    path("files/<int:file_id>/preview/", files.file_preview, name="file_preview"),
    path("lists/<int:list_id>/suggest/", files_suggest.element_suggest, name="element_suggest"),
]
