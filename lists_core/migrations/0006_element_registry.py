"""The registry of elements repeats who made each, where it is and whether it is restricted.

A list's triggers come first and its elements after them, in small transactions: people go on
working.
"""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from svod.base.migrating import IndexConcurrently, Together, in_batches

MADE = "SELECT to_regproc('element_followed') IS NOT NULL"
FUNCTIONS = """
CREATE FUNCTION element_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE element SET
        author = CASE WHEN made.deleted_at IS NULL THEN made.created_by END,
        section = made.section,
        restricted = made.restricted
    FROM made WHERE element.id = made.id;
    RETURN NULL;
END $$;
CREATE FUNCTION element_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE element SET
        author = CASE WHEN NEW.deleted_at IS NULL THEN NEW.created_by END,
        section = NEW.section,
        restricted = NEW.restricted
    WHERE id = NEW.id;
    RETURN NULL;
END $$;
"""
AWAY = """
DROP FUNCTION element_made() CASCADE;
DROP FUNCTION element_followed() CASCADE;
"""
TABLES = """
    SELECT 'list_' || id FROM lists_core_list WHERE to_regclass('list_' || id) IS NOT NULL
"""
TRIGGERS = """
    CREATE OR REPLACE TRIGGER element_made AFTER INSERT ON {table} REFERENCING NEW TABLE AS made
        FOR EACH STATEMENT EXECUTE FUNCTION element_made();
    CREATE OR REPLACE TRIGGER element_followed AFTER UPDATE ON {table} FOR EACH ROW
        WHEN ((OLD.created_by, OLD.section, OLD.restricted, OLD.deleted_at IS NULL)
            IS DISTINCT FROM
            (NEW.created_by, NEW.section, NEW.restricted, NEW.deleted_at IS NULL))
        EXECUTE FUNCTION element_followed()
"""
# The rows are held: what a writer changes between the reading and the writing comes after it.
FILL = """
    WITH held AS (
        SELECT id, section, restricted, CASE WHEN deleted_at IS NULL THEN created_by END AS author
        FROM {table} WHERE id >= %(low)s AND id < %(high)s FOR SHARE
    )
    UPDATE element
    SET author = held.author, section = held.section, restricted = held.restricted
    FROM held WHERE element.id = held.id AND (element.author, element.section, element.restricted)
        IS DISTINCT FROM (held.author, held.section, held.restricted)
"""


def follow(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
    for table in tables:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(TRIGGERS.format(table=table))
        in_batches(schema_editor, table, FILL.format(table=table))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lists_core", "0005_comments")]

    operations = [
        Together(
            MADE,
            [
                migrations.AddField(
                    "element", "author", models.BigIntegerField(editable=False, null=True)
                ),
                migrations.AddField(
                    "element", "section", models.BigIntegerField(editable=False, null=True)
                ),
                migrations.AddField(
                    "element",
                    "restricted",
                    models.BooleanField(db_default=False, default=False, editable=False),
                ),
                migrations.RunSQL(FUNCTIONS, AWAY),
            ],
        ),
        migrations.RunPython(follow, migrations.RunPython.noop),
        IndexConcurrently(
            "element",
            models.Index(
                fields=["author", "list"],
                name="element_author",
                condition=models.Q(author__isnull=False),
            ),
        ),
    ]
