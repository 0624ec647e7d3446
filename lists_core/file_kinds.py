"""Names and types of uploaded files: what is kept, what is refused, what may be shown.

A file is dangerous when a trusted-looking name hides a program or a web page, and when the
browser shows it inside the portal. The first is refused here; the second is allowed to
checked pictures and PDF only.
"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

import puremagic
from django.utils.translation import gettext as _

from svod.base.errors import Invalid

NAME_LENGTH = 200
HEAD = 4096
ANY = "application/octet-stream"

PICTURE_FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
PICTURES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
DOCUMENTS = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": OFFICE + "wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": OFFICE + "presentationml.presentation",
    "odt": OPEN + "text",
    "ods": OPEN + "spreadsheet",
    "odp": OPEN + "presentation",
    "rtf": "application/rtf",
}
TEXTS = {"txt": "text/plain", "csv": "text/csv", "md": "text/plain", "log": "text/plain"}
OTHERS = {
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "wav": "audio/wav",
    "heic": "image/heic",
}
TRUSTED = PICTURES | DOCUMENTS | OTHERS
MIMES = TRUSTED | TEXTS

INLINE_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
PDF = "application/pdf"

PROGRAM_STARTS = (
    b"MZ", b"\x7fELF", b"#!", b"<?php", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip
PAGE_STARTS = (
    "<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<iframe", "<!--", "<img",
    "<style", "<meta", "mime-version:",
)  # fmt: skip
PAGE_MIMES = {"text/html", "image/svg+xml", "application/xml", "application/xhtml+xml"}


def safe_name(name: str) -> str:
    """The name as typed, without folders, control signs and signs that turn text around."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})
    plain = " ".join(plain.split()).rstrip(".")
    if plain in {"", "."}:
        return _("Untitled")
    return _shortened(plain)


def _shortened(name: str) -> str:
    if len(name) <= NAME_LENGTH:
        return name
    suffix = PurePosixPath(name).suffix[:20]
    return name[: NAME_LENGTH - len(suffix)] + suffix


def extension(name: str) -> str:
    """The extension in small letters without its point, "" when there is none."""
    return PurePosixPath(name).suffix[1:].lower()


def is_picture_name(name: str) -> bool:
    return extension(name) in PICTURES


def checked_mime(name: str, head: bytes) -> str:
    """The type of a file that is no picture, from its name and its first HEAD bytes.

    Raises Invalid when a well-known extension hides something else that is dangerous.
    """
    kind = extension(name)
    if kind == "pdf" and not head.startswith(b"%PDF-"):
        raise mismatch(kind)
    if kind in MIMES and is_program(head):
        raise mismatch(kind)
    if kind in TRUSTED and is_page(head):
        raise mismatch(kind)
    return MIMES.get(kind, ANY)


def mismatch(kind: str) -> Invalid:
    message = _("This is not a %(kind)s file: something else is inside.") % {"kind": kind.upper()}
    return Invalid({"file": [message]}, message)


def is_program(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf").startswith(PROGRAM_STARTS)


def is_page(head: bytes) -> bool:
    """HTML, SVG or XML, as a browser that guesses types would find it."""
    return _beginning(head).startswith(PAGE_STARTS) or bool(_sniffed(head) & PAGE_MIMES)


def _beginning(head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", "ignore")
    return text.lstrip().lower()


def _sniffed(head: bytes) -> set[str]:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return set()
    best = max((match.confidence for match in found), default=0)
    return {match.mime_type for match in found if match.confidence == best}


def may_be_previewed(mime: str) -> bool:
    """Whether a page of the portal can show what is in the file; of texts only their letters."""
    return may_be_shown(mime) or mime in TEXTS.values()


def may_be_shown(mime: str) -> bool:
    """Whether the browser may show the file instead of saving it."""
    return mime in INLINE_PICTURES or mime == PDF
