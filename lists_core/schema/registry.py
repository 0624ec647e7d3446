"""What the registry of elements repeats of the lists' tables: author, section, restriction.

Triggers write it in the statement that changes the row, whoever changes it; their functions
are made by migration 0006. `check_access` compares both.
"""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from lists_core.schema.compile import table_name

TRIGGERS = """
    CREATE TRIGGER element_made AFTER INSERT ON {table} REFERENCING NEW TABLE AS made
        FOR EACH STATEMENT EXECUTE FUNCTION element_made();
    CREATE TRIGGER element_followed AFTER UPDATE ON {table} FOR EACH ROW
        WHEN ((OLD.created_by, OLD.section, OLD.restricted, OLD.deleted_at IS NULL)
            IS DISTINCT FROM
            (NEW.created_by, NEW.section, NEW.restricted, NEW.deleted_at IS NULL))
        EXECUTE FUNCTION element_followed()
"""
COUNT = """
    SELECT count(*) FROM element JOIN {table} AS row ON row.id = element.id
    WHERE (element.author, element.section, element.restricted) IS DISTINCT FROM
        (CASE WHEN row.deleted_at IS NULL THEN row.created_by END, row.section, row.restricted)
"""
MEND = """
    UPDATE element SET section = row.section, restricted = row.restricted,
        author = CASE WHEN row.deleted_at IS NULL THEN row.created_by END
    FROM {table} AS row
    WHERE row.id = element.id
        AND (element.author, element.section, element.restricted) IS DISTINCT FROM
        (CASE WHEN row.deleted_at IS NULL THEN row.created_by END, row.section, row.restricted)
"""


def follow(list_id: int) -> None:
    """From now on the registry repeats what is written to this list's table."""
    with connection.cursor() as cursor:
        cursor.execute(_of(TRIGGERS, list_id))


def registry_faults(list_id: int) -> int:
    """How many elements of the list the registry describes wrongly."""
    with connection.cursor() as cursor:
        cursor.execute(_of(COUNT, list_id))
        return int(cursor.fetchone()[0])


def mend_registry(list_id: int) -> int:
    """Describe them as the list does; how many were wrong."""
    with connection.cursor() as cursor:
        cursor.execute(_of(MEND, list_id))
        return int(cursor.rowcount)


def _of(template: str, list_id: int) -> sql.Composed:
    return sql.SQL(template).format(table=sql.Identifier(table_name(list_id)))
