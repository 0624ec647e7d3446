from django.db import migrations
from django.utils import timezone


def begin_now(apps, schema_editor):
    """Until now nothing left the designer's bins by itself: what lies there waits its time anew."""
    for name in ("Field", "List"):
        binned = apps.get_model("lists_core", name).objects.filter(deleted_at__isnull=False)
        binned.update(deleted_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("lists_core", "0013_indexes")]
    operations = [migrations.RunPython(begin_now, migrations.RunPython.noop)]
