"""A list in a calendar: its elements on the days of a date field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.access import changeable
from lists_core.field_types.choice import ChoiceType
from lists_core.grid.cells import NO_ADDRESS, element_pattern
from lists_core.grid.page import Grid
from lists_core.grid.state import Params
from lists_core.grid.view_bar import open_with_default
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.shapes import Shape, shapes
from staff.models import Employee
from svod.base.errors import NotFound

DAY, MOMENT = "date", "datetime"
MOST, NEXT = 500, 20
LONGEST = timedelta(days=366)


def dated_fields(schema: Schema) -> list[SchemaField]:
    """Fields whose values may be days of the calendar."""
    return [
        field for field in schema.fields if field.type.slug in (DAY, MOMENT) and not field.multiple
    ]


CALENDAR = Shape(
    "calendar",
    _("Calendar"),
    "calendar",
    "list_calendar",
    lambda schema: bool(dated_fields(schema)),
    order=30,
)
shapes.register(CALENDAR)


@dataclass(frozen=True)
class ListCalendar:
    """A list's calendar as one person looks at it."""

    grid: Grid
    by: SchemaField

    @property
    def is_fixed(self) -> bool:
        stored = self.by.field
        return self.by.key in self.grid.schema.locked or stored.readonly_in_edit

    def between(self, start: datetime, end: datetime) -> list[Any]:
        """The found elements of the period, MOST at most. One query."""
        return self._dated(self._bound(start), self._bound(end))[:MOST]

    def coming(self) -> list[Any]:
        """The next elements from today on, for who has no script."""
        now = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return self._dated(self._bound(now), None)[:NEXT]

    def events(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """What the page's script draws; `tone` is the colour of the first choice field."""
        pattern = element_pattern(self.grid.list_)
        movable = set() if self.is_fixed else changeable(self.grid.actor, self.grid.schema, rows)
        toned = next(
            (one for one in self.grid.schema.fields if isinstance(one.type, ChoiceType)
             and not one.multiple), None,
        )  # fmt: skip
        return [
            {
                "id": row.pk,
                "title": row.name,
                "start": self._start(row),
                "day": self.by.type.slug == DAY,
                "url": pattern.replace(NO_ADDRESS, str(row.pk)),
                "movable": row.pk in movable,
                "tone": _tone(toned, row),
            }
            for row in rows
        ]

    def _dated(self, start: Any, end: Any) -> Any:
        column = self.by.main_column
        period = Q.create([(f"{column}__gte", start)])
        if end is not None:
            period &= Q.create([(f"{column}__lt", end)])
        return self.grid.found.filter(period).order_by(column, "pk")

    def _bound(self, moment: datetime) -> Any:
        return timezone.localtime(moment).date() if self.by.type.slug == DAY else moment

    def _start(self, row: Any) -> str:
        value = self.by.read(row)
        if isinstance(value, datetime):
            return timezone.localtime(value).isoformat()
        return str(value.isoformat()) if isinstance(value, date) else ""


def _tone(field: SchemaField | None, row: Any) -> str:
    value = field.read(row) if field else None
    option = field.field.options_by_id.get(value) if field and value else None
    return option.color if option else ""


def open_calendar(actor: Employee, list_id: int, params: Params) -> ListCalendar:
    """The calendar of an address. Raises NotFound for a list without a date that the person may
    read."""
    grid = open_with_default(actor, list_id, params)
    known = dated_fields(grid.schema)
    asked = params.get("by") or str(grid.preference.look("calendar").get("by", ""))
    by = next((one for one in known if one.code == asked), None) or _usual(known)
    if by is None:
        raise NotFound
    kept = (("by", params.get("by", "")),)
    return ListCalendar(replace(grid, state=replace(grid.state, kept=kept)), by)


def _usual(known: Sequence[SchemaField]) -> SchemaField | None:
    """The first date that the list shows, or any."""
    shown = (one for one in known if one.field.show_in_list)
    return next(shown, next(iter(known), None))
