"""The line a request leaves in the log, and the id by which a person can name it."""

from __future__ import annotations

import re
from typing import Any

import structlog
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django_structlog import signals
from django_structlog.middlewares import RequestMiddleware as StructlogRequestMiddleware

from svod.logs import HIDDEN

HEADER = "X-Request-ID"
SECRET_ARGUMENTS = {"token", "uidb64", "secret", "key"}


def request_id() -> str:
    """The id of the request that is being answered, or an empty string."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class RequestMiddleware(StructlogRequestMiddleware):
    """django-structlog's, with addresses that give no secret away."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {safe_path(request)}"


def safe_path(request: HttpRequest) -> str:
    """The path without its query string and without tokens."""
    match = request.resolver_match
    path = request.path[:300]
    if match is None:
        # Not known (yet): what is long and without vowels between slashes may be a token.
        return re.sub(r"(?<=/)[\w-]{16,}(?=/|$|\.)", HIDDEN, path)
    for name, value in match.kwargs.items():
        if name in SECRET_ARGUMENTS:
            path = path.replace(str(value), HIDDEN)
    return path


@receiver(signals.bind_extra_request_finished_metadata)
@receiver(signals.update_failure_response)
def tell_the_id(response: HttpResponseBase, **kwargs: Any) -> None:
    """A person who reports a failure can name the request."""
    response[HEADER] = request_id()
