"""Working calendars in the Django admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from staff.models import CalendarDay, WorkCalendar
from staff.services.calendars import changed_in_admin


class CalendarForm(forms.ModelForm):
    """The week as check boxes."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


class Days(admin.TabularInline):
    """Only the days that differ; holidays come from the country."""

    model = CalendarDay
    extra = 0


@admin.register(WorkCalendar)
class WorkCalendarAdmin(admin.ModelAdmin):
    form = CalendarForm
    list_display = ["name", "is_default", "country", "opens", "closes"]
    list_filter = ["is_default", "country"]
    search_fields = ["name", "days__name"]
    inlines = [Days]

    def save_related(self, request: HttpRequest, form: Any, *args: Any) -> None:
        super().save_related(request, form, *args)
        changed_in_admin(form.instance, actor=request.user)
