"""Every request speaks the language and keeps the time of the person who sent it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from staff.models import Employee
from staff.time_zones import time_zone_names


class PersonalMiddleware(MiddlewareMixin):
    """Activates the employee's language and time zone; the anonymous keep LocaleMiddleware's."""

    def process_request(self, request: HttpRequest) -> None:
        user = request.user
        if not isinstance(user, Employee):
            timezone.deactivate()
            return
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
        # A zone that a newer tz database no longer knows must not lock its owner out.
        if user.time_zone in time_zone_names():
            timezone.activate(ZoneInfo(user.time_zone))
        else:
            timezone.deactivate()
