"""The .docx template of an answer to a claim, made here so that no file has to be kept."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from lists_core.models import List
from staff.models import Employee
from workflows.services.document_templates import create_document_template

NAME = "Ответ на рекламацию"
LINES = [
    "Кому: {{ PARTNER }}",
    "Исх. № {{ NUMBER }} от {{ today|дата_словами }}",
    "Уважаемые партнёры!",
    "Мы рассмотрели вашу рекламацию «{{ NAME }}».",
    "{{ ANSWER }}",
    "{% if AMOUNT %}Сумма к возмещению: {{ AMOUNT }} ({{ AMOUNT|прописью }}).{% endif %}",
    "С уважением, {{ RESPONSIBLE.FULL_NAME|инициалы }}",
]


def answer_template(list_: List, *, actor: Employee) -> int:
    """The id of the template; the list's fields of these codes fill it."""
    upload = SimpleUploadedFile("answer.docx", docx())
    made = create_document_template(
        actor=actor, name=NAME, upload=upload, list_id=list_.pk,
        file_name="Ответ {{ NUMBER }}",
    )  # fmt: skip
    return int(made.pk)


def docx() -> bytes:
    document = Document()
    document.add_heading(NAME, level=1)
    for line in LINES:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
