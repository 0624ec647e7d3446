"""Pages of the shared Disk: folders, search, the bin, a file's card."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_GET

from lists_core.access import Right
from lists_core.disk_page import Entry, file_entries, folder_entries, place_name
from lists_core.file_kinds import may_be_previewed, may_be_shown
from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors import disk
from lists_core.selectors.disk_bin import binned_files, binned_folders
from lists_core.selectors.disk_history import history_of
from lists_core.selectors.disk_quota import person_room, portal_room
from lists_core.selectors.disk_uses import used_by
from lists_core.sent_files import sent_back
from lists_core.views.files import frameable, preview_page
from lists_core.views.files_suggest import asked_words
from svod.base.htmx import render_page
from svod.base.http import PortalRequest

PAGE_SIZE = 100
LOOK, LOOKS = "disk_look", ("list", "tiles")
KEPT_S = 365 * 24 * 3600


@login_required
@require_GET
def disk_page(request: PortalRequest, folder_id: int | None = None) -> HttpResponse:
    """What a folder holds, or with `?q=` what has the words anywhere on the Disk."""
    folder = disk.access_folder(request.user, folder_id)
    words = asked_words(request).strip()
    look = asked_look(request)
    context = {
        "folder": folder,
        "here": Entry(folder, "folder", disk.may(request.user, folder)),  # type: ignore[arg-type]
        "path": disk.path_of(request.user, folder),
        "q": words,
        "look": look,
        "order": asked_order(request),
        **listed(request, folder, words),
    }
    response = render_page(request, "disk/disk.html", context)
    response.set_cookie(LOOK, look, max_age=KEPT_S, samesite="Lax", httponly=True)
    return response


def asked_look(request: PortalRequest) -> str:
    """Rows or tiles: as asked now, or the last time."""
    look = request.GET.get("look") or request.COOKIES.get(LOOK, "")
    return look if look in LOOKS else LOOKS[0]


def asked_order(request: PortalRequest) -> str:
    order = request.GET.get("order", "")
    return order if order in disk.ORDERS else "name"


def listed(request: PortalRequest, folder: DiskFolder | None, words: str) -> dict[str, Any]:
    actor, order = request.user, asked_order(request)
    if words:
        folders, files = (
            disk.search_folders(actor, words),
            disk.search_files(actor, words, order=order),
        )
    else:
        folders, files = disk.folders_in(actor, folder), disk.files_in(actor, folder, order=order)
    page = Paginator(files, PAGE_SIZE).get_page(request.GET.get("page"))
    first = folders.reverse() if order == "-name" else folders
    return {
        "folders": folder_entries(actor, list(first) if page.number == 1 else []),
        "files": file_entries(actor, list(page), places=bool(words)),
        "page": page,
    }


@login_required
@require_GET
def disk_file(request: PortalRequest, file_id: int) -> HttpResponse:
    """The card of a file: what it is, where it is, its versions."""
    file = disk.access_disk_file(request.user, file_id)
    context = {
        "file": file,
        "path": disk.path_of(request.user, file.folder),
        "versions": disk.versions_of(file),
        "entry": file_entries(request.user, [file])[0],
        "previewed": may_be_previewed(file.current.mime),
    }
    return render_page(request, "disk/file.html", context)


@login_required
@require_GET
def disk_used(request: PortalRequest, file_id: int) -> HttpResponse:
    """Where a file is used, as far as the person may see."""
    file = disk.access_disk_file(request.user, file_id)
    context = {"file": file, "uses": used_by(request.user, file)}
    return render_page(request, "disk/used.html", context)


@login_required
@require_GET
def disk_history(request: PortalRequest, kind: str, item_id: int) -> HttpResponse:
    """For readers: who only passes through a folder, or only adds to it, reads no history."""
    item = disk.access_item(request.user, kind, item_id, Right.VIEW)
    context = {"item": item, "kind": kind, "lines": history_of(request.user, item)}
    return render_page(request, "disk/history.html", context)


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
    page = Paginator(binned_files(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    folders = list(binned_folders(request.user)) if page.number == 1 else []
    context = {
        "folders": folder_entries(request.user, folders),
        "files": file_entries(request.user, list(page), places=True),
        "page": page,
        "days": settings.DISK_BIN_DAYS,
    }
    return render_page(request, "disk/bin.html", context)


@login_required
@require_GET
def disk_room(request: PortalRequest) -> HttpResponse:
    """How much room is taken, of how much; a part of the Disk's page."""
    disk.require_disk(request.user)
    context = {"own": person_room(request.user), "whole": portal_room()}
    return render_page(request, "disk/room.html", context)


@login_required
@require_GET
def disk_suggest(request: PortalRequest) -> JsonResponse:
    """Files of the Disk for a picker: {"results": [{value, text, note}]}."""
    files = disk.suggest_files(request.user, asked_words(request))
    return JsonResponse({"results": [suggestion(request, file) for file in files]})


def suggestion(request: PortalRequest, file: DiskFile) -> dict[str, Any]:
    return {"value": file.pk, "text": file.name, "note": place_name(request.user, file)}
