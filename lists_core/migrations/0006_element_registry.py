"""The registry of elements repeats who made each, where it is and whether it is restricted."""

from django.db import migrations, models

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
# Filled before the triggers are made: the lists that there are already.
EXISTING = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT 'list_' || id FROM lists_core_list WHERE to_regclass('list_' || id) IS NOT NULL LOOP
        EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', name);
        EXECUTE format(
            'UPDATE element SET author = CASE WHEN row.deleted_at IS NULL THEN row.created_by END,'
            ' section = row.section, restricted = row.restricted'
            ' FROM %I AS row WHERE row.id = element.id', name);
        EXECUTE format(
            'CREATE TRIGGER element_made AFTER INSERT ON %I REFERENCING NEW TABLE AS made'
            ' FOR EACH STATEMENT EXECUTE FUNCTION element_made()', name);
        EXECUTE format(
            'CREATE TRIGGER element_followed AFTER UPDATE ON %I FOR EACH ROW'
            ' WHEN ((OLD.created_by, OLD.section, OLD.restricted, OLD.deleted_at IS NULL)'
            ' IS DISTINCT FROM'
            ' (NEW.created_by, NEW.section, NEW.restricted, NEW.deleted_at IS NULL))'
            ' EXECUTE FUNCTION element_followed()', name);
    END LOOP;
END $$;
"""
AWAY = """
DROP FUNCTION element_made() CASCADE;
DROP FUNCTION element_followed() CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [("lists_core", "0005_comments")]

    operations = [
        migrations.AddField("element", "author", models.BigIntegerField(editable=False, null=True)),
        migrations.AddField("element", "section", models.BigIntegerField(editable=False, null=True)),
        migrations.AddField(
            "element",
            "restricted",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunSQL(FUNCTIONS, AWAY),
        migrations.RunSQL(EXISTING, migrations.RunSQL.noop),
        migrations.AddIndex(
            "element",
            models.Index(
                fields=["author", "list"],
                name="element_author",
                condition=models.Q(author__isnull=False),
            ),
        ),
    ]
