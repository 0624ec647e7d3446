"""Date: a day of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.field_types.written import written_day
from lists_core.filters import periods
from lists_core.reports.groupings import BY_DAYS
from lists_core.reports.measures import HOURS_OF_DAYS

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping
    from lists_core.reports.measures import Measure

FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y")


def parse_date(text: str) -> date:
    """A day from ISO or the usual Russian and English forms. Raises ValidationError."""
    for form in FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValidationError(_("Enter a date."))


class DayField(forms.Field):
    """An `<input type="date">`."""

    def __init__(self, *, required: bool) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=required, widget=widget)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        return value if isinstance(value, date) else parse_date(str(value))

    def prepare_value(self, value: Any) -> Any:
        # `%Y` writes the year 862 without its zero; the browser's control wants four digits.
        return value.isoformat() if isinstance(value, date) else value


@field_types.register
class DateType(FieldType):
    slug = "date"
    label = gettext_lazy("Date")
    icon = "calendar"

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.DateField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return DayField(required=required)

    def clean(self, field: Field, value: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else parse_date(str(value))

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return written_day(value)

    def to_cell(self, field: Field, value: date, titles: Titles) -> date:
        return value

    def from_text(self, field: Field, text: str) -> date | None:
        return parse_date(text) if text.strip() else None

    def to_json(self, field: Field, value: date) -> str:
        return value.isoformat()

    def from_json(self, field: Field, raw: Any) -> date:
        if not isinstance(raw, str):
            raise ValidationError(_("Enter a date."))
        return parse_date(raw)

    @property
    def operators(self) -> Iterable[Operator]:
        return periods.DAY

    @property
    def groupings(self) -> Iterable[Grouping]:
        return BY_DAYS

    @property
    def measures(self) -> Iterable[Measure]:
        return (HOURS_OF_DAYS,)
