"""Map point: distances, rectangles over the 180th meridian, pairs in multiple fields."""

from __future__ import annotations

import pytest

from lists_core.field_types.map_point import Point, parse_point
from tests.lists_core.one_field import OneField

MOSCOW, PETERSBURG = Point(55.7558, 37.6173), Point(59.9386, 30.3141)


@pytest.mark.parametrize(
    "text", ["55.7558, 37.6173", "55,7558; 37,6173", "55.7558 37.6173", "55,7558,37,6173"]
)
def test_spellings(text: str) -> None:
    assert parse_point(text) == MOSCOW
    assert str(MOSCOW) == "55.7558, 37.6173"


@pytest.mark.django_db
def test_within_a_radius() -> None:
    """The two capitals are 633 to 634 km apart."""
    world = OneField.make("map_point")
    world.add(PETERSBURG, name="Петербург")
    world.add(None, name="нигде")
    assert world.names("near", "55.7558, 37.6173, 632") == []
    assert world.names("near", "55.7558, 37.6173, 636") == ["Петербург"]


@pytest.mark.django_db
def test_a_rectangle_over_the_meridian() -> None:
    world = OneField.make("map_point")
    world.add(Point(65.0, -179.0), name="Чукотка")
    world.add(MOSCOW, name="Москва")
    assert world.names("within", "60, 170, 70, -170") == ["Чукотка"]
    assert world.names("within", "50, -170, 70, 170") == ["Москва"]


@pytest.mark.django_db
def test_latitude_and_longitude_of_one_item() -> None:
    """A point made of one item's latitude and another's longitude is nowhere."""
    world = OneField.make("map_point", multiple=True)
    world.add([Point(10.0, 100.0), Point(60.0, 20.0)])
    assert world.names("within", "5, 15, 15, 25") == []
    assert world.names("within", "5, 95, 15, 105") == ["x"]
    assert world.names("near", "10, 20, 500") == []
    assert world.names("near", "10.1, 100, 50") == ["x"]
