"""Bulk writes of an import: COPY into the tables, one history row an element.

Lines are already in COPY's text form (`lists_core.transfer.columns`); everything here runs in
the transaction of one batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection
from django.utils import timezone
from psycopg import sql
from psycopg.copy import QueuedLibpqWriter

from lists_core.models import Element, ElementVersion
from lists_core.schema.compile import Schema
from lists_core.transfer.columns import NULL, Writer
from staff.models import Employee

Kind = ElementVersion.Kind
CHUNK = 500
STAMPS = ("version", "modified_by", "modified_at")


def reserve_ids(list_id: int, sections: Sequence[int | None], *, actor: Employee) -> list[int]:
    """Ids of new elements of the list, one for each of the sections they will lie in.

    They are entered into the registry as they will be: what its trigger finds right already it
    does not write a second time.
    """
    table = Element._meta.db_table
    with connection.cursor() as cursor:
        # One text of them all: thousands of rows cost more.
        cursor.execute(
            "SELECT string_agg(nextval('element_id_seq')::text, ' ') FROM generate_series(1, %s)",
            [len(sections)],
        )
        ids = [int(text) for text in (cursor.fetchone()[0] or "").split()]
    lines = (
        f"{pk}\t{list_id}\t{actor.pk}\t{NULL if section is None else section}\tf"
        for pk, section in zip(ids, sections, strict=True)
    )
    copy(table, ("id", "list_id", "author", "section", "restricted"), lines)
    return ids


def copy(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY ready lines; names come from ids and models, never from a person's text.

    The lines are sent as they are made, by a thread of psycopg's: the server works on the
    first while the last do not exist yet.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(statement, writer=QueuedLibpqWriter(cursor.cursor)) as stream,
    ):
        rest = iter(lines)
        while chunk := list(islice(rest, CHUNK)):
            stream.write("\n".join(chunk) + "\n")


def copy_new(
    schema: Schema,
    ids: Sequence[int],
    columns: Sequence[str],
    lines: Iterable[str],
    *,
    actor: Employee,
    writer: Writer,
) -> None:
    """New rows of a list's table; `lines` hold `columns` of the elements `ids`."""
    now = writer.plain(timezone.now())
    stamps = "\t".join(["1", str(actor.pk), now, str(actor.pk), now, "f"])
    names = ("version", "created_by", "created_at", "modified_by", "modified_at", "restricted")
    whole = (f"{pk}\t{stamps}\t{line}" for pk, line in zip(ids, lines, strict=True))
    copy(schema.table, ("id", *names, *columns), whole)


def copy_history(
    kind: ElementVersion.Kind,
    list_id: int,
    versions: Iterable[tuple[int, int, str]],
    *,
    actor: Employee,
    writer: Writer,
) -> None:
    """History rows: (element id, version, changes as escaped JSON without its braces)."""
    tail = f"{list_id}\t{kind.value}\t{actor.pk}\t{writer.plain(timezone.now())}"
    copy(
        ElementVersion._meta.db_table,
        ("element_id", "version", "list_id", "kind", "actor_id", "at", "changes"),
        (f"{pk}\t{version}\t{tail}\t{{{changes}}}" for pk, version, changes in versions),
    )


def update_rows(schema: Schema, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Set `columns` and the stamps of present rows; each line begins with the id and them."""
    names = ("id", *STAMPS, *columns)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    draft = sql.Identifier("import_draft")
    table = sql.Identifier(schema.table)
    assigned = sql.SQL(", ").join(
        sql.SQL("{} = draft.{}").format(sql.Identifier(name), sql.Identifier(name))
        for name in names[1:]
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_draft")
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
                draft, listed, table
            )
        )
        copy("import_draft", names, lines)
        cursor.execute(
            sql.SQL(
                "UPDATE {} AS present SET {} FROM {} AS draft WHERE present.id = draft.id"
            ).format(table, assigned, draft)
        )
