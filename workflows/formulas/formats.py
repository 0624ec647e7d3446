"""Formats of TEXT: `0,00`, `# ##0.00`, `0%`, `дд.мм.гггг`, `dd.mm.yyyy hh:mm`."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.dates import MONTHS_ALT
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import moment, number, text
from workflows.formulas.operators import calculated

NUMBER_FORMAT = re.compile(
    r"(?P<before>[^#0]*)(?P<whole>[#0][#0\s ,]*?)(?:(?P<point>[.,])(?P<places>0+))?"
    r"(?P<after>[^#0]*)"
)
# Months stand before minutes: `mm` next to hours or seconds are minutes.
DATE_PART = re.compile(
    r"(д{1,4}|d{1,4}|м{2,4}|m{2,4}|г{4}|г{2}|y{4}|y{2}|ч{1,2}|h{1,2}|:(?:мм|mm)|:(?:сс|ss))",
    re.IGNORECASE,
)
LETTERS = str.maketrans("дмгчс", "dmyhs")
PARTS = {
    "d": "j", "dd": "d", "ddd": "D", "dddd": "l", "mm": "m", "mmm": "M", "mmmm": "F",
    "yy": "y", "yyyy": "Y", "h": "G", "hh": "H", ":mm": ":i", ":ss": ":s",
}  # fmt: skip


def written(value: Any, form: str) -> str:
    """The value in this format; without one as the person's language has it."""
    if not form or value is None or value == "":
        return text(value)
    if isinstance(value, date) or DATE_PART.match(form):
        return _date(moment(value), form)
    return _number(number(value), form)


def _date(value: date | None, form: str) -> str:
    if value is None:
        return ""
    return DATE_PART.sub(lambda found: _part(value, found[1].casefold().translate(LETTERS)), form)


def _part(value: date, part: str) -> str:
    timed = isinstance(value, datetime)
    if part[0] in ":h" and not timed:
        return ":00" if part[0] == ":" else "00"
    if part == "mmmm" and value.day:
        return str(MONTHS_ALT[value.month])  # "24 ноября", not "24 ноябрь"
    return date_format(value, PARTS.get(part, "d"))


def _number(value: Decimal, form: str) -> str:
    found = NUMBER_FORMAT.fullmatch(form)
    if found is None:
        raise FormulaError(_("“%(form)s” is not a format.") % {"form": form[:40]})
    if "%" in found["after"]:
        value = calculated(lambda: value * 100)
    places = len(found["places"] or "")
    rounded = calculated(lambda: abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    before, _point, fraction = f"{rounded:f}".partition(".")
    before = before.zfill(found["whole"].count("0"))
    if re.search(r"[\s ,]", found["whole"]):
        between = "," if "," in found["whole"] else "\N{NO-BREAK SPACE}"
        before = f"{int(before):,}".replace(",", between)
    sign = "-" if value < 0 and rounded else ""
    tail = f"{found['point']}{fraction}" if places else ""
    return f"{found['before']}{sign}{before}{tail}{found['after']}"
