"""Sending a stored file to a browser, with the headers that keep it harmless."""

from __future__ import annotations

from typing import IO, Any

import structlog
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from lists_core.file_kinds import PDF, TEXTS
from lists_core.models import StoredFile
from svod.base.errors import NotFound
from svod.base.sandbox import SandboxError, run_limited
from svod.base.streaming import stream_file

log = structlog.get_logger(__name__)
HTTP_NOT_MODIFIED = 304
READ, TEXT_BYTES = "lists_core.texts_child:read_text", 256 * 1024
FILE_POLICY = "default-src 'none'; sandbox"
# The sandbox would take the browser's own PDF reader away; it runs nothing of the portal's.
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)


def sent_back(
    request: HttpRequest, name: str, content: FieldFile, *, inline: bool, mime: str
) -> HttpResponseBase:
    """The bytes with the headers that keep them harmless, or 304 when the browser has them.

    The rights have been checked before: a browser's copy is never shown without asking.
    """
    etag = quote_etag(str(content.name).replace("/", ""))
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None or response.status_code != HTTP_NOT_MODIFIED:
        response = stream_file(
            request, opened(content), name=name, size=content.size, mime=mime, inline=inline
        )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = PDF_POLICY if inline and mime == PDF else FILE_POLICY
    return response


def text_of(stored: StoredFile) -> dict[str, Any] | None:
    """{text, cut}: the letters at the beginning of a text file, read in a limited child process;
    None for other files and for one that cannot be read."""
    if stored.mime not in TEXTS.values():
        return None
    try:
        with opened(stored.content) as source:
            found: dict[str, Any] = run_limited(
                READ, {"most": TEXT_BYTES}, source=source, cpu_s=5, memory_mb=512, wall_s=10
            )
    except SandboxError:
        log.warning("text_not_read", file=stored.pk)
        return None
    return found


def opened(content: FieldFile) -> IO[bytes]:
    """The stored bytes; a row whose bytes are lost is told as missing and logged."""
    try:
        return content.open("rb")
    except FileNotFoundError as error:
        log.exception("stored_file_lost", name=content.name)
        raise NotFound(_("The content of this file is lost. Tell the administrator.")) from error
