"""Send an event for people's calendars: a letter with an .ics file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from icalendar import Alarm, Calendar, Event

from svod.base.letters import message_id
from workflows.actions.base import Action, ActionParams, Shown, actions
from workflows.letters import recipients

if TYPE_CHECKING:
    from workflows.engine.context import Context

PRODUCT = "-//Svod//Processes//RU"


@actions.register
class CalendarReminder(Action):
    """A date without a time is an event of the whole day."""

    slug = "calendar_reminder"
    label = _("Reminder for the calendar")
    group = "messages"
    icon = "calendar-event"

    class Params(ActionParams):
        people: Annotated[list[str], Shown(_("To employees"), widget="people", raw=True)] = []
        addresses: Annotated[str, Shown(_("To addresses"), widget="text")] = ""
        title: Annotated[str, Shown(_("Title"), widget="text")]
        start: Annotated[datetime | date, Shown(_("When"), widget="datetime")]
        minutes: Annotated[int, Shown(_("How long, minutes"), widget="number")] = 60
        remind: Annotated[int, Shown(_("Remind so many minutes before"), widget="number")] = 60
        place: Annotated[str, Shown(_("Place"), widget="text")] = ""
        body: Annotated[str, Shown(_("Text"), widget="textarea")] = ""

    def run(self, context: Context, params: Params) -> None:
        to = recipients(params.people, params.addresses, context)
        key = f"{context.instance.pk}:{context.key}"
        file = calendar_of(params, uid=message_id(key).strip("<>"), now=context.now)
        attachment = {"name": "event.ics", "mime": "text/calendar; method=PUBLISH", "text": file}
        letter = {"to": to, "subject": params.title, "text": params.body, "files": [attachment]}
        context.send("mail", letter)
        context.log("mailed", {"to": to, "subject": params.title})


def calendar_of(params: Any, *, uid: str, now: datetime) -> str:
    """The .ics file. The same `uid` makes a repeat the same event to calendars."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("summary", params.title)
    begin = params.start
    if isinstance(begin, datetime):
        begin = begin if timezone.is_aware(begin) else timezone.make_aware(begin)
        event.add("dtend", begin + timedelta(minutes=max(0, params.minutes)))
    event.add("dtstart", begin)
    if params.place:
        event.add("location", params.place)
    if params.body:
        event.add("description", params.body)
    event.add_component(_alarm(params))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _alarm(params: Any) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", params.title)
    alarm.add("trigger", -timedelta(minutes=max(0, params.remind)))
    return alarm
