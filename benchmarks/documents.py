"""`python -m benchmarks.documents`: documents a second from .docx templates.

The whole way of a document: values read with rights, the limited child process, the file kept.
The limit is docxtpl in this very process, without a child, a check or a database. Writes its
part of RESULTS.md.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import translation

from benchmarks.numerators import machine, write
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee
from workflows.services.document_templates import create_document_template
from workflows.services.documents import make

RESULTS = Path(__file__).parent / "RESULTS.md"
MARK = "## Documents"
HEAD = (
    MARK
    + """

`python -m benchmarks.documents`; {machine}; load {load:.1f} at the start. A document of twenty
paragraphs with five placeholders and a table; medians. "Child, CPU" is the processor time of the
limited process, "limit" docxtpl in one warm process with the same values, nothing checked or kept.

| rows of the table | whole, ms | documents/s | child, CPU ms | limit, ms |
|---|---|---|---|---|
"""
)
ROUNDS = 9
SIZES = (0, 10, 100)


def lines() -> Iterator[str]:
    """One row for each size of the table."""
    actor = Employee.objects.create_superuser(
        "bench", "bench@svod.example", "x", last_name="Иванова", first_name="Анна"
    )
    contracts, goods, link = _lists(actor)
    content = template()
    upload = SimpleUploadedFile("bench.docx", content)
    made = create_document_template(
        actor=actor, name="bench", upload=upload, list_id=contracts.pk, rows_field_id=link.pk
    )
    for size in SIZES:
        element = create_element(contracts.pk, {"NAME": "Ель", "SUM": Decimal(7)}, actor=actor)
        for number in range(size):
            values = {"NAME": f"Т{number}", "CONTRACT": element.pk, "PRICE": Decimal(number)}
            create_element(goods.pk, values, actor=actor)
        yield _line(size, made, (contracts.pk, element.pk), actor, content)


def _line(size: int, made: Any, place: tuple[int, int], actor: Employee, content: bytes) -> str:
    whole, child = [], []
    for _round in range(ROUNDS):
        spent, begun = _children(), perf_counter()
        make(made, place, actor)
        whole.append(perf_counter() - begun)
        child.append(_children() - spent)
    limit = median(_by_hand(content, size) for _round in range(ROUNDS))
    each = median(whole)
    cells = (f"{each * 1000:.0f}", f"{1 / each:.1f}", f"{median(child) * 1000:.0f}",
             f"{limit * 1000:.0f}")  # fmt: skip
    return f"| {size} | {' | '.join(cells)} |"


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _by_hand(content: bytes, size: int) -> float:
    from docxtpl import DocxTemplate

    rows = [{"NAME": f"Т{number}", "PRICE": number} for number in range(size)]
    begun = perf_counter()
    document = DocxTemplate(io.BytesIO(content))
    document.render({"NAME": "Ель", "SUM": 7, "ID": 1, "rows": rows, "today": "24.11.2026"})
    document.save(io.BytesIO())
    return perf_counter() - begun


def template() -> bytes:
    from docx import Document

    document = Document()
    for number in range(20):
        text = ("{{ NAME }} № {{ ID }}", "{{ SUM }}", "{{ today }}", "{{ NAME }}")
        document.add_paragraph(text[number] if number < len(text) else "Обычный текст. " * 20)
    table = document.add_table(rows=3, cols=2)
    cells = ("{%tr for row in rows %}", ""), ("{{ row.NAME }}", "{{ row.PRICE }}"), (
        "{%tr endfor %}", "",
    )  # fmt: skip
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _lists(actor: Employee) -> tuple[Any, Any, Any]:
    contracts = create_list(actor=actor, name="Договоры")
    create_field(contracts.pk, "number", actor=actor, name="Сумма", code="SUM")
    goods = create_list(actor=actor, name="Товары")
    link = create_field(goods.pk, "element", actor=actor, name="Договор", code="CONTRACT",
                        settings={"list": contracts.pk})  # fmt: skip
    create_field(goods.pk, "number", actor=actor, name="Цена", code="PRICE")
    return contracts, goods, link


def main() -> int:
    load = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        with translation.override("ru"):
            found = "\n".join(lines())
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    write(RESULTS, MARK, HEAD.format(machine=machine(), load=load) + found + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
