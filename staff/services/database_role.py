"""Two roles in the database: the owner of the tables, and the one the portal works as.

The portal's role reads and writes every table of the project but the audit log, which it may
read and add to and no more: not even somebody who gets hold of the web server's connection
edits what was recorded. It owns the lists' own tables, for it makes and changes them while the
portal runs.
"""

from __future__ import annotations

from django.db import connection, transaction
from psycopg import sql

from staff.models import AuditEntry
from svod.base.errors import Conflict

LIST_TABLES = """
SELECT tablename FROM pg_tables
WHERE schemaname = 'public' AND tablename ~ '^list_[0-9]+$' AND tableowner <> %s
"""
# REFERENCES: a list's table points to the registry of elements.
SCHEMA = "GRANT USAGE, CREATE ON SCHEMA public TO {role}"
GRANTS = [
    "GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE ALL ON {audit} FROM {role}, PUBLIC",
    "GRANT SELECT, INSERT ON {audit} TO {role}",
    "GRANT USAGE ON SEQUENCE {audit_sequence} TO {role}",
]


class RoleRefused(Conflict):
    """The roles cannot be separated as they are; the text says what is in the way."""


@transaction.atomic
def separate(role: str) -> None:
    """Give the portal's `role` what it needs, as the tables' owner; run after each migration.

    Raises RoleRefused when the role could take more by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        _check(role, owner)
        _run(SCHEMA, role=role)
        # The migrations of an older portal, or a restored dump, may have made them the owner's.
        cursor.execute(LIST_TABLES, [role])
        for (table,) in cursor.fetchall():
            _run("ALTER TABLE {table} OWNER TO {role}", table=table, role=role)
    audit = AuditEntry._meta.db_table
    for statement in GRANTS:
        _run(statement, role=role, audit=audit, audit_sequence=f"{audit}_id_seq")


def _check(role: str, owner: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None or role == owner:
            raise RoleRefused(f"make a role {role!r} beside the owner {owner!r} first")
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER'), pg_has_role(%s, %s, 'MEMBER')",
                       [role, owner, owner, role])  # fmt: skip
        above, below = cursor.fetchone()
    if found[0] or above:
        raise RoleRefused(f"the role {role!r} could change the audit log: it is too powerful")
    if not below:
        raise RoleRefused(f'run as a superuser: GRANT "{role}" TO "{owner}"')


def _run(statement: str, **names: str) -> None:
    ready = {name: sql.Identifier(value) for name, value in names.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**ready))
