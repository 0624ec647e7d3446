"""pg_trgm asks LC_CTYPE what a letter is, whatever the provider of the locale: with C an index of
parts of words holds the Latin ones alone."""

from __future__ import annotations

import psycopg
from psycopg import sql

CTYPE = "C.UTF-8"
#: The comment on a database whose indexes are being built anew.
UNFINISHED = "svod: indexes of letters are to be built anew"
STATE = """
    SELECT datctype, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s
"""
SET_CTYPE = "UPDATE pg_database SET datctype = %s WHERE datname = %s"
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
    """Mend the database `name` that was made with LC_CTYPE C; False when there is nothing to mend.

    `server` and `database` are libpq addresses of the superuser: of another database, and of this
    one, with which nobody may be working. The order of texts is the provider's and stays. What
    is ended in between goes on at the next call.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        if not _is_to_be_mended(connection, name):
            return False
        # Before the type of letters: indexes of before it find no Russian word that they hold.
        _note(connection, name, UNFINISHED)
        connection.execute(SET_CTYPE, [CTYPE, name])
    with psycopg.connect(database, autocommit=True) as connection:
        for (index,) in connection.execute(OF_LETTERS).fetchall():
            connection.execute(sql.SQL("REINDEX INDEX " + index))
        _note(connection, name, None)
    return True


def _is_to_be_mended(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(STATE, [name]).fetchone()
    return row is not None and (row[0] == "C" or row[1] == UNFINISHED)


def _note(connection: psycopg.Connection, name: str, text: str | None) -> None:
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(comment.format(sql.Identifier(name), text))
