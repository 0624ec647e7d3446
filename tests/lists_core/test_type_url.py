"""Link: whatever is kept is safe to click, whatever is shown is safe to read."""

from __future__ import annotations

import pytest

from lists_core.field_types.url import safe_address, shown
from lists_core.models import Field
from lists_core.schema.fields import SchemaField


def test_an_address_without_a_scheme_gets_https() -> None:
    assert safe_address("example.com/a?b=1") == "https://example.com/a?b=1"
    assert safe_address("пример.рф:8080") == "https://пример.рф:8080"
    assert safe_address("HTTP://EXAMPLE.com/Ы") == "http://EXAMPLE.com/Ы"


@pytest.mark.parametrize("evil", ["javascript:alert(1)", "//evil.example", "data:text/html,x"])
def test_an_unsafe_address_from_elsewhere_is_text(evil: str) -> None:
    field = SchemaField.of(Field(type="url", column="f1"))
    assert "<a" not in field.render(evil)


def test_long_addresses_are_cut_on_the_screen_only() -> None:
    assert shown("https://example.com/") == "example.com"
    assert shown("https://example.com/" + "a" * 100).endswith("a…")
