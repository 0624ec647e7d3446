"""Files, the Disk and the pickers of links."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from lists_core.views import disk, disk_access, disk_changes, files, files_suggest


class KindConverter:
    """What lies on the Disk: `folder` or `file`."""

    regex = "folder|file"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind")

urlpatterns: list[URLPattern] = [
    path("files/upload/", files.file_upload, name="file_upload"),
    path("files/<int:file_id>/", files.file_download, name="file"),
    path("files/<int:file_id>/thumbnail/", files.file_thumbnail, name="file_thumbnail"),
    path("files/<int:file_id>/preview/", files.file_preview, name="file_preview"),
    path("disk/", disk.disk_page, name="disk"),
    path("disk/folders/<int:folder_id>/", disk.disk_page, name="disk_folder"),
    path("disk/folders/add/", disk_changes.disk_folder_add, name="disk_folder_add"),
    path("disk/upload/", disk_changes.disk_upload, name="disk_upload"),
    path("disk/bin/", disk.disk_bin, name="disk_bin"),
    path("disk/suggest/", disk.disk_suggest, name="disk_suggest"),
    path("disk/room/", disk.disk_room, name="disk_room"),
    path("disk/access/", disk_access.disk_access, name="disk_access"),
    path("disk/files/<int:file_id>/", disk.disk_file, name="disk_file"),
    path("disk/files/<int:file_id>/content/", disk.disk_content, name="disk_content"),
    path("disk/files/<int:file_id>/content/preview/", disk.disk_preview, name="disk_preview"),
    path("disk/files/<int:file_id>/used/", disk.disk_used, name="disk_used"),
    path(
        "disk/files/<int:file_id>/versions/add/",
        disk_changes.disk_version_add,
        name="disk_version_add",
    ),
    path(
        "disk/files/<int:file_id>/versions/<int:number>/restore/",
        disk_changes.disk_version_restore,
        name="disk_version_restore",
    ),
    path("disk/<kind:kind>/<int:item_id>/rename/", disk_changes.disk_rename, name="disk_rename"),
    path("disk/<kind:kind>/<int:item_id>/move/", disk_changes.disk_move, name="disk_move"),
    path("disk/<kind:kind>/<int:item_id>/copy/", disk_changes.disk_copy, name="disk_copy"),
    path("disk/<kind:kind>/<int:item_id>/delete/", disk_changes.disk_delete, name="disk_delete"),
    path("disk/<kind:kind>/<int:item_id>/purge/", disk_changes.disk_purge, name="disk_purge"),
    path("disk/<kind:kind>/<int:item_id>/history/", disk.disk_history, name="disk_history"),
    path(
        "disk/<kind:kind>/<int:item_id>/access/",
        disk_access.disk_item_access,
        name="disk_item_access",
    ),
    path("disk/<kind:kind>/<int:item_id>/restore/", disk_changes.disk_restore, name="disk_restore"),
    path("lists/<int:list_id>/suggest/", files_suggest.element_suggest, name="element_suggest"),
]
