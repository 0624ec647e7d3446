"""Keeping the words of quick replies equal to what stands in the elements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from lists_core.schema.compile import Schema
from openlines.models import ReplyText, ReplyWord
from openlines.reply_fields import ReplyFields
from openlines.reply_words import MAX_WORDS, fold, parts_of

BATCH = 1_000


def keep_words(schema: Schema, rows: Collection[Any]) -> None:
    """Make the words of these rows what their fields say. Two statements a thousand rows, and
    one for words that the list has not met yet."""
    fields = ReplyFields.of(schema)
    texts = [_text(schema, fields, row) for row in rows]
    ReplyText.objects.bulk_create(
        texts,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["element"],
        update_fields=["list", "code", "code_parts", "title", "words", "languages"],
    )
    _learn(schema.list_id, texts)


def drop_words(ids: Collection[int]) -> None:
    ReplyText.objects.filter(element__in=ids).delete()


def forget_words(list_id: int) -> None:
    ReplyText.objects.filter(list=list_id).delete()
    ReplyWord.objects.filter(list=list_id).delete()


def fill_words(schema: Schema) -> None:
    """Make the words of a whole list anew, in the caller's transaction."""
    last = 0
    forget_words(schema.list_id)
    live = schema.model.objects.filter(deleted_at=None).order_by("pk")
    while rows := list(live.filter(pk__gt=last)[:BATCH]):
        keep_words(schema, rows)
        last = rows[-1].pk


def _learn(list_id: int, texts: Iterable[ReplyText]) -> None:
    """Sorted, so that of two writers of the same new words one waits for the other."""
    words = {word for text in texts for word in text.words.split()}
    known = ReplyWord.objects.filter(list=list_id, word__among=words)
    new = sorted(words - set(known.values_list("word", flat=True)))
    made = [ReplyWord(list_id=list_id, word=word) for word in new]
    ReplyWord.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)


def _text(schema: Schema, fields: ReplyFields, row: Any) -> ReplyText:
    text = fields.text.read(row) if fields.text else ""
    code = fold((fields.code.read(row) if fields.code else "") or "")
    title = fold(row.name)
    return ReplyText(
        element_id=row.pk,
        list_id=schema.list_id,
        code=code,
        code_parts=parts_of(code),
        title=title,
        words=f"{title} {fold((text or '')[:MAX_WORDS])}"[:MAX_WORDS],
        languages=(fields.languages.read(row) if fields.languages else None) or None,
    )
