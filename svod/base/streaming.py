"""Sending a file in pieces, whichever kind of server runs the view."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

CHUNK = 256 * 1024


def stream_file(
    request: HttpRequest, file: IO[bytes], *, name: str, size: int, mime: str, inline: bool = False
) -> StreamingHttpResponse:
    """The file as an answer, to be saved under `name` or, with `inline`, shown.

    Under ASGI Django would gather an ordinary iterator in memory before sending any of it, so
    there the pieces come from an asynchronous one. The file is closed with the answer.
    """
    pieces = _pieces(file) if isinstance(request, ASGIRequest) else file
    kind = StreamingHttpResponse if isinstance(request, ASGIRequest) else FileResponse
    response = kind(pieces, content_type=mime)
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    return response


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await to_thread(file.read, CHUNK):
            yield piece
    finally:
        await to_thread(file.close)
