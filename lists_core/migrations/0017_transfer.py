"""Imports that are remembered. And cheaper rows for them: a row whose registry entry is right
already is not written anew, and a version has no constraint to check against its element."""

import django.contrib.postgres.fields
import django.db.models.deletion
import lists_core.models.transfer
from django.conf import settings
from django.db import migrations, models

from svod.base.migrating import Locked


MADE = """
CREATE OR REPLACE FUNCTION element_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE element SET
        author = CASE WHEN made.deleted_at IS NULL THEN made.created_by END,
        section = made.section,
        restricted = made.restricted
    FROM made WHERE element.id = made.id%s;
    RETURN NULL;
END $$;
"""
DIFFERENT = """
        AND (element.author, element.section, element.restricted) IS DISTINCT FROM
            (CASE WHEN made.deleted_at IS NULL THEN made.created_by END,
             made.section, made.restricted)"""


class Migration(migrations.Migration):

    dependencies = [
        ('lists_core', '0016_disk_access'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Locked(
            {
                "lists_core_elementversion": "ACCESS EXCLUSIVE",
                "element": "ACCESS EXCLUSIVE",
                "lists_core_job": "SHARE ROW EXCLUSIVE",
                "lists_core_list": "SHARE ROW EXCLUSIVE",
                "staff_employee": "SHARE ROW EXCLUSIVE",
            }
        ),
        migrations.AlterField(
            model_name='elementversion',
            name='element',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='lists_core.element'),
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('identity', models.CharField(max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='import_run', to='lists_core.job')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lists_core.list')),
            ],
            options={
                'verbose_name': 'Import',
                'verbose_name_plural': 'Imports',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.PositiveIntegerField()),
                ('last', models.PositiveIntegerField()),
                ('lines', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='lists_core.importrun')),
            ],
            options={
                'verbose_name': 'Batch of an import',
                'verbose_name_plural': 'Batches of imports',
                'ordering': ['run_id', 'first'],
            },
        ),
        migrations.CreateModel(
            name='ImportSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mapping_name', models.CharField(max_length=100, verbose_name='Mapping')),
                ('headings', models.JSONField(default=lists_core.models.transfer.no_headings)),
                ('choices', models.JSONField(default=dict)),
                ('url', models.CharField(max_length=2000, verbose_name='Address of the file')),
                ('every', models.CharField(choices=[('hour', 'Every hour'), ('day', 'Every day'), ('week', 'Every week')], max_length=5, verbose_name='How often')),
                ('is_on', models.BooleanField(default=True, verbose_name='On')),
                ('next_at', models.DateTimeField(verbose_name='Next time')),
                ('state', models.CharField(blank=True, choices=[('', 'Not fetched yet'), ('working', 'At work'), ('done', 'Imported'), ('same', 'The file has not changed'), ('failed', 'Failed')], default='', max_length=8)),
                ('told', models.TextField(blank=True)),
                ('fetched_at', models.DateTimeField(null=True)),
                ('failed_since', models.DateTimeField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('etag', models.CharField(blank=True, max_length=200)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='lists_core.job')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_schedules', to='lists_core.list')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Author')),
            ],
            options={
                'verbose_name': 'Scheduled import',
                'verbose_name_plural': 'Scheduled imports',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('headings', models.JSONField(default=lists_core.models.transfer.no_headings)),
                ('choices', models.JSONField(default=dict)),
                ('modified_at', models.DateTimeField(auto_now=True, verbose_name='Changed')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_mappings', to='lists_core.list')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Author')),
            ],
            options={
                'verbose_name': 'Mapping of an import',
                'verbose_name_plural': 'Mappings of imports',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('list', 'name'), name='import_mapping_name')],
            },
        ),
        migrations.AddIndex(
            model_name='importrun',
            index=models.Index(fields=['list', 'sha256'], name='import_run_file'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.UniqueConstraint(fields=('run', 'first'), name='import_batch_once'),
        ),
        migrations.AddIndex(
            model_name='importschedule',
            index=models.Index(condition=models.Q(('is_on', True)), fields=['next_at'], name='import_schedule_due'),
        ),
        migrations.RunSQL(MADE % DIFFERENT, MADE % ""),
    ]
