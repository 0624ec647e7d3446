"""Date-time: a moment, typed and shown in the person's own time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, Titles, field_types
from lists_core.field_types.date import parse_date
from lists_core.field_types.written import written_day, written_moment
from lists_core.filters import periods
from lists_core.reports.groupings import BY_MOMENTS
from lists_core.reports.measures import HOURS

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping
    from lists_core.reports.measures import Measure

FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
           "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M")  # fmt: skip


def parse_moment(text: str) -> datetime:
    """An aware moment from ISO or the usual Russian and English forms; a bare date is midnight.

    Raises ValidationError.
    """
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    moment = moment or _by_format(text.strip())
    return kept(moment or datetime.combine(parse_date(text), datetime.min.time()))


def kept(moment: datetime) -> datetime:
    """Aware, to the second, and far enough from the calendar's ends for every time zone."""
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValidationError(_("Enter a date and time."))
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return aware.replace(microsecond=0)


def _by_format(text: str) -> datetime | None:
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - made aware by the caller
        except ValueError:
            continue
    return None


class MomentInput(forms.DateTimeInput):
    """Seconds are shown when there are any: else saving the form would drop them."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        if not isinstance(value, datetime):
            return str(value) if value else None
        precision = "seconds" if value.second else "minutes"
        return value.replace(tzinfo=None).isoformat(timespec=precision)


class MomentField(forms.Field):
    """An `<input type="datetime-local">` in the person's time zone."""

    def __init__(self, *, required: bool) -> None:
        super().__init__(required=required, widget=MomentInput())

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        return value if isinstance(value, datetime) else parse_moment(str(value))

    def prepare_value(self, value: Any) -> Any:
        return timezone.localtime(value) if isinstance(value, datetime) else value


@field_types.register
class DateTimeType(FieldType):
    slug = "datetime"
    label = gettext_lazy("Date and time")
    icon = "calendar-time"

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.DateTimeField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return MomentField(required=required)

    def clean(self, field: Field, value: Any) -> datetime:
        return kept(value) if isinstance(value, datetime) else parse_moment(str(value))

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        # Not SHORT_DATETIME_FORMAT: English writes "noon" there, which nobody can import.
        moment = timezone.localtime(value)
        time = "H:i:s" if moment.second else "H:i"
        return f"{written_day(moment)} {written_moment(moment, time)}"

    def to_cell(self, field: Field, value: Any, titles: Titles) -> datetime:
        return timezone.localtime(value)

    def from_text(self, field: Field, text: str) -> datetime | None:
        return parse_moment(text) if text.strip() else None

    def to_json(self, field: Field, value: datetime) -> str:
        return value.isoformat()

    def from_json(self, field: Field, raw: Any) -> datetime:
        if not isinstance(raw, str):
            raise ValidationError(_("Enter a date and time."))
        return parse_moment(raw)

    @property
    def operators(self) -> Iterable[Operator]:
        return periods.MOMENT

    @property
    def groupings(self) -> Iterable[Grouping]:
        return BY_MOMENTS

    @property
    def measures(self) -> Iterable[Measure]:
        return (HOURS,)
