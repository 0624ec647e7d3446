"""References of elements are checked once a statement instead of once a row (decision 006).

An imported row paid for three foreign keys about as much as for its own insertion. There is no way
back: without these triggers and with no keys, rows would outlive their elements.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from svod.base.migrating import Locked, Together, take_locks

DONE = "SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'element_gone')"
FUNCTIONS = """
CREATE FUNCTION element_listed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unknown bigint;
BEGIN
    SELECT told.list_id INTO unknown FROM (SELECT DISTINCT list_id FROM made) AS told
    WHERE NOT EXISTS (SELECT FROM lists_core_list WHERE id = told.list_id) LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = format('There is no list %s.', unknown);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION list_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM element WHERE list_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = format('List %s has elements.', OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION element_gone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    list bigint;
BEGIN
    FOR list IN SELECT DISTINCT list_id FROM gone LOOP
        IF to_regclass('list_' || list) IS NOT NULL THEN
            EXECUTE format(
                'DELETE FROM %I WHERE id IN (SELECT id FROM gone WHERE list_id = $1)',
                'list_' || list
            ) USING list;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER element_listed AFTER INSERT ON element REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION element_listed();
CREATE TRIGGER element_gone AFTER DELETE ON element REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION element_gone();
CREATE CONSTRAINT TRIGGER list_gone AFTER DELETE ON lists_core_list
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION list_gone();
CREATE OR REPLACE FUNCTION element_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unknown bigint;
    different bigint;
BEGIN
    SELECT count(*) FILTER (WHERE same IS NULL), count(*) FILTER (WHERE NOT same)
    INTO unknown, different
    FROM (
        SELECT (
            SELECT (element.author, element.section, element.restricted) IS NOT DISTINCT FROM
                (CASE WHEN made.deleted_at IS NULL THEN made.created_by END,
                 made.section, made.restricted)
            FROM element WHERE element.id = made.id
        ) AS same
        FROM made
    ) AS looked_at;
    IF unknown > 0 THEN
        RAISE foreign_key_violation USING MESSAGE =
            format('%s rows of %s are no elements.', unknown, TG_TABLE_NAME);
    ELSIF different > 0 THEN
        UPDATE element SET
            author = CASE WHEN made.deleted_at IS NULL THEN made.created_by END,
            section = made.section,
            restricted = made.restricted
        FROM made WHERE element.id = made.id
            AND (element.author, element.section, element.restricted) IS DISTINCT FROM
                (CASE WHEN made.deleted_at IS NULL THEN made.created_by END,
                 made.section, made.restricted);
    END IF;
    RETURN NULL;
END $$;
"""
KEYS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'element'::regclass
        AND conrelid::regclass::text ~ '^list_[0-9]+$'
"""


def drop_keys(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The lists' tables let go of their keys, one after the other, as nobody writes to them."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(KEYS)
        found = cursor.fetchall()
    for table, name in found:
        with transaction.atomic():
            take_locks({table: "ACCESS EXCLUSIVE", "element": "ACCESS EXCLUSIVE"})
            schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}"')


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("lists_core", "0017_transfer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            DONE,
            [
                Locked(
                    {
                        "lists_core_elementversion": "ACCESS EXCLUSIVE",
                        "element": "ACCESS EXCLUSIVE",
                        "lists_core_list": "ACCESS EXCLUSIVE",
                        "staff_employee": "ACCESS EXCLUSIVE",
                    }
                ),
                migrations.AlterField(
                    "elementversion",
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    "element",
                    "list",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lists_core.list",
                    ),
                ),
                migrations.RunSQL(FUNCTIONS),
            ],
        ),
        migrations.RunPython(drop_keys),
    ]
