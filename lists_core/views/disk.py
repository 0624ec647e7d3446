"""Pages of the shared Disk: folders, search, the bin, a file's card."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET

from lists_core.field_types.file import file_icon
from lists_core.file_kinds import may_be_shown
from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors import disk
from lists_core.sent_files import sent_back
from lists_core.views.files import frameable, preview_page
from lists_core.views.files_suggest import asked_words
from svod.base.htmx import render_page
from svod.base.http import PortalRequest

PAGE_SIZE = 100


@login_required
@require_GET
def disk_page(request: PortalRequest, folder_id: int | None = None) -> HttpResponse:
    """What a folder holds, or with `?q=` what has the words anywhere on the Disk."""
    folder = disk.access_folder(request.user, folder_id)
    words = asked_words(request).strip()
    folders, files = found(request, folder, words)
    context = {
        "folder": folder,
        "path": disk.path_of(folder),
        "q": words,
        "folders": folders,
        "page": Paginator(files, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    for file in context["page"]:
        file.sign = file_icon(file.current.mime)
    return render_page(request, "disk/disk.html", context)


def found(request: PortalRequest, folder: DiskFolder | None, words: str) -> tuple[Any, Any]:
    if words:
        return disk.search_folders(request.user, words), disk.search_files(request.user, words)
    return disk.folders_in(request.user, folder), disk.files_in(request.user, folder)


@login_required
@require_GET
def disk_file(request: PortalRequest, file_id: int) -> HttpResponse:
    """The card of a file: what it is, where it is, its versions."""
    file = disk.access_disk_file(request.user, file_id)
    context = {
        "file": file,
        "path": disk.path_of(file.folder),
        "versions": disk.versions_of(file),
        "sign": file_icon(file.current.mime),
        "may_be_shown": may_be_shown(file.current.mime),
    }
    return render_page(request, "disk/file.html", context)


@login_required
@require_GET
@frameable
def disk_content(request: PortalRequest, file_id: int) -> HttpResponseBase:
    """The current version, whichever it is; `?inline=1` shows pictures and PDF."""
    file = disk.access_disk_file(request.user, file_id)
    stored = file.current
    inline = request.GET.get("inline") == "1" and may_be_shown(stored.mime)
    return sent_back(request, file.name, stored.content, inline=inline, mime=stored.mime)


@login_required
@require_GET
def disk_preview(request: PortalRequest, file_id: int) -> HttpResponse:
    file = disk.access_disk_file(request.user, file_id)
    return preview_page(request, file.current, name=file.name, url=file.content_url)


@login_required
@require_GET
def disk_bin(request: PortalRequest) -> HttpResponse:
    files = Paginator(disk.binned_files(request.user), PAGE_SIZE)
    context = {
        "folders": disk.binned_folders(request.user),
        "page": files.get_page(request.GET.get("page")),
    }
    return render_page(request, "disk/bin.html", context)


@login_required
@require_GET
def disk_suggest(request: PortalRequest) -> JsonResponse:
    """Files of the Disk for a picker: {"results": [{value, text, note}]}."""
    files = disk.suggest_files(request.user, asked_words(request))
    return JsonResponse({"results": [suggestion(file) for file in files]})


def suggestion(file: DiskFile) -> dict[str, Any]:
    note = file.folder.name if file.folder else ""
    return {"value": file.pk, "text": file.name, "note": note}
