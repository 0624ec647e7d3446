"""Date-time: the person's own zone and days, seconds that a form does not lose."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from tests.lists_core.one_field import OneField


@pytest.mark.django_db
def test_a_day_is_the_persons_day() -> None:
    world = OneField.make("datetime")
    world.add(datetime(2026, 3, 1, 21, 30, tzinfo=UTC), name="вечер")
    with timezone.override("Europe/Moscow"):
        assert world.names("eq", "2026-03-02") == ["вечер"]
    with timezone.override("America/New_York"):
        assert world.names("eq", "2026-03-01") == ["вечер"]


@pytest.mark.django_db
def test_seconds_stay_in_forms_and_texts() -> None:
    world = OneField.make("datetime")
    moment = datetime(2026, 3, 1, 9, 30, 15, 999, tzinfo=UTC)
    kept = world.field.read(world.add(moment))
    assert kept == moment.replace(microsecond=0)
    with timezone.override("Europe/Moscow"):
        control = world.field.form_field()
        html = control.widget.render("F", control.prepare_value(kept))
        assert 'value="2026-03-01T12:30:15"' in html
        assert world.field.to_text(kept) == "01.03.2026 12:30:15"
        assert world.from_text("01.03.2026 12:30:15") == kept


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.django_db
def test_moments_that_some_zone_cannot_write_are_refused(text: str) -> None:
    assert OneField.make("datetime").from_text(text) == ["Введите дату и время."]
