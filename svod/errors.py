"""The page for a fault of our own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseServerError
from django.template import loader

from svod.request_log import request_id


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Without the request: the page must come even when the database is away.

    It names the request, so that a person can tell an administrator which line of the log.
    """
    page = loader.get_template("500.html").render({"request_id": request_id()})
    return HttpResponseServerError(page)
