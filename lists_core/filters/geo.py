"""Conditions over points: two columns (latitude, longitude) or two parallel arrays of them.

Distances are great circles of a sphere (haversine, radius 6,371.0088 km): within 0.56 % of
the true ones on the ellipsoid, which is 56 m in 10 km.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db.models import BooleanField, Expression, F, FloatField, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from lists_core.filters.operators import Asked

EARTH_KM = 6371.0088


class Area(NamedTuple):
    """Edges in degrees; `west` > `east` means that it crosses the 180th meridian."""

    south: float
    west: float
    north: float
    east: float


class Circle(NamedTuple):
    lat: float
    lon: float
    km: float


class _Item(Expression):
    """One coordinate of an array's item inside `_AnyPoint`."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=FloatField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"point.{compiler.quote_name_unless_alias(self.name)}", ()


class _AnyPoint(Expression):
    """Whether some item of the parallel arrays fits a condition over `_Item`s."""

    conditional = True

    def __init__(self, lats: str, lons: str, condition: Q) -> None:
        super().__init__(output_field=BooleanField())
        self.parts: list[Any] = [F(lats), F(lons), condition]

    def get_source_expressions(self) -> list[Any]:
        return self.parts

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.parts = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lats, lons, condition = (compiler.compile(part) for part in self.parts)
        points = f"unnest({lats[0]}, {lons[0]}) AS point(lat, lon)"
        sql = f"EXISTS (SELECT 1 FROM {points} WHERE {condition[0]})"  # noqa: S608 - compiled parts
        return sql, (*lats[1], *lons[1], *condition[1])


def in_area(asked: Asked) -> Q:
    """Points inside the rectangle, its edges included."""
    area: Area = asked.value

    def fits(lat: Any, lon: Any) -> Q:
        return _between(lat, area.south, area.north) & _from_west_to_east(lon, area)

    return _any_point(asked, fits)


def _from_west_to_east(lon: Any, area: Area) -> Q:
    if area.west <= area.east:
        return _between(lon, area.west, area.east)
    return Q(GreaterThanOrEqual(lon, area.west)) | Q(LessThanOrEqual(lon, area.east))


def in_circle(asked: Asked) -> Q:
    """Points not farther than `km` from the centre."""
    circle: Circle = asked.value
    # The belt of latitudes is what an index can answer; it never cuts the circle.
    belt = math.degrees(circle.km / EARTH_KM) + 1e-6

    def fits(lat: Any, lon: Any) -> Q:
        near = _between(lat, circle.lat - belt, circle.lat + belt)
        return near & Q(LessThanOrEqual(distance_km(lat, lon, circle), Value(circle.km)))

    return _any_point(asked, fits)


def distance_km(lat: Any, lon: Any, centre: Circle) -> Any:
    """Haversine as an expression over two columns in degrees."""
    there, here = Radians(lat), math.radians(centre.lat)
    north = Power(Sin((there - Value(here)) / Value(2.0)), 2)
    east = Power(Sin((Radians(lon) - Value(math.radians(centre.lon))) / Value(2.0)), 2)
    chord = north + Cos(there) * Value(math.cos(here)) * east
    return Value(2 * EARTH_KM) * ASin(Sqrt(Least(Value(1.0), chord)))


def _between(value: Any, low: float, high: float) -> Q:
    return Q(GreaterThanOrEqual(value, low)) & Q(LessThanOrEqual(value, high))


def _any_point(asked: Asked, fits: Callable[[Any, Any], Q]) -> Q:
    lats, lons = asked.field.column_names
    if asked.multiple:
        return Q(_AnyPoint(lats, lons, fits(_Item("lat"), _Item("lon"))))
    return fits(F(lats), F(lons))
