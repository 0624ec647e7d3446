"""Replies that may answer what a customer has just said."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max

from openlines.models import ReplyUse
from openlines.reply_words import fold, telling_words
from openlines.selectors.replies import Replies, Reply, read_replies
from openlines.selectors.reply_matches import TITLE_WORDS, WORDS
from openlines.selectors.reply_statement import Seen, Sql, joined

SHOWN = 3
#: Words in another case end otherwise: they are compared without their last letters.
ENDING, SHORTEST_STEM = 2, 4
CANDIDATES = 30
KNOWN = """
    SELECT %s::int AS stem, d.word FROM openlines_replyword d
    WHERE d.list_id = %s AND d.word LIKE %s
"""
#: Each stem counts once in the name and once in name and text. Those that hold most are looked
#: at by the list's predicate first, as in `reply_statement`.
HOLDING = """
    WITH known AS MATERIALIZED ({known})
    SELECT c.element_id, c.held + word_similarity(%s, t.words) AS score FROM (
        SELECT h.element_id, h.held FROM (
            SELECT o.element_id, count(*) AS held FROM (
                SELECT k.stem, true AS named, o.element_id FROM known k CROSS JOIN LATERAL (
                    SELECT t.element_id FROM openlines_replytext t
                    WHERE t.list_id = %s AND {title} @> ARRAY[k.word] OFFSET 0
                ) AS o
                UNION
                SELECT k.stem, false, o.element_id FROM known k CROSS JOIN LATERAL (
                    SELECT t.element_id FROM openlines_replytext t
                    WHERE t.list_id = %s AND {words} @> ARRAY[k.word] OFFSET 0
                ) AS o
            ) AS o GROUP BY o.element_id ORDER BY held DESC, o.element_id
        ) AS h CROSS JOIN LATERAL (
            SELECT 1 FROM "{table}" WHERE "{table}".id = h.element_id AND ({readable}) OFFSET 0
        ) AS r
        ORDER BY h.held DESC, h.element_id LIMIT {candidates}
    ) AS c JOIN openlines_replytext t ON t.element_id = c.element_id
    ORDER BY score DESC, c.element_id LIMIT %s
"""
#: A question that was asked before so nearly is the same question.
SAME_QUESTION = 0.4
SHORTEST_QUESTION = 12
MAX_ASKED = 500


def suggest_replies(replies: Replies, said: str, *, limit: int = SHOWN) -> list[Reply]:
    """Replies by the words of the customer: those given to like questions before, then those
    that hold most of the words. Nothing for words that tell nothing. Two statements."""
    words = telling_words(said)
    if not words:
        return []
    try:
        scores = _by_words(replies.seen(), words, limit * 3)
    except EmptyResultSet:
        return []
    for pk, near in _by_questions(replies, said, limit * 3).items():
        scores[pk] = scores.get(pk, 0.0) + 1.0 + near
    best = sorted(scores, key=lambda pk: (-scores[pk], pk))[:limit]
    return read_replies(replies, best)


def _by_words(seen: Seen, words: Sequence[str], limit: int) -> dict[int, float]:
    """Reply → how much of the words it holds; those in its name count twice. One statement:
    the stems choose the candidates, likeness tells among them."""
    stems = [word[: max(SHORTEST_STEM, len(word) - ENDING)] for word in words]
    known = joined(
        " UNION ALL ",
        [Sql(KNOWN, [place, seen.list_id, f"%{stem}%"]) for place, stem in enumerate(stems)],
    )
    readable = seen.readable
    text = HOLDING.format(
        known=known.text, title=TITLE_WORDS, words=WORDS, table=readable.table,
        readable=readable.text, candidates=CANDIDATES,
    )  # fmt: skip
    lists, asked = [seen.list_id, seen.list_id], " ".join(words)
    with connection.cursor() as cursor:
        cursor.execute(text, [*known.given, asked, *lists, *readable.given, limit])
        return {pk: score / len(words) for pk, score in cursor.fetchall()}


def _by_questions(replies: Replies, said: str, limit: int) -> dict[int, float]:
    """Reply → how near the nearest of the questions is to which it was given. One statement."""
    asked = fold(said)[:MAX_ASKED]
    if len(asked) < SHORTEST_QUESTION:
        return {}
    uses = ReplyUse.objects.filter(asked__trigram_similar=asked)
    own = uses.filter(element__in=replies.rows().values("pk"))
    near = own.values("element").annotate(near=Max(TrigramSimilarity("asked", asked)))
    found = near.filter(near__gte=SAME_QUESTION).order_by("-near", "element")
    return dict(found.values_list("element", "near")[:limit])
