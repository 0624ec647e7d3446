"""Uploads, downloads, thumbnails and previews of files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.file_kinds import INLINE_PICTURES, PDF, may_be_shown
from lists_core.models import StoredFile
from lists_core.selectors.files import access_file
from lists_core.sent_files import sent_back, text_of
from lists_core.services.files import TooLarge, too_large, upload_file
from svod.base.errors import DomainError, Forbidden, NotFound
from svod.base.htmx import render_page
from svod.base.http import PortalRequest
from svod.headers import frameable

MULTIPART_ROOM = 64 * 1024

View = Callable[..., HttpResponse]


def json_errors(view: View) -> View:
    """Refusals as {"error": text}: scripts show it beside the file."""

    @wraps(view)
    def told(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except (NotFound, Forbidden):
            raise
        except DomainError as error:
            status = 413 if isinstance(error, TooLarge) else 422
            return JsonResponse({"error": str(error)}, status=status)

    return told


def sent_file(request: PortalRequest) -> UploadedFile | HttpResponse:
    """The one file of a multipart request, or the answer to a request of another shape."""
    if request.content_type != "multipart/form-data":
        return JsonResponse({"error": _("Send the file as a form.")}, status=415)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.FILE_MAX_BYTES + MULTIPART_ROOM:
        raise too_large()
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if len(files) != 1 or "file" not in request.FILES:
        return JsonResponse({"error": _("Send one file at a time.")}, status=400)
    return files[0]


@login_required
@require_POST
@json_errors
def file_upload(request: PortalRequest) -> HttpResponse:
    """Take one file: {id, name, size, mime, url, thumb}."""
    sent = sent_file(request)
    if isinstance(sent, HttpResponse):
        return sent
    return JsonResponse(described(upload_file(sent, actor=request.user)), status=201)


def described(stored: StoredFile) -> dict[str, Any]:
    return {
        "id": stored.pk,
        "name": stored.name,
        "size": stored.size,
        "mime": stored.mime,
        "url": stored.get_absolute_url(),
        "thumb": stored.thumbnail_url,
    }


@login_required
@require_GET
@frameable
def file_download(request: PortalRequest, file_id: int) -> HttpResponseBase:
    """The file to those who may read it now; `?inline=1` shows pictures and PDF."""
    stored = access_file(request.user, file_id)
    inline = request.GET.get("inline") == "1" and may_be_shown(stored.mime)
    return sent_back(request, stored.name, stored.content, inline=inline, mime=stored.mime)


@login_required
@require_GET
def file_thumbnail(request: PortalRequest, file_id: int) -> HttpResponseBase:
    stored = access_file(request.user, file_id)
    if not stored.thumbnail:
        raise NotFound
    name = f"{stored.name}.webp"
    return sent_back(request, name, stored.thumbnail, inline=True, mime="image/webp")


@login_required
@require_GET
def file_preview(request: PortalRequest, file_id: int) -> HttpResponse:
    stored = access_file(request.user, file_id)
    return preview_page(request, stored, name=stored.name, url=stored.get_absolute_url())


def preview_page(
    request: PortalRequest, stored: StoredFile, *, name: str, url: str
) -> HttpResponse:
    """A picture, a PDF or the letters of a text in a page of the portal (in a dialog, mostly)."""
    context = {
        "file": stored,
        "name": name,
        "url": url,
        "is_picture": stored.mime in INLINE_PICTURES,
        "is_pdf": stored.mime == PDF,
        "text": text_of(stored),
    }
    return render_page(request, "lists/files/preview.html", context)
