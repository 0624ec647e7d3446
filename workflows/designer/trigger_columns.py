"""The row of one way to start a process: which controls it has depends on the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from workflows.actions.base import Shown
from workflows.designer.scene import Scene
from workflows.models import Trigger
from workflows.schedule_words import (
    CUSTOM,
    MONTHLY,
    WEEKLY,
    Plan,
    cron_of,
    plan_of,
    repeat_labels,
    weekday_labels,
)
from workflows.starting import ways, ways_for
from workflows.widgets.base import Asked
from workflows.widgets.conditions import ConditionsField
from workflows.widgets.forms_of_people import switch
from workflows.widgets.lists import SomeOf, field_choices
from workflows.widgets.scalars import DurationField, MomentField, OneOf

Event = Trigger.Event
BLANK: dict[str, Any] = {"event": Event.CREATED.value}
ON_ELEMENTS = {Event.CREATED, Event.CHANGED, Event.DATE}
PLAN = ("repeat", "time", "weekdays", "day")
Row = Mapping[str, Any]


def trigger_columns(row: Row, scene: Scene) -> dict[str, forms.Field]:
    event = row.get("event")
    choices: list[tuple[str, Any]] = [
        one for one in Event.choices if scene.template.list_id or one[0] not in ON_ELEMENTS
    ]
    choices += [(way.slug, str(way.label)) for way in ways_for(scene.template.list)]
    columns: dict[str, forms.Field] = {
        "event": OneOf(label=_("When"), choices=choices, required=False)
    }
    columns["event"].widget.attrs["data-redraw"] = "1"
    if event in ways:
        columns |= ways.get(str(event)).columns(row, scene)
    if event == Event.CHANGED:
        columns["fields"] = SomeOf(field_choices(_asked(scene, "fields")))
        columns["fields"].label = _("Only when one of these fields changes")
    if event == Event.DATE:
        columns |= _date_columns(scene)
    if event == Event.SCHEDULE:
        columns |= _schedule_columns(row)
    if event == Event.SCHEDULE and scene.template.list_id:
        columns["each"] = switch(_("Start on every element that fits, not once"))
        columns["each"].widget.attrs["data-redraw"] = "1"
    if event in ON_ELEMENTS or event in ways or row.get("each"):
        condition = ConditionsField(_asked(scene, "filter"), over_process=False, as_text=True)
        condition.label = _("Only elements for which")
        columns["filter"] = condition
    return columns


def _date_columns(scene: Scene) -> dict[str, forms.Field]:
    dates = field_choices(_asked(scene, "date_field"), "date", "datetime")
    shift = DurationField(required=False)
    shift.label = _("How long before or after")
    return {
        "field": OneOf(label=_("Date field"), choices=[("", "—"), *dates], required=False),
        "shift": shift,
        "direction": OneOf(
            label=_("Before or after"), required=False,
            choices=[("before", _("before the date")), ("after", _("after the date"))],
        ),
        "at": _time(),
        "day_off": OneOf(
            label=_("If it is a day off"), required=False,
            choices=[("keep", _("leave it so")), ("forward", _("the next working day")),
                     ("backward", _("the working day before"))],
        ),
    }  # fmt: skip


def _schedule_columns(row: Row) -> dict[str, forms.Field]:
    repeat = str(row.get("repeat") or plan_of(str(row.get("cron", ""))).repeat)
    columns: dict[str, forms.Field] = {
        "repeat": OneOf(label=_("How often"), choices=repeat_labels().items(), required=False)
    }
    columns["repeat"].widget.attrs["data-redraw"] = "1"
    if repeat == WEEKLY:
        columns["weekdays"] = SomeOf(weekday_labels())
        columns["weekdays"].label = _("Days of the week")
    if repeat == MONTHLY:
        days = [(str(day), str(day)) for day in range(1, 32)]
        columns["day"] = OneOf(label=_("Day of the month"), choices=days, required=False)
    if repeat == CUSTOM:
        columns["cron"] = forms.CharField(
            label=_("Schedule (minute hour day month weekday)"), required=False, max_length=100,
            widget=forms.TextInput({"class": "sv-code", "placeholder": "0 9 * * 1-5"}),
        )  # fmt: skip
    else:
        columns["time"] = _time()
    return columns


def _time() -> forms.Field:
    control = MomentField("time")
    control.label = _("At")
    return control


def _asked(scene: Scene, widget: str) -> Asked:
    return Asked(widget, Shown("", widget=widget), scene)


def shown_trigger(trigger: Row) -> dict[str, Any]:
    """The trigger as its row shows it: a cron line as words."""
    if trigger.get("event") != Event.SCHEDULE:
        return dict(trigger)
    plan = plan_of(str(trigger.get("cron", "")))
    if trigger.get("repeat") == CUSTOM:
        return dict(trigger)
    words = {"repeat": plan.repeat, "time": plan.time, "weekdays": list(plan.weekdays)}
    return {**trigger, **words, "day": str(plan.day)}


def read_trigger(row: Row) -> dict[str, Any]:
    """The opposite of `shown_trigger`."""
    kept = {name: value for name, value in row.items() if name not in PLAN}
    if row.get("event") == Event.SCHEDULE and row.get("repeat") == CUSTOM:
        kept["repeat"] = CUSTOM  # so that an empty line stays a line to be filled in
    elif row.get("event") == Event.SCHEDULE:
        day = str(row.get("day") or "1")
        kept["cron"] = cron_of(
            Plan(
                str(row.get("repeat") or "daily"),
                str(row.get("time") or "09:00"),
                tuple(map(str, row.get("weekdays") or ())),
                int(day) if day.isdecimal() else 1,
            )
        )
    return kept
