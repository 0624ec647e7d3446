"""Small files of every kind that uploads meet, and a browser that sends and reads them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from lists_core.models import StoredFile
from lists_core.selectors.files import readable_files
from staff.models import Employee

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PROGRAM = b"MZ\x90\x00" + bytes(200)


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **more: object) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind, **more)
    return buffer.getvalue()


def bomb(side: int) -> bytes:
    """A PNG that says it has side × side pixels and holds a few compressed zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/x-whatever")


class Browser(Client):
    """Reads streamed answers to their end, as a browser does, into `response.body`."""

    def get(self, *args: object, **kwargs: object) -> HttpResponse:
        response = super().get(*args, **kwargs)
        if response.streaming:
            response.body = b"".join(response.streaming_content)
        return response


def browser(employee: Employee | None = None, **more: object) -> Client:
    client = Browser(**more)
    if employee:
        client.force_login(employee)
    return client


def send(actor: Employee, name: str, content: bytes) -> HttpResponse:
    return browser(actor).post(reverse("file_upload"), {"file": upload(name, content)})


def stored(actor: Employee, name: str = "акт.pdf", content: bytes = PDF) -> StoredFile:
    answer = send(actor, name, content)
    assert answer.status_code == 201, answer.content
    return StoredFile.objects.get(pk=answer.json()["id"])


def reads(employee: Employee, file: StoredFile) -> bool:
    """Whether all doors to the file say the same."""
    doors = ["file", "file_preview"] + (["file_thumbnail"] if file.thumbnail else [])
    codes = {browser(employee).get(reverse(door, args=[file.pk])).status_code for door in doors}
    assert codes in ({200}, {404})
    assert codes == ({200} if file.pk in readable_files(employee, [file.pk]) else {404})
    return codes == {200}
