"""`python -m benchmarks.replies`: the search of quick replies as an operator types.

`BENCH_REPLIES` sets how many replies the list holds (10,000 by default). The limit is SQL by
hand over the same rows, which asks for no rights; both take turns. The bar is for the 95th of a
hundred searches. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection
from django.utils import timezone

from benchmarks.numerators import machine, write
from lists_core.access import remembering
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import analyze
from openlines.models import Line, ReplyRank
from openlines.reply_words import fold
from openlines.selectors.replies import replies_for, search_replies
from openlines.selectors.reply_suggestions import suggest_replies
from openlines.services.lines import create_line, set_members
from openlines.services.reply_lists import create_replies
from openlines.services.reply_texts import fill_words
from staff.models import Employee

ROWS = int(os.environ.get("BENCH_REPLIES", "10000"))
ROUNDS = 100
RESULTS = Path(__file__).parent / "RESULTS.md"
MARK = "## Quick replies"
HEAD = (
    MARK
    + """

`python -m benchmarks.replies`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
{rows:,} replies of some 300 letters in one list, an operator with the right to read it and 200
replies used, half of the replies in the customer's language, a quarter in another. Times in ms of
{rounds} searches, each with other words; "limit" is SQL by hand over the same rows without rights
and languages, by a trigram index of its own, taken in turns.

| work | Svod, median | Svod, p95 | limit, median | limit, p95 | bar |
|---|---|---|---|---|---|
"""
)
SYLLABLES = (
    "до ста вка о пла та мра мор гра нит пли за мер мон таж ски дка об ра зец скла дог вор га ран "
    "тия срок це на вы воз ад рес гра фик ка та лог по ли ров кром тол щи от те нок пар ре зка у "
    "па ков раз гру лест ни ца ка мин фа сад сер ти фи кон суль за яв пред ме не джер те ле фон"
)
#: Some words are in many texts and most in few, as in any language.
COMMON = 400


def vocabulary() -> list[str]:
    draw = random.Random(3)
    parts = SYLLABLES.split()
    made = {"".join(draw.choices(parts, k=draw.randrange(2, 5))) for _word in range(4_000)}
    return sorted(word for word in made if len(word) >= 4)


WORDS = vocabulary()
random.Random(4).shuffle(WORDS)
WEIGHTS = [1 / (place + COMMON) for place in range(len(WORDS))]
ELEMENTS = "INSERT INTO element (id, list_id) SELECT n, %s FROM generate_series(%s, %s) AS n"
INDEX_BY_HAND = "CREATE INDEX by_hand ON openlines_replytext USING gin (words gin_trgm_ops)"
BY_HAND = """
    SELECT t.element_id, r.name, r.{text}
    FROM openlines_replytext t JOIN {table} r ON r.id = t.element_id
    LEFT JOIN openlines_replyrank k ON k.element_id = t.element_id AND k.employee_id = %(who)s
    WHERE t.list_id = %(list)s AND r.deleted_at IS NULL
      AND (t.code LIKE %(part)s OR t.words LIKE %(part)s OR t.words %%> %(word)s)
    ORDER BY CASE WHEN t.code LIKE %(begin)s THEN 0 WHEN t.code LIKE %(part)s THEN 1
                  WHEN t.title LIKE %(part)s THEN 2 WHEN t.words LIKE %(part)s THEN 3
                  ELSE 4 END,
             k.rank DESC NULLS LAST, t.title
    LIMIT 20
"""


@dataclass(frozen=True)
class World:
    line: Line
    operator: Employee
    list: List


def make(rows: int) -> World:
    admin = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    operator: Employee = Employee.objects.create_user("operator", "o@svod.example", None)
    line = create_line(actor=admin, name="Bench")
    set_members(line, [operator], [admin], actor=admin)
    list_ = create_replies(line, actor=admin)
    _fill(list_, rows, admin)
    list_.refresh_from_db()
    fill_words(schema_of(list_))
    _rank(list_, operator)
    analyze(list_.pk)
    with connection.cursor() as cursor:
        cursor.execute(INDEX_BY_HAND)
        cursor.execute("VACUUM ANALYZE openlines_replytext")
        cursor.execute("VACUUM ANALYZE openlines_replyrank")
        cursor.execute("VACUUM ANALYZE openlines_replyword")
    return World(line, operator, list_)


def _fill(list_: List, rows: int, admin: Employee) -> None:
    draw = random.Random(5)
    schema = schema_of(List.objects.get(pk=list_.pk))
    languages = _languages(schema)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 1 FROM element")
        first = cursor.fetchone()[0]
        cursor.execute(ELEMENTS, [list_.pk, first, first + rows - 1])
        cursor.execute("SELECT setval(pg_get_serial_sequence('element', 'id'), %s)", [first + rows])
    made = []
    for number in range(rows):
        text = " ".join(draw.choices(WORDS, WEIGHTS, k=32))
        name = " ".join(draw.choices(WORDS, WEIGHTS, k=3))
        columns = schema["TEXT"].to_columns(text) | schema["CODE"].to_columns(f"r{number}")
        columns |= schema["LANGUAGES"].to_columns(languages[number % len(languages)])
        made.append(
            schema.model(pk=first + number, name=name.capitalize(), created_by=admin.pk, **columns)
        )
    schema.model.objects.bulk_create(made, batch_size=1000)


def _languages(schema: Schema) -> list[Any]:
    """What replies are in, in turns: most in Russian, some in English, some in none."""
    ids = {one.code: one.pk for one in schema["LANGUAGES"].field.options_by_id.values()}
    return [[ids["ru"]], None, [ids["ru"]], [ids["en"]]]


def _rank(list_: List, operator: Employee) -> None:
    ids = schema_of(list_).model.objects.order_by("?").values_list("pk", flat=True)[:200]
    now = timezone.now()
    ReplyRank.objects.bulk_create(
        ReplyRank(element_id=pk, list=list_, employee=who, uses=1, last_at=now, rank=place / 10)
        for place, pk in enumerate(ids)
        for who in (operator, None)
    )


def lines(world: World) -> Iterator[str]:
    draw = random.Random(7)
    kinds: dict[str, Callable[[], str]] = {
        "nothing typed": lambda: "",
        "two letters": lambda: draw.choice(WORDS)[:2],
        "a part of a word": lambda: draw.choice(WORDS)[:5],
        "a whole word": lambda: draw.choice(WORDS),
        "a word with a slip": lambda: _slipped(draw.choice(WORDS), draw),
        "two words": lambda: " ".join(draw.choices(WORDS, k=2)),
        "a short code": lambda: f"r{draw.randrange(ROWS)}",
        "what no reply holds": lambda: "щъфыхжэ"[: draw.randrange(4, 8)],
    }
    for name, words in kinds.items():
        asked = [words() for _round in range(ROUNDS + 5)]
        mine, theirs = _times(asked, lambda text: ours(world, text), lambda t: by_hand(world, t))
        yield row(f"search: {name}", mine, theirs, "p95 ≤ 15 ms")
    said = [f"Здравствуйте! {' '.join(draw.choices(WORDS, k=6))}?" for _round in range(ROUNDS // 2)]
    mine, _none = _times(said, lambda text: suggested(world, text), lambda text: None)
    yield row("suggestions of a customer’s sentence", mine, [], "≤ 100 ms")


def _slipped(word: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :]


def _times(
    asked: Sequence[str], mine: Callable[[str], Any], theirs: Callable[[str], Any]
) -> tuple[list[float], list[float]]:
    """Both in turns; the first five warm up."""
    found: tuple[list[float], list[float]] = [], []
    for text in asked:
        for place, work in enumerate((mine, theirs)):
            start = perf_counter()
            work(text)
            found[place].append((perf_counter() - start) * 1000)
    return found[0][5:], found[1][5:]


def row(name: str, mine: Sequence[float], theirs: Sequence[float], bar: str) -> str:
    def told(times: Sequence[float]) -> str:
        if not times:
            return "– | –"
        return f"{median(times):.2f} | {sorted(times)[int(len(times) * 0.95) - 1]:.2f}"

    return f"| {name} | {told(mine)} | {told(theirs)} | {bar} |"


def ours(world: World, words: str) -> None:
    """With the reading of the rights, as a request does it."""
    with remembering():
        replies = replies_for(world.line, world.operator)
        if replies is None:
            raise RuntimeError("the operator sees no replies")
        search_replies(replies, words, language="ru")


def suggested(world: World, said: str) -> None:
    with remembering():
        replies = replies_for(world.line, world.operator)
        if replies is None or not suggest_replies(replies, said):
            raise RuntimeError(f"nothing suggested for {said}")


def by_hand(world: World, words: str) -> list[Any]:
    schema = schema_of(world.list)
    word = fold(words)
    given: dict[str, Any] = {
        "who": world.operator.pk, "list": world.list.pk, "word": word,
        "part": f"%{word}%", "begin": f"{word}%",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND.format(text=schema["TEXT"].main_column, table=schema.table), given)
        return list(cursor.fetchall())


def main() -> int:
    before = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        found = "\n".join(lines(make(ROWS)))
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    head = HEAD.format(
        machine=machine(), before=before, after=os.getloadavg()[0], rows=ROWS, rounds=ROUNDS
    )
    write(RESULTS, MARK, head + found + "\n")
    sys.stdout.write(head + found + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
