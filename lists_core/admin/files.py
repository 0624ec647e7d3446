"""Files and the Disk: read-only, the portal's pages change them."""

from __future__ import annotations

from django.contrib import admin

from lists_core.admin.base import ReadOnlyAdmin
from lists_core.models import (
    DiskEvent,
    DiskFile,
    DiskFileVersion,
    DiskFolder,
    DiskRoot,
    FileUse,
    StoredFile,
)


class FileUseInline(admin.TabularInline):
    model = FileUse
    extra = 0
    fields = ["element", "field"]
    readonly_fields = ("element", "field")
    can_delete = False


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "mime", "size", "uploaded_by", "uploaded_at"]
    list_filter = ["mime", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "=sha256"]
    exclude = ["content"]
    inlines = [FileUseInline]


@admin.register(DiskRoot)
class DiskRootAdmin(ReadOnlyAdmin):
    list_display = ["id"]


@admin.register(DiskEvent)
class DiskEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "folder", "file", "actor"]
    list_filter = ["kind", "at"]
    list_select_related = ["folder", "file", "actor"]
    search_fields = ["folder__name", "file__name"]
    show_full_result_count = False


@admin.register(DiskFolder)
class DiskFolderAdmin(ReadOnlyAdmin):
    list_display = ["name", "parent", "created_by", "deleted_at"]
    list_select_related = ["parent", "created_by"]
    search_fields = ["name"]


class DiskFileVersionInline(admin.TabularInline):
    model = DiskFileVersion
    extra = 0
    fields = ["number", "file"]
    readonly_fields = ("number", "file")
    can_delete = False


@admin.register(DiskFile)
class DiskFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "folder", "created_by", "modified_at", "deleted_at"]
    list_filter = ["modified_at"]
    list_select_related = ["folder", "created_by"]
    search_fields = ["name"]
    inlines = [DiskFileVersionInline]
