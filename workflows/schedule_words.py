"""Cron lines that a person chose by words, and back: "weekdays at 9:00"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

DAILY, WORKDAYS, WEEKLY, MONTHLY, HOURLY, CUSTOM = (
    "daily", "workdays", "weekly", "monthly", "hourly", "custom",
)  # fmt: skip
CRON = re.compile(r"(\d{1,2}) (\*|\d{1,2}) (\*|\d{1,2}) \* (\*|1-5|[0-7](?:,[0-7])*)")


@dataclass(frozen=True)
class Plan:
    """`repeat` is one of the words above; the rest as far as it says something."""

    repeat: str = DAILY
    time: str = "09:00"
    weekdays: tuple[str, ...] = ()
    day: int = 1
    cron: str = ""


def plan_of(cron: str) -> Plan:
    """What a cron line means in these words; CUSTOM when it means something else."""
    found = CRON.fullmatch(cron.strip())
    if not found:
        return Plan(CUSTOM, cron=cron) if cron.strip() else Plan()
    minute, hour, day, weekdays = found.groups()
    time = f"{int(hour):02}:{int(minute):02}" if hour != "*" else f"00:{int(minute):02}"
    if hour == "*":
        plain = day == weekdays == "*"
        return Plan(HOURLY, time, cron=cron) if plain else Plan(CUSTOM, cron=cron)
    if day != "*":
        monthly = Plan(MONTHLY, time, day=int(day), cron=cron)
        return monthly if weekdays == "*" else Plan(CUSTOM, cron=cron)
    if weekdays == "*":
        return Plan(DAILY, time, cron=cron)
    if weekdays == "1-5":
        return Plan(WORKDAYS, time, cron=cron)
    return Plan(WEEKLY, time, weekdays=tuple(weekdays.split(",")), cron=cron)


def cron_of(plan: Plan) -> str:
    """The opposite of `plan_of`."""
    hour, _colon, minute = (plan.time or "09:00").partition(":")
    at = f"{int(minute or 0)} {int(hour or 0)}"
    days = ",".join(sorted(plan.weekdays)) or "1"
    return {
        DAILY: f"{at} * * *",
        WORKDAYS: f"{at} * * 1-5",
        WEEKLY: f"{at} * * {days}",
        MONTHLY: f"{at} {plan.day} * *",
        HOURLY: f"{int(minute or 0)} * * * *",
    }.get(plan.repeat, plan.cron)


def repeat_labels() -> dict[str, str]:
    return {
        DAILY: _("Every day"),
        WORKDAYS: _("Monday to Friday"),
        WEEKLY: _("On days of the week"),
        MONTHLY: _("On a day of the month"),
        HOURLY: _("Every hour"),
        CUSTOM: _("Another schedule (cron)"),
    }


def weekday_labels() -> list[tuple[str, str]]:
    """Cron's numbers of the days, Monday first."""
    return [(str(number % 7), str(WEEKDAYS[number - 1]).capitalize()) for number in range(1, 8)]


def schedule_words(cron: str) -> str:
    plan = plan_of(cron)
    values = {"time": plan.time, "day": plan.day, "cron": cron, "days": _days(plan)}
    text = {
        DAILY: _("Every day at %(time)s"),
        WORKDAYS: _("Monday to Friday at %(time)s"),
        WEEKLY: _("Every week on %(days)s at %(time)s"),
        MONTHLY: _("Every month on day %(day)s at %(time)s"),
        HOURLY: _("Every hour"),
    }.get(plan.repeat, _("By the schedule %(cron)s"))
    return text % values


def _days(plan: Plan) -> str:
    names = dict(weekday_labels())
    return ", ".join(names.get(str(int(one) % 7), one).lower() for one in plan.weekdays)
