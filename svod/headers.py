"""Response headers that Django has no setting for, and the one exception to framing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin

View = Callable[..., HttpResponseBase]
PERMISSIONS = "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()"


class HeadersMiddleware:
    """Permissions-Policy and Cross-Origin-Resource-Policy; private pages are never stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_private(request) and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


def is_private(request: HttpRequest) -> bool:
    """The answer may hold somebody's data: the request came with a session or a token."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers


def frameable(view: View) -> View:
    """For a file's own preview (a PDF in a frame): the portal itself may frame the answer."""

    @wraps(view)
    @xframe_options_sameorigin
    @csp_replace({"frame-ancestors": [SELF]})
    def framed(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    return framed
