"""The working calendar: a year for everybody to see, for administrators to change."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from staff import selectors
from staff.calendar_forms import DayForm, WeekForm
from staff.selectors_calendar import default_calendar
from staff.services import calendars as services
from staff.work_year import year_of
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

FIRST_YEAR, LAST_YEAR = 1992, 2199


@login_required
@require_GET
def work_calendar(request: PortalRequest) -> HttpResponse:
    """A year, month by month."""
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today.year)
    calendar = default_calendar()
    months = year_of(calendar, year)
    context = {
        "calendar": calendar, "year": year, "today": today, "months": months,
        "weekdays": list(WEEKDAYS_ABBR.values()),
        "days": sum(month.days for month in months),
        "hours": round(sum(month.hours for month in months), 1),
        "can_manage": selectors.is_administrator(request.user),
    }  # fmt: skip
    return render_page(request, "staff/work_calendar.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def work_calendar_day(request: PortalRequest) -> HttpResponse:
    """A dialog: what one day is."""
    selectors.require_administrator(request.user)
    day = _day(request.GET.get("day", ""))
    stored = default_calendar()
    own = stored.days.filter(date=day).first() if stored.pk else None
    initial = {"kind": own.kind, "name": own.name} if own else {}
    form = DayForm(request.POST or None, initial=initial)
    if form.is_valid():
        calendar = services.portal_calendar()
        services.mark_day(calendar, day, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return go_to(request, f"{reverse('work_calendar')}?year={day.year}")
    context = {"form": form, "day": day}
    status = 422 if form.errors else 200
    return render_page(request, "staff/work_calendar_day.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def work_calendar_week(request: PortalRequest) -> HttpResponse:
    """A dialog: the week and the hours."""
    selectors.require_administrator(request.user)
    calendar = default_calendar()
    initial = {name: getattr(calendar, name) for name in WeekForm.base_fields}
    form = WeekForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.change_calendar(form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.add_domain_errors(error)
        else:
            toast(request, _("Saved."))
            return go_to(request, "work_calendar")
    status = 422 if form.errors else 200
    return render_page(request, "staff/work_calendar_week.html", {"form": form}, status=status)


def _year(text: str, now: int) -> int:
    known = text.isascii() and text.isdecimal() and len(text) <= 4  # noqa: PLR2004 - digits
    return min(max(int(text), FIRST_YEAR), LAST_YEAR) if known else now


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound
    return day
