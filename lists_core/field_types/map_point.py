"""Map point: latitude and longitude in degrees, typed or picked on a map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.field_types.controls import PartsWidget
from lists_core.filters.geo import Area, Circle, in_area, in_circle
from lists_core.filters.operators import PRESENCE, Arity, Operator

if TYPE_CHECKING:
    from lists_core.models import Field
    from lists_core.schema.fields import SchemaField

PLACES = 7  # about a centimetre
MAX_LATITUDE = 90.0
MAX_LONGITUDE = 180.0
MAX_RADIUS_KM = 20_038.0  # half of the equator
NUMBER = r"[-+−]?\d{1,3}(?:[.,]\d+)?"
ANGLE = re.compile(r"[-+]?\d+(\.\d*)?(e-\d+)?", re.ASCII)
PAIR = re.compile(rf"\s*({NUMBER})\s*[;,\s]\s*({NUMBER})\s*", re.ASCII)


class Point(NamedTuple):
    """Degrees, WGS 84."""

    lat: float
    lon: float

    def __str__(self) -> str:
        return f"{_degrees(self.lat)}, {_degrees(self.lon)}"


def _degrees(value: float) -> str:
    return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


def make_point(lat: Any, lon: Any) -> Point:
    """A point of the globe, rounded to PLACES. Raises ValidationError."""
    return Point(
        _angle(lat, MAX_LATITUDE, _("Latitude is a number from −90 to 90.")),
        _angle(lon, MAX_LONGITUDE, _("Longitude is a number from −180 to 180.")),
    )


def _angle(value: Any, limit: float, message: str) -> float:
    text = str(value).strip().replace(",", ".").replace("−", "-")
    if not ANGLE.fullmatch(text) or not -limit <= float(text) <= limit:
        raise ValidationError(message)
    return round(float(text), PLACES) + 0.0  # no minus zero


def parse_point(text: str) -> Point:
    """`55.75, 37.61`, `55,75; 37,61` or `55.75 37.61`. Raises ValidationError."""
    pair = PAIR.fullmatch(text)
    if not pair:
        raise ValidationError(_("Enter latitude and longitude, like 55.75, 37.61."))
    return make_point(*pair.groups())


class PointWidget(PartsWidget):
    """Two inputs; the page's `<svod-map>` around them shows and sets the point."""

    template_name = "components/widgets/map_point.html"
    wide = True

    def __init__(self) -> None:
        lat = {"inputmode": "decimal", "data-lat": True, "placeholder": "55.7558",
               "aria-label": gettext_lazy("Latitude")}  # fmt: skip
        lon = {"inputmode": "decimal", "data-lon": True, "placeholder": "37.6173",
               "aria-label": gettext_lazy("Longitude")}  # fmt: skip
        super().__init__({"lat": forms.TextInput(lat), "lon": forms.TextInput(lon)})

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, Point):
            return [_degrees(value.lat), _degrees(value.lon)]
        return [None, None]


class PointField(forms.Field):
    """`clean` takes [latitude, longitude] of the two inputs, or one text; gives Point or None."""

    def __init__(self, *, required: bool) -> None:
        super().__init__(required=required, widget=PointWidget())

    def to_python(self, value: Any) -> Point | None:
        if value is None or isinstance(value, Point):
            return value
        if isinstance(value, str):
            return parse_point(value) if value.strip() else None
        lat, lon = (str(part or "").strip() for part in value)
        return make_point(lat, lon) if lat or lon else None


@field_types.register
class MapPointType(FieldType):
    slug = "map_point"
    label = gettext_lazy("Map point")
    icon = "map-pin"
    sortable = False

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"_lat": models.FloatField(null=True), "_lon": models.FloatField(null=True)}

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> Point:
        return Point(*parts)

    def to_columns(self, field: Field, value: Any) -> tuple[Any, ...]:
        return tuple(value)

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PointField(required=required)

    def clean(self, field: Field, value: Any) -> Point:
        if not isinstance(value, Point):
            raise ValidationError(_("Enter latitude and longitude, like 55.75, 37.61."))
        return make_point(*value)

    def from_text(self, field: Field, text: str) -> Point | None:
        return parse_point(text) if text.strip() else None

    def to_json(self, field: Field, value: Any) -> dict[str, float]:
        return {"lat": value.lat, "lon": value.lon}

    def from_json(self, field: Field, raw: Any) -> Point:
        """`{"lat": 55.75, "lon": 37.61}` or `"55.75, 37.61"`."""
        if isinstance(raw, dict):
            return make_point(raw.get("lat"), raw.get("lon"))
        if not isinstance(raw, str):
            raise ValidationError(_("Enter latitude and longitude, like 55.75, 37.61."))
        return parse_point(raw)

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        address = f"geo:{_degrees(value.lat)},{_degrees(value.lon)}"
        return format_html('<a class="text-nowrap" href="{}">{}</a>', address, value)

    @property
    def operators(self) -> Iterable[Operator]:
        return OPERATORS


class NumbersField(forms.Field):
    """Several numbers in one input, by commas or spaces; `build` makes a value of them."""

    def __init__(self, hint: str, example: str, build: Callable[..., Any]) -> None:
        self.build = build
        widget = forms.TextInput({"placeholder": example})
        super().__init__(required=True, help_text=hint, widget=widget)

    def to_python(self, value: Any) -> Any:
        numbers = re.split(r"[;,\s]+", str(value or "").strip(" ;,"))
        if numbers == [""]:
            return None
        try:
            return self.build(*numbers)
        except TypeError:  # too many or too few
            raise ValidationError(self.help_text) from None


def make_area(south: str, west: str, north: str, east: str) -> Area:
    low, high = make_point(south, west), make_point(north, east)
    if low.lat > high.lat:
        raise ValidationError(_("The southern edge lies north of the northern one."))
    return Area(low.lat, low.lon, high.lat, high.lon)


def make_circle(lat: str, lon: str, radius: str) -> Circle:
    message = _("The radius is a number of kilometres.")
    km = _angle(radius, MAX_RADIUS_KM, message)
    if km < 0:
        raise ValidationError(message)
    return Circle(*make_point(lat, lon), km)


def _area_control(field: SchemaField) -> forms.Field:
    hint = _("South, west, north and east edges in degrees: four numbers.")
    return NumbersField(hint, "55, 37, 56, 38", make_area)


def _circle_control(field: SchemaField) -> forms.Field:
    hint = _("Latitude, longitude and kilometres: three numbers.")
    return NumbersField(hint, "55.7558, 37.6173, 10", make_circle)


OPERATORS = (
    Operator("near", gettext_lazy("within a radius of"), Arity.ONE, in_circle, _circle_control),
    Operator("within", gettext_lazy("within the rectangle"), Arity.ONE, in_area, _area_control),
    *PRESENCE,
)
