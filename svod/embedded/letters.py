"""pg_trgm asks LC_CTYPE what a letter is, whatever the provider of the locale: with C an index of
parts of words holds the Latin ones alone."""

from __future__ import annotations

import psycopg
from psycopg import sql

CTYPE = "C.UTF-8"
#: They hold what were letters when they were built.
OF_LETTERS = """
    SELECT DISTINCT format('%I.%I', nspname, index.relname)
    FROM pg_index
    JOIN pg_class AS index ON index.oid = indexrelid
    JOIN pg_namespace ON pg_namespace.oid = index.relnamespace
    JOIN pg_opclass ON pg_opclass.oid = ANY(indclass)
    WHERE opcname IN ('gin_trgm_ops', 'gist_trgm_ops')
"""


def know_letters(server: str, name: str, database: str) -> bool:
    """Mend the database `name` that was made with LC_CTYPE C; False when it was not.

    `server` and `database` are libpq addresses of the superuser: of another database, and of this
    one, with which nobody may be working. The order of texts is the provider's and stays.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute(
            "UPDATE pg_database SET datctype = %s WHERE datname = %s AND datctype = 'C'",
            [CTYPE, name],
        )
        if not known.rowcount:
            return False
    with psycopg.connect(database, autocommit=True) as connection:
        for (index,) in connection.execute(OF_LETTERS).fetchall():
            connection.execute(sql.SQL("REINDEX INDEX " + index))
    return True
