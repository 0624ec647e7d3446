"""Values in a process: kept as JSON with their types, put into texts by placeholders.

`{{Document.PRICE}}` alone keeps the value's type, inside a text it becomes text; a text that
begins with `=` is a formula (`workflows.formulas`), `{{=…}}` is one inside a text, and `'=` begins
a text that is none. Nothing here runs code of a person's making.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from types import UnionType
from typing import Any, Protocol

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from moneyed import Money

from lists_core.field_types.currencies import money_text
from svod.base.errors import DomainError

PLACEHOLDER = re.compile(r"\{\{\s*([\w.\-]+)\s*\}\}")
INLINE = re.compile(r"\{\{=([^{}]+)\}\}")
MAX_TEXT = 100_000
SHORT = "SHORT_DATETIME_FORMAT"
# In this order: a bool is an int, a datetime is a date.
SHOWN: list[tuple[type | UnionType, Callable[[Any], str]]] = [
    (bool, lambda value: _("yes") if value else _("no")),
    (datetime, lambda value: formats.date_format(timezone.localtime(value), SHORT)),
    (date, lambda value: formats.date_format(value, "SHORT_DATE_FORMAT")),
    (Decimal | int | float, formats.localize),
    (Money, money_text),
]

KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    # A datetime is a date too, so it comes first.
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "money": (Money, lambda money: f"{money.amount} {money.currency}", lambda t: Money(*t.split())),
}


class Scope(Protocol):
    """Where placeholders find their values."""

    def look(self, path: str) -> Any:
        """The value behind `Variable.total` and the like; None when there is none."""

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Whether the subject meets a row of a list filter."""


def dump(value: Any) -> Any:
    """What `json.dumps` does not know: `{"$decimal": "1.50"}` and the like."""
    for name, (kind, write, _read) in KINDS.items():
        if isinstance(value, kind):
            return {f"${name}": write(value)}
    raise TypeError(f"{type(value).__name__} cannot be kept by a process")


class ValueEncoder(json.JSONEncoder):
    """For JSON columns that hold values."""

    def default(self, o: Any) -> Any:
        return dump(o)


def kept(value: Any) -> Any:
    """The value as plain dicts, lists and known scalars; raises TypeError for anything else."""
    if isinstance(value, Mapping):
        return {str(name): kept(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [kept(item) for item in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    dump(value)
    return value


def load(raw: Any) -> Any:
    """The opposite of `dump`, all the way down."""
    if isinstance(raw, list):
        return [load(item) for item in raw]
    if not isinstance(raw, dict):
        return raw
    if len(raw) == 1:
        ((name, text),) = raw.items()
        if name[:1] == "$" and name[1:] in KINDS and isinstance(text, str):
            return KINDS[name[1:]][2](text)
    return {name: load(value) for name, value in raw.items()}


def resolve(raw: Any, scope: Scope) -> Any:
    """The stored parameter with its placeholders and formulas put in, all the way down."""
    if isinstance(raw, str):
        return _text(raw, scope)
    if isinstance(raw, Mapping):
        return {name: resolve(value, scope) for name, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [resolve(item, scope) for item in raw]
    return raw


def is_dynamic(raw: Any) -> bool:
    """Whether the value is only known when the process runs."""
    if not isinstance(raw, str):
        return False
    return is_formula(raw) or bool(PLACEHOLDER.search(raw) or INLINE.search(raw))


def is_formula(text: str) -> bool:
    return text.startswith("=")


def texts_in(raw: Any) -> Iterator[str]:
    """The texts of a parameter, all the way down."""
    if isinstance(raw, str):
        yield raw
    items = raw.values() if isinstance(raw, Mapping) else raw if isinstance(raw, list) else ()
    for item in items:
        yield from texts_in(item)


def formulas_in(raw: Any) -> Iterator[str]:
    """The formulas of a parameter, without the signs that mark them."""
    for text in texts_in(raw):
        yield from [text[1:]] if is_formula(text) else INLINE.findall(text)


def names_in(raw: Any) -> set[str]:
    """The paths that the placeholders and formulas of a parameter name, all the way down.

    Formulas with mistakes name nothing: `formula_problems` tells of them.
    """
    names = {name for text in texts_in(raw) for name in PLACEHOLDER.findall(text)}
    for formula in formulas_in(raw):
        with suppress(DomainError):
            names |= {path for path, _place in _compiled(formula).names}
    return names


def formula_problems(raw: Any) -> Iterator[str]:
    """What is wrong with the formulas of a parameter, each with the place in it."""
    for formula in formulas_in(raw):
        try:
            _compiled(formula)
        except DomainError as error:
            yield str(error)


def show(value: Any) -> str:
    """A value inside a text, as a person of the active language writes it."""
    if isinstance(value, list | tuple):
        return ", ".join(show(item) for item in value)
    for kind, write in SHOWN:
        if isinstance(value, kind):
            return write(value)
    return "" if value is None else str(value)


def plain_text(value: Any) -> str:
    """A value as the controls of filters send it: dates ISO, numbers with a point."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return str(value.amount)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _text(text: str, scope: Scope) -> Any:
    if is_formula(text):
        return _computed(text[1:], scope)
    if whole := PLACEHOLDER.fullmatch(text.strip()):
        return scope.look(whole[1])
    text = text[1:] if text.startswith("'=") else text
    text = INLINE.sub(lambda found: show(_computed(found[1], scope)), text)
    return PLACEHOLDER.sub(lambda found: show(scope.look(found[1])), text)[:MAX_TEXT]


def _computed(formula: str, scope: Scope) -> Any:
    """The formula's value now, as the engine's clock has it."""
    from workflows.formulas import Env

    now = getattr(scope, "now", None) or timezone.now()
    return _compiled(formula)(Env(scope.look, now))


def _compiled(formula: str) -> Any:
    from workflows.formulas import compile_formula

    return compile_formula(formula)
