"""Money: every usual spelling, exact amounts, currencies of the field only."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from django.utils.translation import override
from moneyed import Money

from lists_core.field_types.currencies import money_text
from svod.base.errors import Invalid
from tests.lists_core.one_field import OneField

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> OneField:
    return OneField.make("money", settings={"currencies": ["RUB", "USD", "JPY"], "currency": "RUB"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,50 ₽", Money("1234.50", "RUB")),
        ("1\u00a0234,50\u00a0руб.", Money("1234.50", "RUB")),
        ("1234.5 RUB", Money("1234.50", "RUB")),
        ("$5", Money("5.00", "USD")),
        ("-$1,234.50", Money("-1234.50", "USD")),
        ("usd 7", Money("7.00", "USD")),
        ("−5", Money("-5.00", "RUB")),
        ("100.50|RUB", Money("100.50", "RUB")),
        ("¥ 100", Money("100", "JPY")),
    ],
)
def test_spellings(world: OneField, text: str, value: Money) -> None:
    assert world.from_text(text) == value


def test_refusals(world: OneField) -> None:
    assert world.from_text("5 EUR") == ["Это поле не принимает EUR."]
    assert world.from_text("5 фунтов") == ["Неизвестная валюта «фунтов»."]
    assert world.from_text("¥ 1.5") == ["Знаков после запятой – не больше 0."]
    with pytest.raises(Invalid):
        world.add(5)


def test_json_of_both_kinds(world: OneField) -> None:
    value = Money("100.50", "RUB")
    assert world.field.from_json("100.50|RUB") == value
    assert world.field.from_json({"amount": "100.50", "currency": "RUB"}) == value
    assert world.field.to_json(value) == "100.50|RUB"


def test_shown_as_the_language_writes_it(world: OneField) -> None:
    value = Money("1234.50", "RUB")
    assert world.field.to_text(value) == "1\u00a0234,50\u00a0₽"
    with override("en"):
        assert world.field.to_text(Money("1234.50", "USD")) == "$1,234.50"


def test_an_exported_cell_is_a_number_only_where_the_currency_is_known(world: OneField) -> None:
    assert world.field.to_cell(Money(5, "USD")) == "5,00\u00a0$"
    world.change(settings={"currencies": ["RUB"], "currency": "RUB"})
    assert world.field.to_cell(Money("5.00", "RUB")) == Decimal("5.00")


def test_a_value_of_a_dropped_currency_stays_and_its_form_shows_it(world: OneField) -> None:
    world.add(Money(5, "USD"), name="доллары")
    world.change(settings={"currencies": ["RUB"], "currency": "RUB"})
    assert world.names("currency", ["USD"]) == ["доллары"]
    widget = world.field.form_field().widget
    assert "USD" in widget.render("F", Money(5, "USD"))
    assert "USD" not in widget.render("F", Money(5, "RUB"))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("code", ["RUB", "USD", "JPY", "KZT", "BHD"])
def test_amounts_are_written_as_babel_writes_them(language, code):
    with override(language):
        for text in ("0", "-0.005", "2.675", "999.995", "-1234567.891", "123456789012"):
            wanted = format_currency(Decimal(text), code, locale=language)
            assert money_text(Money(text, code)).replace("\u00a0", "") == wanted.replace(
                "\u00a0", ""
            )
    with override("en"):
        assert money_text(Money(-1, "RUB")) == "-RUB\u00a01.00"
