import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


def adopt(apps, schema_editor):
    """Groups that people made in the admin so far become groups of employees."""
    group = apps.get_model("auth", "Group")
    employee_group = apps.get_model("staff", "EmployeeGroup")
    own = group.objects.filter(department=None, subtree_of=None)
    taken = set()
    for row in own.exclude(name__in=["everyone", "author"]).order_by("pk"):
        name = row.name if row.name.lower() not in taken else f"{row.name[:130]} ({row.pk})"
        taken.add(name.lower())
        employee_group.objects.create(group=row, name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("staff", "0004_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmployeeGroup",
            fields=[
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="employee_group",
                        serialize=False,
                        to="auth.group",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="Name")),
                (
                    "description",
                    models.TextField(blank=True, max_length=1000, verbose_name="Description"),
                ),
            ],
            options={
                "verbose_name": "Group of employees",
                "verbose_name_plural": "Groups of employees",
                "ordering": [django.db.models.functions.text.Lower("name"), "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="employee_group_name_unique",
                    )
                ],
            },
        ),
        migrations.RunPython(adopt, migrations.RunPython.noop),
    ]
