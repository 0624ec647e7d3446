"""Quick replies with words that are nearly those that were typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from openlines.selectors.reply_matches import SHORTEST_ALIKE, WORDS, Asked, may_answer
from openlines.selectors.reply_statement import Seen, Sql, joined

#: Below this a word is another word, not one with a slip of the finger.
ALIKE = 0.4
#: Of so many replies with the nearest words the order is told.
CANDIDATES = 100
#: The operator's threshold is that setting; it works by the index of the dictionary. Both in one
#: go: the setting lasts as long as they do.
SET_ALIKE = f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}; "
NEAR = """
    SELECT %s::int, d.word, word_similarity(%s, d.word) FROM openlines_replyword d
    WHERE d.list_id = %s AND (d.word LIKE %s{alike})
"""
SWITCHED = -1
MAY_ANSWER = f"SELECT {SWITCHED}, '', 0 WHERE {{may}}"
#: Word by word, the nearest first, as far as is needed.
HOLDING = """
    t.element_id = ANY(ARRAY(
        SELECT o.element_id FROM unnest(%s::text[]) AS n(word)
        CROSS JOIN LATERAL (
            SELECT t.element_id FROM openlines_replytext t
            WHERE t.list_id = %s AND {words} @> ARRAY[n.word]{others} OFFSET 0
        ) AS o
        CROSS JOIN LATERAL (
            SELECT 1 FROM "{table}" WHERE "{table}".id = o.element_id AND ({readable}) OFFSET 0
        ) AS r
        LIMIT {candidates}
    ))
"""
FARNESS = """
    -(SELECT sum(b.near) FROM (
        SELECT max(n.near) AS near FROM unnest({words}) AS w(word)
        JOIN unnest(%s::int[], %s::text[], %s::real[]) AS n(place, word, near) USING (word)
        GROUP BY n.place
    ) AS b)
"""

#: Place of a word among those asked → words of the dictionary with how near they are.
Near = Mapping[int, Mapping[str, float]]


@dataclass(frozen=True)
class Otherwise:
    """How else the words may be meant: whether there may be replies to them in the other
    keyboard layout, and the words that are near to them as they are."""

    switched: bool
    near: Near


def otherwise(seen: Seen, asked: Asked, switched: Asked) -> Otherwise:
    """One statement: what finds nothing asks no more."""
    slipped = asked.words if any(map(_may_slip, asked.words)) else ()
    pieces = [_near(seen, place, word) for place, word in enumerate(slipped)]
    if switched.words:
        may = may_answer(seen, switched)
        pieces.append(Sql(MAY_ANSWER.format(may=may.text), may.given))
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for place, word, near in _told(joined(" UNION ALL ", pieces)) if pieces else ():
        found[place][word] = near
    may_switch = found.pop(SWITCHED, None) is not None
    return Otherwise(may_switch, found if len(found) == len(slipped) else {})


def _told(every: Sql) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(SET_ALIKE + every.text, every.given)
        cursor.nextset()
        return list(cursor.fetchall())


def _may_slip(word: str) -> bool:
    return len(word) >= SHORTEST_ALIKE


def _near(seen: Seen, place: int, word: str) -> Sql:
    given = [place, word, seen.list_id, f"%{word}%"]
    if not _may_slip(word):
        return Sql(NEAR.format(alike=""), given)
    return Sql(NEAR.format(alike=" OR d.word %%> %s"), [*given, word])


def nearly(seen: Seen, near: Near) -> Sql:
    """The replies that hold a word near to each of those asked."""
    leading = min(near, key=lambda place: len(near[place]))
    words = sorted(near[leading], key=lambda word: (-near[leading][word], word))
    others = [list(known) for place, known in near.items() if place != leading]
    readable = seen.readable
    text = HOLDING.format(
        words=WORDS, others=f" AND {WORDS} && %s::text[]" * len(others),
        readable=readable.text,
        table=readable.table, candidates=CANDIDATES,
    )  # fmt: skip
    return Sql(text, [words, seen.list_id, *others, *readable.given])


def farness(near: Near) -> Sql:
    rows = [(place, word, by) for place, known in near.items() for word, by in known.items()]
    columns: Sequence[Sequence[object]] = [list(column) for column in zip(*rows, strict=True)]
    return Sql(FARNESS.format(words=WORDS), columns)
