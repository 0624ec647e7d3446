"""The edge that turns domain errors, where no view did, into HTTP answers."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from svod.base.errors import Conflict, DomainError, Forbidden, NotFound


class DomainErrorMiddleware:
    """NotFound → 404, Forbidden → 403 (both with the portal's pages), Conflict → 409, else 422.

    A statement that the database's limit of time ended is told of with 503.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotFound):
            raise Http404(str(error)) from error
        if isinstance(error, Forbidden):
            raise PermissionDenied(str(error)) from error
        if isinstance(error, DomainError):
            status = 409 if isinstance(error, Conflict) else 422
            return _told(str(error), status)
        if isinstance(error, OperationalError) and _was_cut(error):
            return _told(_("This takes too long. Narrow the question and try again."), 503)
        return None


def _was_cut(error: OperationalError) -> bool:
    """The database ended a statement that took longer than any page may."""
    return getattr(error.__cause__, "sqlstate", "") == "57014"


def _told(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
