"""Which quick replies answer to what was typed, and how well.

A part of a word is looked up in the list's dictionary, which is small, and the replies by whole
words; so no text is read that does not hold the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openlines.reply_words import fold
from openlines.selectors.reply_statement import ANYBODY, OWN, Seen, Sql, joined

SHORTEST_ALIKE = 4
SHORTEST_WITHIN = 3
MAX_WORDS = 6
#: Beside what is used so many of the rest are shown at most where nothing was typed.
UNUSED = 20

TITLE_WORDS = "string_to_array(t.title, ' ')"
WORDS = "string_to_array(t.words, ' ')"
SOME_KNOWN = "EXISTS (SELECT 1 FROM openlines_replyword d WHERE d.list_id = %s AND d.word LIKE %s)"
KNOWN = "ARRAY(SELECT d.word FROM openlines_replyword d WHERE d.list_id = %s AND d.word LIKE %s)"
SOME_CODED = "EXISTS (SELECT 1 FROM openlines_replytext t WHERE t.list_id = %s AND {coded})"
FIRST = """
    t.element_id = ANY(ARRAY(
        SELECT u.element_id FROM ({own}) AS u UNION SELECT u.element_id FROM ({anybody}) AS u
        UNION (SELECT id FROM "{table}" WHERE {readable} ORDER BY id LIMIT {unused})
    ))
"""


@dataclass(frozen=True)
class Asked:
    """Folded words."""

    words: Sequence[str]

    @classmethod
    def of(cls, typed: str) -> Asked:
        return cls(fold(typed).split()[:MAX_WORDS])

    @property
    def whole(self) -> str:
        return " ".join(self.words)


def first_of_all(seen: Seen) -> Sql:
    """Where nothing was typed: what is used, and so many of the rest that a long list is not
    sorted for the sake of a few."""
    readable = seen.readable
    text = FIRST.format(
        own=OWN, anybody=ANYBODY, table=readable.table,
        readable=readable.text, unused=UNUSED,
    )  # fmt: skip
    return Sql(text, [seen.list_id, seen.employee, seen.list_id, *readable.given])


def answers(seen: Seen, asked: Asked) -> Sql:
    """The code holds the whole, or the name and the text hold each of the words."""
    coded = [_coded(asked.whole)] if seen.by_code else []
    return joined(" OR ", [*coded, _holding(seen, asked.words)])


def may_answer(seen: Seen, asked: Asked) -> Sql:
    """Whether a code holds the whole, or the dictionary knows each of the words that are looked
    up there: soon told, and where not, there are no answers."""
    asked_words = [word for word in asked.words if not _is_short(word)] or asked.words
    known = [Sql(SOME_KNOWN, [seen.list_id, _pattern(word, asked.words)]) for word in asked_words]
    if not seen.by_code:
        return joined(" AND ", known)
    code = _coded(asked.whole)
    coded = Sql(SOME_CODED.format(coded=code.text), [seen.list_id, *code.given])
    return joined(" OR ", [coded, joined(" AND ", known)])


def tier(seen: Seen, asked: Asked) -> Sql:
    """The beginning of the code, a part of it, all in the name, all in the text."""
    in_title = joined(" AND ", [Sql("t.title LIKE %s", [f"%{word}%"]) for word in asked.words])
    coded = [Sql("t.code LIKE %s", [part]) for part in (f"{asked.whole}%", f"%{asked.whole}%")]
    tiers = [*coded, in_title] if seen.by_code else [in_title]
    whens = " ".join(f"WHEN {one.text} THEN {place}" for place, one in enumerate(tiers))
    given = [value for one in tiers for value in one.given]
    return Sql(f"CASE {whens} ELSE {len(tiers)} END", given)


def _coded(whole: str) -> Sql:
    if _is_short(whole):  # of two letters the other index knows nothing
        return Sql("t.code_parts @> ARRAY[%s]", [whole])
    return Sql("t.code LIKE %s", [f"%{whole}%"])


def _is_short(word: str) -> bool:
    """Two letters mean nothing anywhere in a text."""
    return len(word) < SHORTEST_WITHIN


def _pattern(word: str, words: Sequence[str]) -> str:
    return f"{word}%" if all(map(_is_short, words)) else f"%{word}%"


def _holding(seen: Seen, words: Sequence[str]) -> Sql:
    """Short words alone have to begin a word of the name, beside others they are looked for in
    what those leave."""
    alone = all(map(_is_short, words))
    known = f"{TITLE_WORDS if alone else WORDS} && {KNOWN}"
    return joined(" AND ", [
        Sql(known, [seen.list_id, _pattern(word, words)])
        if alone or not _is_short(word)
        else Sql("t.words LIKE %s", [f"%{word}%"])
        for word in words
    ])  # fmt: skip
