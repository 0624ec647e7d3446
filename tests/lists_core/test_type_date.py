"""Date: the ends of the calendar are days like others."""

from __future__ import annotations

from datetime import date

import pytest

from tests.lists_core.one_field import OneField


@pytest.mark.django_db
def test_the_last_day_and_an_early_one() -> None:
    world = OneField.make("date")
    world.add(date.max, name="без срока")
    world.add(date(862, 9, 21), name="Рюрик")
    assert world.names("eq", "9999-12-31") == ["без срока"]
    assert world.names("after", "9999-12-31") == []
    assert world.names("before", "0001-01-01") == []
    assert world.names("between", ["", "0862-09-21"]) == ["Рюрик"]
    assert 'value="0862-09-21"' in world.field.form_field().widget.render(
        "F", world.field.form_field().prepare_value(date(862, 9, 21))
    )
