"""Values as they go to the child and as templates see them: plain things that bring the text
they are shown as, already written in the person's language. No method of theirs can be called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


class Shown:
    """What all of them have: `_text`, out of reach for templates (they see no underscores)."""

    _text: str


class Number(Decimal, Shown):
    """A number, or with `_currency` an amount of money."""

    _currency: str = ""


class Flag(int, Shown):
    """Yes or no."""


class Day(date, Shown):
    """A date."""


class Moment(datetime, Shown):
    """A date with time, in the person's time zone."""


class Many(list, Shown):
    """Several values."""


class Record(Shown):
    """An element, a person or the like: `{{ Поставщик }}` and `{{ Поставщик.Город }}`."""

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        self._values = values
        self._text = text

    def __getitem__(self, name: str) -> Any:
        # A link that leads nowhere has every part, each empty.
        return None if "" in self._values else self._values[name]

    def __bool__(self) -> bool:
        return bool(self._text)


class Picture(Shown):
    """A picture of a file field; `_place` is its name among the given files."""

    def __init__(self, place: str, text: str) -> None:
        self._place = place
        self._text = text


def read(raw: Any) -> Any:
    """A value from its JSON: `{"$": kind, "v": …, "t": shown text}` or a plain one."""
    if isinstance(raw, str):
        return clean(raw)
    if not isinstance(raw, dict):
        return raw
    return READERS[raw["$"]](raw)


def clean(text: str) -> str:
    """The text without signs that XML cannot hold or that docxtpl reads as a new page."""
    return "".join(one for one in text if one >= " " or one in "\n\t")


def _shown(value: Any, raw: Mapping[str, Any]) -> Any:
    value._text = clean(raw.get("t", ""))
    return value


def _number(raw: Mapping[str, Any]) -> Number:
    made = Number(raw["v"])
    made._currency = raw.get("c", "")
    return _shown(made, raw)


READERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "number": _number,
    "date": lambda raw: _shown(Day.fromisoformat(raw["v"]), raw),
    "datetime": lambda raw: _shown(Moment.fromisoformat(raw["v"]), raw),
    "list": lambda raw: _shown(Many(read(one) for one in raw["v"]), raw),
    "record": lambda raw: Record(
        {name: read(one) for name, one in raw["v"].items()}, clean(raw.get("t", ""))
    ),
    "picture": lambda raw: Picture(raw["v"], clean(raw.get("t", ""))),
    "flag": lambda raw: _shown(Flag(raw["v"]), raw),
}


# --- the other way, in the portal -------------------------------------------------------


def number(value: Any, text: str, currency: str = "") -> dict[str, Any]:
    return {"$": "number", "v": str(value), "t": text, "c": currency}


def flag(value: bool, text: str) -> dict[str, Any]:  # noqa: FBT001
    return {"$": "flag", "v": int(value), "t": text}


def moment(value: date, text: str) -> dict[str, Any]:
    kind = "datetime" if isinstance(value, datetime) else "date"
    return {"$": kind, "v": value.isoformat(), "t": text}


def many(values: list[Any], text: str) -> dict[str, Any]:
    return {"$": "list", "v": values, "t": text}


def record(values: Mapping[str, Any], text: str) -> dict[str, Any]:
    return {"$": "record", "v": dict(values), "t": text}


def picture(place: str, text: str) -> dict[str, Any]:
    return {"$": "picture", "v": place, "t": text}
