"""The rows that an import refused: kept batch by batch, in the end a file to be mended.

They wait as lines of the job's report (`BulkLine`, numbered by the rows of the file), not in its
result: there may be as many as the file has rows, and memory does not grow with them.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence

from django.core.files import File
from django.utils.translation import gettext as _

from lists_core.models import BulkLine, Job, StoredFile
from lists_core.services.files import keep_file
from lists_core.transfer.spec import ImportSpec
from lists_core.transfer.tables import Rows, open_rows
from svod.base.formulas import neutralised

READ_AT_ONCE = 2_000
Reason = tuple[int, str]
"""The number of a row in its file, and why it did not land."""


def keep_refused(job: Job, reasons: Iterable[Reason]) -> None:
    """Call it in the transaction of the batch: a job that is taken up again then neither loses a
    row nor tells of it twice."""
    refused = BulkLine.Outcome.INVALID
    lines = (BulkLine(job=job, element_id=row, outcome=refused, text=text) for row, text in reasons)
    BulkLine.objects.bulk_create(lines, ignore_conflicts=True)


def refused_file(job: Job, file: StoredFile, spec: ImportSpec) -> StoredFile | None:
    """CSV of all refused rows as they stood, with the reason in a last column; None when none
    waits."""
    if not job.lines.exists():
        return None
    with tempfile.TemporaryFile() as target, open_rows(file, spec.layout) as rows:
        text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow([*map(neutralised, spec.headings), _("Row"), _("Error")])
        for cells in _refused(rows, _reasons(job), len(spec.headings)):
            writer.writerow(map(neutralised, cells))
        text.flush()
        name = _("Rows with errors – %(name)s") % {"name": file.name.rsplit(".", 1)[0]}
        return keep_file(File(target), f"{name[:180]}.csv", actor=job.actor, mime="text/csv")


def _reasons(job: Job) -> Iterator[Reason]:
    lines = job.lines.order_by("element_id").values_list("element_id", "text")
    return lines.iterator(chunk_size=READ_AT_ONCE)


def _refused(rows: Rows, reasons: Iterable[Reason], width: int) -> Iterator[Sequence[str]]:
    """Both go by the order of the file, so one pass over it finds all."""
    numbered = enumerate(rows, start=1)
    for wanted, reason in reasons:
        row = next((row for number, row in numbered if number == wanted), [])
        yield [*row, *[""] * (width - len(row)), str(wanted), reason]
