"""What a request keeps for itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lists_core.access import remembering

Answer = Callable[[HttpRequest], HttpResponse]


class RightsMiddleware:
    """One reading of a person's rights in a list serves the whole request, and no other."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)
