"""Oracles of the operators that several types share, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.contract.samples import Ask

Plain = Callable[[Any], Any]


def nothing(value: Any) -> st.SearchStrategy[list[str]]:
    return st.just([])


def comparisons(plain: Plain, near: st.SearchStrategy[Any]) -> dict[str, Ask]:
    """Of numbers: `plain(value)` is what is compared, `near` are others to compare it with."""

    def one(value: Any) -> st.SearchStrategy[list[str]]:
        return st.one_of(st.just(plain(value)), near).map(lambda number: [str(number)])

    def two(value: Any) -> st.SearchStrategy[list[str]]:
        some = st.one_of(st.just(plain(value)), near)
        ends = st.tuples(some, some).map(sorted)
        both = ends.map(lambda pair: [str(end) for end in pair])
        return st.one_of(both, both.map(lambda e: [e[0], ""]), both.map(lambda e: ["", e[1]]))

    def compare(sign: Callable[[Any, Any], bool]) -> Callable[[Any, list[str]], bool]:
        return lambda value, texts: sign(plain(value), Decimal(texts[0]))

    return {
        "eq": Ask(one, compare(lambda a, b: a == b)),
        "ne": Ask(one, compare(lambda a, b: a == b), negated=True),
        "lt": Ask(one, compare(lambda a, b: a < b)),
        "lte": Ask(one, compare(lambda a, b: a <= b)),
        "gt": Ask(one, compare(lambda a, b: a > b)),
        "gte": Ask(one, compare(lambda a, b: a >= b)),
        "between": Ask(two, lambda value, texts: inside(plain(value), *map(end, texts))),
    }


def end(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def inside(value: Any, low: Any, high: Any) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


# --- text -----------------------------------------------------------------------------------


def parts(text: str) -> st.SearchStrategy[str]:
    """Pieces of the text in any case, and other words."""
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    pieces = ends.map(lambda pair: text[pair[0] : pair[1]]).filter(str.strip)
    cased = st.one_of(pieces, pieces.map(str.upper), pieces.map(str.lower))
    return st.one_of(cased, st.sampled_from(["ель", "Ё", "%", "_", "\\", "'", "a", "7"]))


def folded(text: str) -> str:
    return text.upper()


def words(plain: Callable[[Any], str]) -> dict[str, Ask]:
    """Case-blind comparisons of `plain(value)`."""

    def piece(value: Any) -> st.SearchStrategy[list[str]]:
        return parts(plain(value)).map(lambda text: [text.strip()])

    def whole(value: Any) -> st.SearchStrategy[list[str]]:
        text = plain(value)
        own = st.sampled_from([text, text.upper(), text.lower()])
        return st.one_of(own, parts(text)).map(lambda given: [given.strip()])

    def contains(value: Any, texts: list[str]) -> bool:
        return folded(texts[0]) in folded(plain(value))

    def equals(value: Any, texts: list[str]) -> bool:
        return folded(plain(value)) == folded(texts[0])

    return {
        "contains": Ask(piece, contains),
        "not_contains": Ask(piece, contains, negated=True),
        "starts": Ask(piece, lambda value, t: folded(plain(value)).startswith(folded(t[0]))),
        "eq": Ask(whole, equals),
        "ne": Ask(whole, equals, negated=True),
    }


def text_key(field: Any, value: str) -> str:
    return value.lower().replace("ё", "е")


# --- choices --------------------------------------------------------------------------------


def choices() -> dict[str, Ask]:
    """Of ids; the test itself asks for several."""

    def some(value: Any) -> st.SearchStrategy[list[str]]:
        return st.just([str(value)])

    def among(value: Any, texts: list[str]) -> bool:
        return str(value) in texts

    return {"any_of": Ask(some, among), "none_of": Ask(some, among, negated=True)}


# --- dates ----------------------------------------------------------------------------------

SPANS = {"today": (0, "day"), "yesterday": (-1, "day"), "tomorrow": (1, "day")}
SPANS |= {f"{word}_{unit}": (shift, unit) for unit in ("week", "month", "quarter", "year")
          for word, shift in (("last", -1), ("this", 0), ("next", 1))}  # fmt: skip


def unit_of(day: date, unit: str) -> Any:
    """A number that is the same for all days of the unit and grows by one with each."""
    return {
        "day": day.toordinal(),
        "week": (day.toordinal() - 1) // 7,
        "month": day.year * 12 + day.month,
        "quarter": day.year * 4 + (day.month - 1) // 3,
        "year": day.year,
    }[unit]


def days(plain: Callable[[Any], date], today: Callable[[], date]) -> dict[str, Ask]:
    """Everything about days; `plain(value)` is the value's day where the person is."""
    near = st.dates(date(1990, 1, 1), date(2090, 1, 1))

    def one(value: Any) -> st.SearchStrategy[list[str]]:
        shifted = st.integers(-2, 2).map(lambda shift: plain(value) + timedelta(shift))
        return st.one_of(shifted, near).map(lambda day: [day.isoformat()])

    def two(value: Any) -> st.SearchStrategy[list[str]]:
        ends = st.tuples(one(value), one(value)).map(lambda pair: sorted([pair[0][0], pair[1][0]]))
        return st.one_of(ends, ends.map(lambda e: [e[0], ""]), ends.map(lambda e: ["", e[1]]))

    def count(value: Any) -> st.SearchStrategy[list[str]]:
        return st.integers(0, 400).map(lambda number: [str(number)])

    def ago(value: Any) -> int:
        return (today() - plain(value)).days

    def period(shift: int, unit: str) -> Ask:
        def fits(value: Any, texts: list[str]) -> bool:
            return unit_of(plain(value), unit) - unit_of(today(), unit) == shift

        return Ask(nothing, fits)

    def iso(value: Any) -> str:
        return plain(value).isoformat()

    exact = {
        "eq": Ask(one, lambda value, texts: iso(value) == texts[0]),
        "ne": Ask(one, lambda value, texts: iso(value) == texts[0], negated=True),
        "before": Ask(one, lambda value, texts: iso(value) < texts[0]),
        "after": Ask(one, lambda value, texts: iso(value) > texts[0]),
        "between": Ask(two, lambda v, t: t[0] <= iso(v) and (not t[1] or iso(v) <= t[1])),
        "last_days": Ask(count, lambda value, texts: 0 <= ago(value) <= int(texts[0])),
        "next_days": Ask(count, lambda value, texts: 0 <= -ago(value) <= int(texts[0])),
    }
    return exact | {slug: period(shift, unit) for slug, (shift, unit) in SPANS.items()}
