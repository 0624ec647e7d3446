"""The history says which list it is of, for the list's feed; drafts are kept.

A grown portal has many millions of versions: they are filled in small transactions while people
work, and their index is built beside them.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from svod.base.migrating import IndexConcurrently, Locked, Together, in_batches, until_nothing

MADE = "SELECT to_regclass('lists_core_elementdraft') IS NOT NULL"
SET = "UPDATE lists_core_elementversion AS version SET list_id = element.list_id FROM element"
FILL = f"""{SET}
    WHERE element.id = version.element_id AND version.list_id IS NULL
        AND version.id >= %(low)s AND version.id < %(high)s
"""
# What was written meanwhile by a process of the code before this one.
REFILL = f"""{SET}
    WHERE element.id = version.element_id AND version.id IN (
        SELECT id FROM lists_core_elementversion WHERE list_id IS NULL ORDER BY id LIMIT %(most)s
    )
"""


def fill(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    in_batches(schema_editor, "lists_core_elementversion", FILL)


def refill(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    until_nothing(schema_editor, REFILL)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("lists_core", "0011_bulk_lines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            MADE,
            [
                # In the order in which a write takes them: begun with the version's, it and a
                # person's write would wait for each other.
                Locked(
                    {
                        "lists_core_list": "SHARE ROW EXCLUSIVE",
                        "element": "SHARE ROW EXCLUSIVE",
                        "lists_core_elementversion": "ACCESS EXCLUSIVE",
                        "staff_employee": "SHARE ROW EXCLUSIVE",
                    }
                ),
                migrations.AddField(
                    model_name="elementversion",
                    name="list",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="lists_core.list",
                    ),
                ),
                migrations.CreateModel(
                    name="ElementDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("values", models.JSONField(default=dict)),
                        ("saved_at", models.DateTimeField(db_index=True)),
                        (
                            "element",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="lists_core.element",
                            ),
                        ),
                        (
                            "employee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="lists_core.list",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Draft",
                        "verbose_name_plural": "Drafts",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("employee", "list", "element"),
                                name="element_draft_unique",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        IndexConcurrently(
            model_name="elementversion",
            index=models.Index(fields=["list", "id"], name="element_version_feed"),
        ),
        migrations.RunPython(refill, migrations.RunPython.noop),
    ]
