"""Small .docx files for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document


def docx(
    *paragraphs: str, table: Sequence[Sequence[str]] = (), header: str = "", title: str = ""
) -> bytes:
    """A document of these paragraphs, with a table, a header and a title in its properties."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=len(table), cols=max(map(len, table)))
        for row, texts in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=False):
                cell.text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if title:
        document.core_properties.title = title
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def upload(content: bytes, name: str = "template.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def with_parts(content: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """The same package with parts added or put in place of others."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, text in parts.items():
            new.writestr(name, text)
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    """The paragraphs of the text, filled ones only."""
    return [one.text for one in Document(io.BytesIO(content)).paragraphs if one.text]


def cells(content: bytes, table: int = 0) -> list[list[str]]:
    found: Any = Document(io.BytesIO(content)).tables[table]
    return [[cell.text for cell in row.cells] for row in found.rows]
