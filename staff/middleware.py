"""Who sends a request, for how long they may, and in what language and time they live."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from staff import impersonation, mfa, reauth, sign_in_sessions
from staff.models import Employee
from staff.time_zones import time_zone_names
from svod.base.htmx import go_to


class SessionMiddleware(MiddlewareMixin):
    """Ends sessions that were idle or lasted too long, and notes those in use."""

    def process_request(self, request: HttpRequest) -> None:
        user = request.user
        if not isinstance(user, Employee):
            return
        if sign_in_sessions.expired(request.session):
            request.session.flush()
            become(request, AnonymousUser())
        elif sign_in_sessions.due(request.session):
            sign_in_sessions.note(request, user)


class ImpersonationMiddleware(MiddlewareMixin):
    """Puts the person whom an administrator looks as into the administrator's place."""

    def process_request(self, request: HttpRequest) -> None:
        number, real = request.session.get(impersonation.KEY), request.user
        if number is None or not isinstance(real, Employee):
            return
        shown = impersonation.shown_as(real, number)
        if shown is None:
            del request.session[impersonation.KEY]
            return
        request.impersonator = real  # type: ignore[attr-defined]
        become(request, shown)


def become(request: HttpRequest, user: Employee | AnonymousUser) -> None:
    async def auser() -> Employee | AnonymousUser:
        return user

    request.user = user
    request.auser = auser


class SecondFactorMiddleware:
    """Leads those who must have a second factor (SVOD_SECOND_FACTOR) to setting it up."""

    DONE = "svod_has_factor"
    OPEN = frozenset({"security", "reauthenticate", "reauthenticate_passkey", "security_app",
                      "security_codes", "security_passkey_add", "security_passkey_options",
                      "sign_out", "set_language"})  # fmt: skip

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        match, user = request.resolver_match, request.user
        if match is None or match.url_name in self.OPEN or not isinstance(user, Employee):
            return None
        if impersonation.impersonator(request) or not mfa.must_have_factor(user):
            return None
        return None if self.has_factor(request, user) else lead_to_setup(request)

    def has_factor(self, request: HttpRequest, user: Employee) -> bool:
        """Asked of the database until the answer is yes; taking a factor off forgets it."""
        if not request.session.get(self.DONE) and mfa.has_factor(user):
            request.session[self.DONE] = True
        return bool(request.session.get(self.DONE))


def lead_to_setup(request: HttpRequest) -> HttpResponse:
    """A page goes to the set-up; a script that expects no page is refused."""
    if reauth.is_script(request) and not request.headers.get("HX-Request"):
        return HttpResponse(status=403)
    return go_to(request, "security")


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
