"""The statement that finds quick replies, written by hand: it is asked at every key.

What answers is found by indexes and put in order first; then the rows of the list are read in
that order through its own predicate until there are enough. So the rights are asked of few,
however many answer; whoever may see few of them waits longer, and is shown the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db import connection

from openlines.selectors.reply_readable import Readable

#: So many of an operator's replies keep their places by use; the others follow by number.
RANKED = 200


@dataclass(frozen=True)
class Sql:
    """A piece of a statement with what is given for its places."""

    text: str
    given: Sequence[Any] = ()


def joined(glue: str, pieces: Sequence[Sql]) -> Sql:
    text = glue.join(f"({piece.text})" for piece in pieces)
    return Sql(text, [one for piece in pieces for one in piece.given])


BY_USE = "mine DESC NULLS LAST, anyones DESC NULLS LAST, element_id"
FOUND = """
    SELECT r.*, (SELECT s.name FROM lists_core_section s WHERE s.id = r.section) AS category
    FROM ({ranked} ORDER BY {order}) AS c CROSS JOIN LATERAL (
        SELECT {columns} FROM "{table}"
        WHERE "{table}".id = c.element_id AND ({readable}) OFFSET 0
    ) AS r
    ORDER BY {order} LIMIT %s
"""
RANK = """
    SELECT t.element_id, {columns}own.rank AS mine, anybody.rank AS anyones
    FROM openlines_replytext t
    LEFT JOIN ({own}) AS own ON own.element_id = t.element_id
    LEFT JOIN ({anybody}) AS anybody ON anybody.element_id = t.element_id
    WHERE t.list_id = %s AND ({answers})
"""
USED = """
    SELECT k.element_id, k.rank FROM openlines_replyrank k
    WHERE k.list_id = %s AND k.employee_id {whose} ORDER BY k.rank DESC LIMIT {ranked}
"""
OWN = USED.format(whose="= %s", ranked=RANKED)
ANYBODY = USED.format(whose="IS NULL", ranked=RANKED)
#: Replies in the customer's language, and those of none, come before the others.
ELSEWHERE = "t.languages IS NOT NULL AND NOT t.languages @> %s::bigint[]"


@dataclass(frozen=True)
class Seen:
    """What one person may read: of the rows these columns beside `id`, `name`, `section`.
    `languages` are the options that stand for the customer's language, none where it is not
    known."""

    readable: Readable
    list_id: int
    employee: int
    columns: Sequence[str] = ()
    by_code: bool = True
    languages: Sequence[int] = ()


def found(seen: Seen, answers: Sql, tier: Sql | None, limit: int) -> list[Any]:
    """Rows of the list, each with its `category`: those of replies that answer, by the tier,
    then by language and use."""
    keys = {"tier": tier, "elsewhere": _elsewhere(seen)}
    known = {name: key for name, key in keys.items() if key}
    ranked = RANK.format(
        columns="".join(f"{key.text} AS {name}, " for name, key in known.items()),
        own=OWN, anybody=ANYBODY, answers=answers.text,
    )  # fmt: skip
    given = [value for key in known.values() for value in key.given]
    places = [seen.list_id, seen.employee, seen.list_id, seen.list_id]
    order = ", ".join([*known, BY_USE])
    return read_in_order(seen, Sql(ranked, [*given, *places, *answers.given]), order, limit)


def _elsewhere(seen: Seen) -> Sql | None:
    return Sql(ELSEWHERE, [list(seen.languages)]) if seen.languages else None


def read_in_order(seen: Seen, ranked: Sql, order: str, limit: int) -> list[Any]:
    """Rows of the list with their `category`, in the order of `ranked`. Inside and outside it is
    the same to the letter: then the planner sorts once, and reads no more rows than are shown."""
    readable = seen.readable
    text = FOUND.format(
        ranked=ranked.text, table=readable.table, readable=readable.text, order=order,
        columns=", ".join(["id", "name", "section", *seen.columns]),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(text, [*ranked.given, *readable.given, limit])
        names = [column.name for column in cursor.description or ()]
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
