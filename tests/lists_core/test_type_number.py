"""Number: Russian and English spellings, and what is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from lists_core.field_types.number import parse_decimal


@pytest.mark.parametrize(
    ("text", "russian", "english"),
    [
        ("1234,5", "1234.5", "1234.5"),
        ("1 234,50", "1234.50", "1234.50"),
        ("1,234", "1.234", "1234"),
        ("1,234,567", None, "1234567"),
        ("1,234.50", "1234.50", "1234.50"),
        ("1.234,50", "1234.50", "1234.50"),
        ("−5", "-5", "-5"),
        ("1E+3", "1000", "1000"),
        ("1_000", None, None),
        ("١", None, None),
        ("9" * 25, None, None),
        ("1e-999", None, None),
    ],
)
def test_spellings(text: str, russian: str | None, english: str | None) -> None:
    for language, wanted in (("ru", russian), ("en", english)):
        with override(language):
            if wanted is None:
                with pytest.raises(ValidationError):
                    parse_decimal(text)
            else:
                assert parse_decimal(text) == Decimal(wanted)
