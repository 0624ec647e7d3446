"""Writes to the portal's working calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from staff import selectors
from staff.actors import Actor
from staff.models import CalendarDay, WorkCalendar
from staff.selectors_calendar import default_calendar
from staff.services import audit
from staff.services.audit import audit_events
from svod.base.errors import Invalid

audit_events.add("calendar.changed", _("Working calendar changed"))
#: Called in the transaction of every change; upper apps count their deadlines anew.
listeners: list[Callable[[], None]] = []
FIELDS = ("name", "country", "weekdays", "opens", "closes", "lunch_from", "lunch_to")


def portal_calendar() -> WorkCalendar:
    """The portal's calendar, stored."""
    calendar = default_calendar()
    if calendar.pk is None:
        calendar.name = str(_("Working calendar"))
        calendar.save()
    return calendar


@transaction.atomic
def change_calendar(
    values: Mapping[str, Any], *, actor: Actor | None, calendar: WorkCalendar | None = None
) -> WorkCalendar:
    """Set the week and the hours of the portal's calendar, or of another one, which may be new.

    Raises Forbidden, Invalid.
    """
    selectors.require_administrator(actor)
    calendar = calendar or portal_calendar()
    before = {name: getattr(calendar, name) for name in FIELDS}
    for name in FIELDS:
        setattr(calendar, name, values.get(name, before[name]))
    try:
        calendar.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from None
    calendar.save()
    _changed(calendar, actor, _differences(calendar, before))
    return calendar


@transaction.atomic
def mark_day(
    calendar: WorkCalendar, day: date, kind: str, *, actor: Actor | None, name: str = ""
) -> None:
    """Let a day differ from the week and the holidays; kind "" takes that back."""
    selectors.require_administrator(actor)
    if kind and kind not in CalendarDay.Kind.values:
        raise Invalid({"kind": [_("Choose what kind of day it is.")]})
    own = calendar.days.filter(date=day)
    if kind:
        calendar.days.update_or_create(date=day, defaults={"kind": kind, "name": name[:100]})
    else:
        own.delete()
    _changed(calendar, actor, {"day": day.isoformat(), "kind": kind or "—"})


def changed_in_admin(calendar: WorkCalendar, *, actor: Actor | None) -> None:
    """The Django admin has written the calendar and its days."""
    selectors.require_administrator(actor)
    _changed(calendar, actor, {"way": "admin"})


def _differences(calendar: WorkCalendar, before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {"before": str(old or ""), "after": str(getattr(calendar, name) or "")}
        for name, old in before.items()
        if getattr(calendar, name) != old
    }


def _changed(calendar: WorkCalendar, actor: Actor | None, about: Mapping[str, Any]) -> None:
    audit.record(
        "calendar.changed",
        actor=actor,
        subject=f"calendar:{calendar.pk}",
        subject_name=calendar.name,
        about=about,
    )
    for listener in listeners:
        listener()
