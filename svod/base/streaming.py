"""Sending a file in pieces, whichever kind of server runs the view."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from typing import IO

from asgiref.sync import sync_to_async
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


def stream_pieces(
    request: HttpRequest, pieces: Iterator[bytes], *, name: str, mime: str
) -> StreamingHttpResponse:
    """What is still being made, piece by piece, to be saved under `name`.

    Each piece is made in the request's own thread, whose connection to the database Django
    closes with the answer.
    """
    asgi = isinstance(request, ASGIRequest)
    response = StreamingHttpResponse(_made(pieces) if asgi else pieces, content_type=mime)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


async def _made(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    make = sync_to_async(lambda: next(pieces, b""), thread_sensitive=True)
    while piece := await make():
        yield piece
