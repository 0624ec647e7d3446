"""The portal's own role in a database of somebody else's: it works, and the log stays."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from lists_core.models import Element
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list, delete_list, purge_list
from staff.models import AuditEntry
from staff.services.audit import record

OWNER, APP = "svod_test_owner", "svod_test_app"
DENIED = r"permission denied|must be owner"


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def acting_as(role):
    run(f"SET LOCAL ROLE {role}")
    try:
        yield
    finally:
        run("RESET ROLE")


@pytest.fixture
def roles(log):
    """Two real roles, the tables of this database the owner's; undone with the transaction."""
    if run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") != [(True,)]:
        pytest.fail("the tests' database must be a superuser's: they make roles")
    run(f"CREATE ROLE {OWNER}")
    run(f"CREATE ROLE {APP}")
    run(f"GRANT {APP} TO {OWNER}")
    run(f"ALTER SCHEMA public OWNER TO {OWNER}")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for (table,) in run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        run(f'ALTER TABLE "{table}" OWNER TO {OWNER}')
    # How a database that was one role's looks before `database_role`: a list of the owner's.
    run("CREATE TABLE list_999999 (id bigint)")
    run(f"ALTER TABLE list_999999 OWNER TO {OWNER}")


@pytest.fixture
def separated(roles):
    with acting_as(OWNER):
        call_command("database_role", role=APP)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_auditentry SET actor_name = 'x'",
        "DELETE FROM staff_auditentry",
        "TRUNCATE staff_auditentry",
        "ALTER TABLE staff_auditentry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_append_only ON staff_auditentry",
        "DROP TABLE staff_auditentry",
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        f"SET ROLE {OWNER}; DELETE FROM staff_auditentry",
    ],
)
@pytest.mark.parametrize("allowed", ["DELETE", "TRUNCATE"])
def test_the_portals_role_changes_no_entry(separated, statement, allowed):
    """16.4.2: no setting helps, for the right itself is missing."""
    with acting_as(APP):
        record("employee.changed", actor=None)
        run(f"SET LOCAL svod.audit_allow = '{allowed}'")
        # The session of a test is a superuser's, whom nothing stops from becoming anybody.
        if statement.startswith("SET ROLE"):
            assert run(f"SELECT pg_has_role('{APP}', '{OWNER}', 'MEMBER')") == [(False,)]
            return
        with pytest.raises(DatabaseError, match=DENIED), transaction.atomic():
            run(statement)
        assert AuditEntry.objects.filter(event="employee.changed").exists()


def test_the_portals_role_does_all_the_portal_does(separated, world):
    with acting_as(APP):
        list_ = create_list(actor=world.admin, name="Склад")
        create_field(list_.pk, "string", actor=world.admin, name="Цвет")
        list_.refresh_from_db()
        element = create_element(list_.pk, {"NAME": "Гвозди"}, actor=world.admin)
        delete_elements(list_.pk, [element.pk], actor=world.admin)
    assert run(f"SELECT tableowner FROM pg_tables WHERE tablename = 'list_{list_.pk}'") == [(APP,)]
    # The registry's row goes with the list's: both sides of the key belong to different roles.
    with acting_as(APP):
        Element.objects.filter(pk=element.pk).delete()
        assert run(f"SELECT count(*) FROM list_{list_.pk}") == [(0,)]
    with acting_as(OWNER):
        run(f"ALTER TABLE list_{list_.pk} ADD COLUMN later text")
    with acting_as(APP):
        delete_list(list_.pk, actor=world.admin)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        purge_list(list_.pk, actor=world.admin)


def test_lists_go_to_the_portals_role(separated):
    assert run("SELECT tableowner FROM pg_tables WHERE tablename = 'list_999999'") == [(APP,)]


def test_it_can_be_run_again(separated):
    with acting_as(OWNER):
        call_command("database_role", role=APP)
    with acting_as(APP):
        record("employee.changed", actor=None)


def test_the_owner_deletes_old_entries(separated):
    AuditEntry.objects.create(event="x", at=datetime(2020, 1, 1, tzinfo=UTC))
    with acting_as(APP), pytest.raises(CommandError, match="may not"), transaction.atomic():
        call_command("audit_retention", older_than=1)
    with acting_as(OWNER):
        call_command("audit_retention", older_than=1, verbosity=0)
    assert not AuditEntry.objects.filter(event="x").exists()


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (f"DROP ROLE {APP}", "make a role"),
        (f"ALTER ROLE {APP} SUPERUSER", "too powerful"),
        (f"ALTER ROLE {APP} CREATEROLE", "too powerful"),
        (f"REVOKE {APP} FROM {OWNER}; GRANT {OWNER} TO {APP}", "too powerful"),
        (f"REVOKE {APP} FROM {OWNER}", "GRANT"),
    ],
)
def test_roles_that_protect_nothing_are_refused(roles, prepare, words):
    run(prepare)
    with acting_as(OWNER), pytest.raises(CommandError, match=words):
        call_command("database_role", role=APP)


def test_one_role_for_everything_needs_no_command(db):
    with pytest.raises(CommandError, match="which role"):
        call_command("database_role")
