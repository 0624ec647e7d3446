"""What a test that commits leaves behind is deleted, instead of truncating every table.

TRUNCATE of 130 tables makes new files for each and all of their indexes, half a second of work
after each such test; hardly ten of the tables hold a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

#: The same before and after every test; made anew they would cost as much as the rest.
KEPT = {"django_content_type", "auth_permission"}
#: Neither foreign keys nor triggers stand in the way, not even the audit log's own.
FREELY = [
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL svod.audit_allow = 'DELETE'",
]
truncate = DatabaseOperations.sql_flush


def install() -> None:
    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = after  # type: ignore[attr-defined]


def after(verbosity: int, interactive: bool, db: str) -> None:
    """What follows a migration makes content types and permissions, in a hundred queries: only
    where a real TRUNCATE took them."""
    if not ContentType.objects.using(db).exists():
        emit_post_migrate_signal(verbosity, interactive, db)


def sql_flush(
    self: DatabaseOperations,
    style: Any,
    tables: Sequence[str],
    *,
    reset_sequences: bool = False,
    allow_cascade: bool = False,
) -> list[str]:
    """The statements of a flush; Django runs them in one transaction."""
    if reset_sequences:
        return truncate(self, style, tables, reset_sequences=True, allow_cascade=allow_cascade)
    filled = [f"DELETE FROM {self.quote_name(name)}" for name in _filled(set(tables) - KEPT)]
    return [*FREELY, *filled] if filled else []


def _filled(tables: set[str]) -> list[str]:
    quote = connection.ops.quote_name
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quote(name)})" for name in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]
