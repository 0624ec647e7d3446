import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# The setting names the one operation that is let through, for the length of a transaction:
# DELETE for `audit_retention`, TRUNCATE for the flush between tests. Nothing lets UPDATE through.
# Whoever has no right to the operation is refused by PostgreSQL before the trigger is asked.
PROTECT = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE')
       AND current_setting('svod.audit_allow', true) IS NOT DISTINCT FROM TG_OP THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'audit entries are only ever added: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON staff_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
ALTER TABLE staff_auditentry ENABLE ALWAYS TRIGGER audit_append_only;
"""
RELEASE = """
DROP TRIGGER audit_append_only ON staff_auditentry;
DROP FUNCTION audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_special_groups")]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="Time")),
                ("event", models.CharField(max_length=60, verbose_name="Event")),
                ("actor_name", models.TextField(blank=True, default="", verbose_name="Name of the person")),
                ("impersonator_name", models.TextField(blank=True, default="")),
                ("subject", models.TextField(blank=True, default="", verbose_name="Subject")),
                ("subject_name", models.TextField(blank=True, default="", verbose_name="Name of the subject")),
                ("about", models.JSONField(default=dict, verbose_name="Details")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="Address")),
                ("request_id", models.CharField(blank=True, default="", max_length=64, verbose_name="Request")),
                ("actor", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="Person")),
                ("impersonator", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="Acting in their place")),
            ],
            options={
                "verbose_name": "Audit entry",
                "verbose_name_plural": "Audit log",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["at", "id"], name="audit_at"),
                    models.Index(fields=["event", "at", "id"], name="audit_event"),
                    models.Index(fields=["actor", "at", "id"], name="audit_actor"),
                    models.Index(condition=models.Q(("impersonator__isnull", False)), fields=["impersonator", "at", "id"], name="audit_impersonator"),
                    models.Index(fields=["subject", "at", "id"], name="audit_subject", opclasses=["text_pattern_ops", "timestamptz_ops", "int8_ops"]),
                ],
            },
        ),
        migrations.RunSQL(PROTECT, RELEASE),
    ]
