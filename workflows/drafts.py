"""Answers that are given bit by bit, where others may write the same meanwhile.

A page keeps a mark of every value that it shows. What a person left as it was is no answer, and
what somebody else wrote since is not written over unseen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from moneyed import Money

EMPTY: tuple[Any, ...] = (None, "", [])
LENGTH = 16


@dataclass(frozen=True)
class Draft:
    """An answer, None to empty the question; `seen` marks what was shown in its place."""

    value: Any
    seen: str = ""


def mark(value: Any) -> str:
    """The same for equal natural values, "" for none."""
    if value in EMPTY:
        return ""
    return sha256(json.dumps(value, default=_plain).encode()).hexdigest()[:LENGTH]


def _plain(value: Any) -> str:
    """The same whatever the zone and the language of whoever asks."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return f"{value.amount} {value.currency}" if isinstance(value, Money) else str(value)


def marks_text(marks: Mapping[str, str]) -> str:
    return " ".join(f"{code}:{one}" for code, one in marks.items() if one)


def marks_in(text: str) -> dict[str, str]:
    """The opposite, of whatever a browser sent."""
    pairs = (part.partition(":") for part in text.split())
    return {code: one for code, _colon, one in pairs}
