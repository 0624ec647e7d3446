"""Telephone: one form in the database, the usual one for people."""

from __future__ import annotations

import pytest

from tests.lists_core.one_field import OneField

pytestmark = pytest.mark.django_db
KEPT = "+74951234567"


@pytest.fixture
def world() -> OneField:
    return OneField.make("phone", unique=True)


@pytest.mark.parametrize(
    "typed",
    ["8 (495) 123-45-67", "+7 495 123 45 67", "84951234567", "495 1234567", "tel:+74951234567"],
)
def test_spellings_of_one_number(world: OneField, typed: str) -> None:
    assert world.from_text(typed) == KEPT


def test_extension_and_other_countries(world: OneField) -> None:
    kept = world.from_text("8 (495) 123-45-67 доб. 12")
    assert kept == f"{KEPT};ext=12"
    assert world.field.to_text(kept) == "8 (495) 123-45-67 доб. 12"
    assert world.field.to_text("+12125550100") == "+1 212-555-0100"
    assert world.field.render(KEPT).startswith('<a class="text-nowrap" href="tel:+74951234567"')


def test_found_by_any_spelling(world: OneField) -> None:
    world.add(KEPT, name="тот")
    world.add("+74957654321", name="другой")
    for typed in ("495 123", "8 (495) 123-45-67", "+7495123"):
        assert world.names("contains", typed) == ["тот"], typed
    assert world.names("starts", "7495123") == ["тот"]
    assert world.names("eq", "8 495 123 45 67") == ["тот"]
    assert world.names(search="(495) 123-45-67") == ["тот"]
    assert world.names(search="телефон") == []
