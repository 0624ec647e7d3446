"""Hours of a line's own, apart from those of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openlines.models import Line
from openlines.selectors.lines import require_to_manage
from openlines.services.lines import update_line
from staff.models import Employee, WorkCalendar
from staff.services.calendars import change_calendar


def own_calendar(line: Line) -> WorkCalendar:
    """The calendar that only this line counts by, or a new one that is not stored yet."""
    now = line.calendar
    shared = Line.objects.filter(calendar=now).exclude(pk=line.pk).exists() if now else True
    if now is not None and not now.is_default and not shared:
        return now
    return WorkCalendar(name=(_("Hours of the line %(name)s") % {"name": line.name})[:100])


@transaction.atomic
def set_hours(line: Line, values: Mapping[str, Any], *, actor: Employee) -> Line:
    """The line works by these days and hours from now on. Raises Forbidden, Invalid."""
    require_to_manage(actor)
    calendar = change_calendar(values, actor=actor, calendar=own_calendar(line))
    return update_line(line, actor=actor, calendar=calendar)
