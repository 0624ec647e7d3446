import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations

from svod.base.migrating import IndexConcurrently


class Migration(migrations.Migration):
    """The search of the desk; chats go on while it is built."""

    atomic = False
    dependencies = [
        ("lists_core", "0001_extensions"),
        ("openlines", "0005_reply_dictionary"),
    ]

    operations = [
        IndexConcurrently(
            model_name="message",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("text"), name="gin_trgm_ops"
                ),
                name="message_words",
            ),
        ),
    ]
