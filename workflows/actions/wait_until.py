"""Wait until a date, or some time before or after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator

from lists_core.field_types.date import parse_date
from workflows.actions.base import (
    Action,
    ActionParams,
    EndBranch,
    Output,
    Shown,
    Signal,
    Wait,
    actions,
)
from workflows.durations import MaybeDuration, duration_text
from workflows.engine.errors import Fatal
from workflows.moments import moment_of
from workflows.values import names_in

if TYPE_CHECKING:
    from workflows.engine.context import Context

Outcome = Wait | EndBranch | dict[str, Any]


def day_or_moment(raw: Any) -> Any:
    """A date, or a date with a time, of a value or a text; raises ValueError."""
    if isinstance(raw, date) or raw is None:  # a datetime is a date
        return raw
    text = str(raw).strip()
    moment = parse_datetime(text) if len(text) > len("2026-11-28") else None
    return moment or parse_date(text)  # its ValidationError is told below


def _checked(raw: Any) -> Any:
    from django.core.exceptions import ValidationError

    try:
        return day_or_moment(raw)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None


@actions.register
class WaitUntil(Action):
    """Where the date is a field of the element, the step follows it when it is moved."""

    slug = "wait_until"
    label = _("Wait until a date")
    group = "control"
    icon = "calendar-time"
    may_wait = True
    outputs = (
        Output("moment", _("The moment"), "datetime"),
        Output("late", _("It was past already"), "boolean"),
    )

    class Params(ActionParams):
        date: Annotated[Any, BeforeValidator(_checked), Shown(_("Date"), widget="datetime")]
        shift: Annotated[MaybeDuration, Shown(_("Shifted by"), widget="duration")] = None
        direction: Annotated[
            Literal["before", "after"],
            Shown(
                _("Direction"),
                widget="choice",
                options={"before": _("before the date"), "after": _("after the date")},
            ),
        ] = "before"
        at: Annotated[
            time | None,
            Shown(
                _("At"),
                widget="time",
                help=_("Empty: at 9:00 for a date, at its own time for a date with a time."),
            ),
        ] = None
        zone: Annotated[
            Literal["employee", "portal"],
            Shown(
                _("Time zone"),
                widget="choice",
                options={
                    "employee": _("of the employee in whose name the process works"),
                    "portal": _("of the portal"),
                },
            ),
        ] = "employee"
        day_off: Annotated[
            Literal["keep", "forward", "backward"],
            Shown(
                _("If it is a day off"),
                widget="choice",
                options={
                    "keep": _("leave it so"),
                    "forward": _("the next working day"),
                    "backward": _("the working day before"),
                },
            ),
        ] = "keep"
        past: Annotated[
            Literal["go_on", "skip", "fail"],
            Shown(
                _("If the moment is past already"),
                widget="choice",
                options={
                    "go_on": _("go on at once"),
                    "skip": _("leave out the rest of this branch"),
                    "fail": _("stop with an error"),
                },
            ),
        ] = "go_on"
        empty: Annotated[
            Literal["wait", "go_on", "skip", "fail"],
            Shown(
                _("If the date is empty"),
                widget="choice",
                options={
                    "wait": _("wait until it is filled in"),
                    "go_on": _("go on at once"),
                    "skip": _("leave out the rest of this branch"),
                    "fail": _("stop with an error"),
                },
            ),
        ] = "wait"

    def run(self, context: Context, params: Params) -> Outcome:
        if _is_of_subject(context):
            context.watch()
        elif params.date is None and params.empty == "wait":
            raise Fatal(_g("The date is empty, and nothing would tell when it is filled in."))
        return self._decide(context, params)

    def resume(self, context: Context, params: Params, signal: Signal) -> Outcome:
        """A timer, or the subject or the calendar was changed: the moment is counted anew."""
        return self._decide(context, params)

    def _decide(self, context: Context, params: Params) -> Outcome:
        if params.date is None:
            context.memory["due"] = None
            return Wait() if params.empty == "wait" else _past(params.empty, {"late": True})
        due = moment(params, context)
        known = context.memory.get("due")
        if due <= context.now:
            come = known == due  # it was waited for
            result = {"moment": due, "late": not come}
            return result if come else _past(params.past, result)
        if known != due:
            if "due" in context.memory:
                context.log("moved", {"until": due})
            context.memory["due"] = due
            context.timer(due, by_calendar=_by_calendar(params))
        return Wait()

    def summary(self, params: Mapping[str, Any]) -> str:
        shift, date_ = params.get("shift") or {}, str(params.get("date", ""))
        if shift.get("amount") in (None, "", 0):
            return _g("Wait until %(date)s") % {"date": date_}
        words = {"period": duration_text(shift), "date": date_}
        if params.get("direction") == "after":
            return _g("Wait until %(period)s after %(date)s") % words
        return _g("Wait until %(period)s before %(date)s") % words


def moment(params: WaitUntil.Params, context: Context) -> datetime:
    """When the wait is over."""
    return moment_of(
        params.date,
        zone=_zone(params),
        shift=params.shift,
        direction=params.direction,
        at=params.at,
        day_off=params.day_off,
        calendar=context.calendar if _by_calendar(params) else None,
    )


def _zone(params: WaitUntil.Params) -> tzinfo:
    if params.zone == "portal":
        from zoneinfo import ZoneInfo

        return ZoneInfo(settings.TIME_ZONE)
    return timezone.get_current_timezone()


def _by_calendar(params: WaitUntil.Params) -> bool:
    return params.day_off != "keep" or bool(params.shift and params.shift.by_calendar)


def _is_of_subject(context: Context) -> bool:
    paths = names_in(context.node.params.get("date"))
    return bool(context.instance.subject_id) and any(path.startswith("Document.") for path in paths)


def _past(policy: str, result: dict[str, Any]) -> Outcome:
    if policy == "fail":
        raise Fatal(_g("The moment that the step should wait for is past or not known."))
    return EndBranch(result) if policy == "skip" else result
