"""What an exchange tells of a call, checked. No database here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm_link.models import PhoneCall
from crm_link.points import PointType, normal
from svod.base.errors import Invalid

#: What no database keeps: NUL, and the halves of characters that JSON may hold.
UNKEPT = r"[\x00\ud800-\udfff]"
LONGEST = 24 * 3600
DIRECTIONS = {"in": "in", "incoming": "in", "out": "out", "outgoing": "out"}


@dataclass(frozen=True)
class Told:
    """A call as the exchange told it; `number` in one form, `employee` as typed."""

    external_id: str
    direction: str
    number: str
    result: str
    at: datetime
    line: str = ""
    duration: int = 0
    recording_url: str = ""
    employee: str = ""


def parse_call(given: Mapping[str, Any]) -> Told:
    """`{"id": …, "direction": "in", "number": …, "result": "answered", …}`. Raises Invalid with
    errors by name."""
    errors: dict[str, list[str]] = {}

    def text(name: str, longest: int, *, needed: bool = False) -> str:
        raw = given.get(name)
        plain = isinstance(raw, str | int) and not isinstance(raw, bool)
        found = re.sub(UNKEPT, "", str(raw)).strip() if plain else ""
        if needed and not found:
            errors[name] = [_("This field is required.")]
        if raw not in (None, "") and (not plain or len(found) > longest):
            errors[name] = [_("A text of at most %(count)d signs.") % {"count": longest}]
        return found[:longest]

    call_id, typed = text("id", 100, needed=True), text("number", 60, needed=True)
    direction = DIRECTIONS.get(text("direction", 20, needed=True).lower(), "")
    result = text("result", 20, needed=True).lower()
    line, employee = text("line", 60), text("employee", 320)
    recording = text("recording", 1000)
    number = normal(PointType.PHONE, typed)
    if typed and not number:
        errors["number"] = [_("Enter a telephone number.")]
    if not direction:
        errors.setdefault("direction", [_("A call is incoming or outgoing.")])
    if result not in PhoneCall.Result:
        errors.setdefault(
            "result", [_("One of: %(names)s.") % {"names": ", ".join(PhoneCall.Result)}]
        )
    if recording and not _is_https(recording):
        errors["recording"] = [_("The address begins with https://.")]
    at = _moment(given.get("start"), errors)
    duration = _seconds(given.get("duration", 0), errors)
    if errors:
        raise Invalid(errors)
    return Told(call_id, direction, number, result, at, line, duration, recording, employee)


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    clean = not any(sign <= " " or sign in "\\\x7f" for sign in url)
    return clean and parts.scheme == "https" and bool(parts.hostname) and parts.username is None


def _moment(raw: Any, errors: dict[str, list[str]]) -> datetime:
    """An ISO moment; without a zone in the portal's. Now where none is told."""
    if raw in (None, ""):
        return timezone.now()
    try:
        found = parse_datetime(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:  # noqa: PLR2004 - what a clock may say
        errors["start"] = [_("A moment as 2026-11-28T10:15:00+03:00.")]
        return timezone.now()
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _seconds(raw: Any, errors: dict[str, list[str]]) -> int:
    text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else -1  # noqa: PLR2004
    if not 0 <= number <= LONGEST:
        errors["duration"] = [_("Seconds, at most a day.")]
        return 0
    return number
