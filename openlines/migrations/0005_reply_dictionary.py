"""Words of quick replies by themselves: a dictionary for each list, indexes of whole words."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Func, Value

#: No word longer than an index takes (`openlines/reply_words.py`, LONGEST).
SHORTER = r"""
    UPDATE openlines_replytext SET
        code = regexp_replace(code, '([^ ]{60})(?=[^ ])', '\1 ', 'g'),
        title = regexp_replace(title, '([^ ]{60})(?=[^ ])', '\1 ', 'g'),
        words = regexp_replace(words, '([^ ]{60})(?=[^ ])', '\1 ', 'g')
    WHERE code || ' ' || words ~ '[^ ]{61}' OR title ~ '[^ ]{61}'
"""
CODE_PARTS = """
    UPDATE openlines_replytext SET code_parts = ARRAY(
        SELECT DISTINCT substr(code, place, size)
        FROM generate_series(1, length(code)) AS place, generate_series(1, 2) AS size
        WHERE place + size <= length(code) + 1
    )
"""
WORDS = """
    INSERT INTO openlines_replyword (list_id, word)
    SELECT DISTINCT list_id, unnest(string_to_array(words, ' ')) FROM openlines_replytext
"""
RANKS = """
    UPDATE openlines_replyrank SET list_id = element.list_id
    FROM element WHERE element.id = element_id
"""


def read_languages(apps, schema_editor):
    """The field is known by its code, the column by the ids of the list and the field."""
    fields = apps.get_model("lists_core", "Field").objects.filter(
        code="LANGUAGES", type="list", multiple=True, deleted_at=None,
        list__in=apps.get_model("openlines", "ReplyText").objects.values("list"),
    )  # fmt: skip
    with schema_editor.connection.cursor() as cursor:
        for pk, list_id in fields.values_list("pk", "list"):
            cursor.execute(
                f"UPDATE openlines_replytext SET languages = row.f{int(pk)}"
                f" FROM list_{int(list_id)} AS row WHERE row.id = element_id"
            )


def words_of(column):
    words = ArrayField(models.TextField())
    return Func(F(column), Value(" "), function="string_to_array", output_field=words)


def of_list(**more):
    on_delete = django.db.models.deletion.CASCADE
    return models.ForeignKey(
        "lists_core.list", db_index=False, on_delete=on_delete, related_name="+", **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("lists_core", "0014_bins_begin_now"),
        ("openlines", "0004_replies"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="replyrank", name="reply_rank_of_employee"),
        migrations.RemoveIndex(model_name="replytext", name="reply_words"),
        migrations.CreateModel(
            name="ReplyWord",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("word", models.TextField()),
                ("list", of_list()),
            ],
            options={
                "verbose_name": "Word of quick replies",
                "verbose_name_plural": "Dictionary of quick replies",
            },
        ),
        migrations.AddField(
            "replytext", "languages", ArrayField(models.BigIntegerField(), null=True)
        ),
        migrations.AddField(
            "replytext", "code_parts", ArrayField(models.TextField(), default=list),
            preserve_default=False,
        ),
        migrations.AddField("replyrank", "list", of_list(null=True)),
        # Rows that are changed twice would otherwise wait to be checked, and keep indexes waiting.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(SHORTER, migrations.RunSQL.noop),
        migrations.RunSQL(CODE_PARTS, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(RANKS, migrations.RunSQL.noop),
        migrations.RunPython(read_languages, migrations.RunPython.noop),
        migrations.AlterField("replyrank", "list", of_list()),
        migrations.AddIndex(
            "replyrank",
            models.Index(fields=["list", "employee", "-rank"], name="reply_rank_in_list"),
        ),
        migrations.AddIndex(
            "replytext",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("code", name="gin_trgm_ops"),
                "code_parts",
                words_of("title"),
                words_of("words"),
                fastupdate=False,
                name="reply_parts",
            ),
        ),
        migrations.AddIndex(
            "replyword",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("word", name="gin_trgm_ops"),
                fastupdate=False,
                name="reply_word_part",
            ),
        ),
        migrations.AddIndex(
            "replyword",
            models.Index(
                F("list"),
                django.contrib.postgres.indexes.OpClass("word", name="text_pattern_ops"),
                name="reply_word_begin",
            ),
        ),
        migrations.AddConstraint(
            "replyword",
            models.UniqueConstraint(fields=("list", "word"), name="reply_word_once"),
        ),
    ]
