"""`{% load tasks %}`: deadlines as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()
# In Russian `E` is the month as it stands beside a number.
DAY_MONTH = "j E"


@register.filter
def due(moment: datetime | None) -> str:
    """ "Today, 18:00", "Tomorrow, 18:00", "24 November, 18:00"; the year where it differs."""
    if moment is None:
        return ""
    here = timezone.localtime(moment)
    return f"{_day(here.date())}, {formats.time_format(here, 'TIME_FORMAT')}"


def _day(day: date) -> str:
    today = timezone.localdate()
    near = {
        today - timedelta(days=1): _("Yesterday"),
        today: _("Today"),
        today + timedelta(days=1): _("Tomorrow"),
    }
    same = day.year == today.year
    return near.get(day) or formats.date_format(day, DAY_MONTH if same else "DATE_FORMAT")


@register.filter
def late_by(moment: datetime | None, now: datetime) -> str:
    """ "3 days": how long ago the deadline was, its greatest part only."""
    return timesince(moment, now, depth=1) if moment else ""


@register.simple_tag
def answer_look(look: str) -> str:
    """The class of an answer's button."""
    return {"success": "tk-yes", "danger": "tk-no", "primary": "btn-primary"}.get(look, "")
