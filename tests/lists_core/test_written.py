"""Days, times and numbers of cells read as Django writes them, in every language of the portal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from hypothesis import given
from hypothesis import settings as drawing
from hypothesis import strategies as st

from lists_core.field_types.written import written_day, written_moment, written_number

LANGUAGES = [code for code, _name in settings.LANGUAGES]
few = drawing(max_examples=60, derandomize=True, database=None, deadline=None)


@few
@given(st.dates(), st.datetimes(timezones=st.just(UTC)))
def test_days_and_times(day: date, moment: datetime) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            assert written_day(day) == date_format(day, "SHORT_DATE_FORMAT")
            assert written_day(moment) == date_format(moment, "SHORT_DATE_FORMAT")
            for form in ("H:i", "H:i:s"):
                assert written_moment(moment, form) == date_format(moment, form)


numbers = st.decimals(-(10**19), 10**19, allow_nan=False, allow_infinity=False, places=4)


@few
@given(numbers, st.integers(0, 10), st.booleans())
def test_numbers(number: Decimal, places: int, grouped: bool) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            expected = number_format(number, places, force_grouping=grouped)
            assert written_number(number, places, grouped=grouped) == expected


@pytest.mark.parametrize("number", ["-0", "0", "-0.004", "999", "-1000", "1E+3", "0.5"])
def test_edges_of_numbers(number: str) -> None:
    for places in (0, 2):
        expected = number_format(Decimal(number), places, force_grouping=True)
        assert written_number(Decimal(number), places, grouped=True) == expected


def test_a_format_of_words_goes_the_long_way() -> None:
    day = date(2026, 3, 8)
    assert written_moment(day, "j E Y") == date_format(day, "j E Y")
