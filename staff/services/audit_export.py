"""The audit log as a CSV file, row by row; the export is an entry itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import AuditEntry, Employee
from staff.selectors_audit import AuditFilters, cursor, entries
from staff.services.audit import audit_events, record
from svod.base.formulas import neutralised

BATCH = 1_000
BOM = "\ufeff"


def export_entries(filters: AuditFilters, *, actor: Employee) -> Iterator[bytes]:
    """Record the export, then give the file in pieces of BATCH rows, newest entries first.

    Pieces are read one by one along the key: no transaction stays open between them. The
    labels are in the language and the times in the zone of the moment of the call.
    """
    newest = entries(actor, filters).first()
    record("audit.exported", actor=actor, about=_told(filters))
    labels = {event.slug: str(event.label) for event in audit_events}
    return _pieces(filters, actor, newest, labels, timezone.get_current_timezone(), _headings())


def _pieces(
    filters: AuditFilters,
    actor: Employee,
    newest: AuditEntry | None,
    labels: dict[str, str],
    zone: tzinfo,
    headings: list[str],
) -> Iterator[bytes]:
    yield _lines([headings], start=BOM)
    rows = [newest] if newest else []
    while rows:
        yield _lines([_cells(entry, labels, zone) for entry in rows])
        rows = list(entries(actor, filters, before=cursor(rows[-1]))[:BATCH])


def _told(filters: AuditFilters) -> dict[str, Any]:
    """The filter that was used, without what is empty."""
    told = {
        "event": filters.event,
        "person": str(filters.person or ""),
        "since": filters.since and filters.since.isoformat(),
        "until": filters.until and filters.until.isoformat(),
        "subject": filters.subject,
    }
    return {name: value for name, value in told.items() if value}


def _headings() -> list[str]:
    return [
        _("Time"), _("Event"), _("Code"), _("Person"), _("Acting in their place"), _("Subject"),
        _("Name of the subject"), _("Details"), _("Address"), _("Request"),
    ]  # fmt: skip


def _cells(entry: AuditEntry, labels: dict[str, str], zone: tzinfo) -> list[str]:
    return [
        entry.at.astimezone(zone).isoformat(sep=" ", timespec="seconds"),
        labels.get(entry.event, entry.event),
        entry.event,
        entry.actor_name,
        entry.impersonator_name,
        entry.subject,
        entry.subject_name,
        json.dumps(entry.about, ensure_ascii=False) if entry.about else "",
        entry.ip or "",
        entry.request_id,
    ]


def _lines(rows: list[list[str]], start: str = "") -> bytes:
    """CSV with semicolons, as other exports; no cell may become a formula."""
    text = io.StringIO(start)
    text.seek(0, io.SEEK_END)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [neutralised(cell) for cell in row] for row in rows
    )
    return text.getvalue().encode()
