"""String: mask, lines, and signs that no database keeps."""

from __future__ import annotations

import pytest

from svod.base.errors import Invalid
from tests.lists_core.one_field import OneField

pytestmark = pytest.mark.django_db


def test_mask() -> None:
    world = OneField.make("string", settings={"mask": "AA-99"})
    assert world.field.read(world.add("ЕЖ-42")) == "ЕЖ-42"
    assert world.from_text("ЕЖ-4") == ["Значение должно иметь вид AA-99."]


def test_line_ends_of_a_browser_are_no_change() -> None:
    world = OneField.make("string", settings={"rows": 3})
    assert world.field.read(world.add("а\r\nб")) == "а\nб"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "a" * 100_001])
def test_what_cannot_be_kept_is_an_error(text: str) -> None:
    with pytest.raises(Invalid):
        OneField.make("string").add(text)
