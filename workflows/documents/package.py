"""The look at a .docx before anything parses it: size, programs inside, ways to the outside."""

from __future__ import annotations

import re
from typing import IO
from zipfile import BadZipFile, ZipFile

MAX_MEMBERS = 2_000
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 150
SMALL = 1024 * 1024
MAIN = "word/document.xml"
#: Parts in which placeholders are put in.
TEXT_PART = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml|docProps/core\.xml"
)
PROGRAMS = re.compile(
    r"vbaProject|vbaData|activeX|word/embeddings/|oleObject|customUI|afchunk|\.(bin|exe|dll|js|hta)$",
    re.IGNORECASE,
)
RELATION = re.compile(r"<Relationship\b[^>]*>")
EXTERNAL = re.compile(r"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
LINK = re.compile(r"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
HARMLESS = re.compile(r"Target\s*=\s*[\"'](https?:|mailto:|tel:|#)", re.IGNORECASE)
FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|MACROBUTTON)\b")
INSTRUCTION = re.compile(r"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")


class Refused(Exception):
    """The file cannot be a template: `str(error)` is the reason's code."""


def open_package(source: IO[bytes]) -> ZipFile:
    """The file as a .docx that is fit to be parsed. Raises Refused."""
    try:
        package = ZipFile(source)
    except (BadZipFile, ValueError):
        raise Refused("damaged") from None
    _check_sizes(package)
    names = package.namelist()
    if MAIN not in names or "[Content_Types].xml" not in names:
        raise Refused("not_docx")
    if any(PROGRAMS.search(name) for name in names):
        raise Refused("program")
    if b"macroEnabled" in package.read("[Content_Types].xml"):
        raise Refused("program")
    for name in names:
        if name.endswith((".xml", ".rels")):
            _check_xml(name, package.read(name).decode("utf-8", "replace"))
    return package


def _check_sizes(package: ZipFile) -> None:
    members = package.infolist()
    if len(members) > MAX_MEMBERS:
        raise Refused("too_large")
    if len({one.filename for one in members}) != len(members):
        raise Refused("damaged")
    unpacked = sum(one.file_size for one in members)
    packed = sum(one.compress_size for one in members) or 1
    if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked / packed > MAX_RATIO):
        raise Refused("too_large")


def _check_xml(name: str, text: str) -> None:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("damaged")
    if name.endswith(".rels"):
        outside = [one for one in RELATION.findall(text) if EXTERNAL.search(one)]
        if any(not (LINK.search(one) and HARMLESS.search(one)) for one in outside):
            raise Refused("external")
    elif name.startswith("word/"):
        written = [first or second for first, second in INSTRUCTION.findall(text)]
        if any(FIELD.search(one) for one in written):
            raise Refused("external")
        if "<w:altChunk" in text or "<w:subDoc" in text:
            raise Refused("external")
