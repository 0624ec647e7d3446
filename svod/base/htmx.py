"""What htmx adds to HTTP here: fragments, moves to another page and toasts.

Views use `render_page`, `go_to` and `toast`; the middleware carries toasts to the browser in
the `HX-Trigger` header and turns an expired sign-in into a visit of the sign-in page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import patch_vary_headers

Level = Literal["success", "info", "warning", "error"]
LEVELS: dict[str, int] = {
    "success": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "error": messages.ERROR,
}
HEADERS = ("HX-Request", "HX-Request-Type")


def is_htmx(request: HttpRequest) -> bool:
    """The request was sent by htmx (a whole page or a part of it)."""
    return request.headers.get("HX-Request") == "true"


def wants_fragment(request: HttpRequest) -> bool:
    """htmx will put the answer into a part of the page, so the shell is not wanted."""
    return is_htmx(request) and request.headers.get("HX-Request-Type") == "partial"


def current_page(request: HttpRequest) -> SplitResult:
    """The address of the page on the screen; empty when htmx sent none or one that is damaged."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return urlsplit("")


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page `app/name.html`, or for a part of a page `app/partials/name.html` alone.

    Both templates must exist; the page includes the partial. Give 422 as the status when a
    form comes back with errors.
    """
    name = partial(template) if wants_fragment(request) else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, HEADERS)
    return response


def partial(template: str) -> str:
    """`app/name.html` -> `app/partials/name.html`."""
    folder, _, name = template.rpartition("/")
    return f"{folder}/partials/{name}"


def go_to(request: HttpRequest, target: str | Model) -> HttpResponse:
    """Send the browser to a page: a URL, a URL name or an object with `get_absolute_url`."""
    url = resolve_url(target)
    if not is_htmx(request):
        return redirect(url)
    response = HttpResponse(status=204)
    response["HX-Location"] = url
    return response


def saved(request: HttpRequest, text: object = "", **detail: Any) -> HttpResponse:
    """A form in a drawer or dialog is done: it closes, parts that listen load anew.

    The page hears the event `svod:saved` on its body with `detail` (JSON values):
    `hx-trigger="svod:saved from:body"`.
    """
    if text:
        toast(request, text)
    response = HttpResponse(status=204)
    trigger(response, "svod:saved", detail)
    return response


def open_dialog(url: str) -> HttpResponse:
    """Ask something more before the thing is done: the page's dialog opens with this address."""
    response = HttpResponse(status=204)
    trigger(response, "svod:dialog", {"url": url})
    return response


def toast(request: HttpRequest, text: object, level: Level = "success", *, undo: str = "") -> None:
    """Tell the person something once: on this answer when htmx asked, else on the next page.

    `undo` is an address that takes the change back when it is posted to.
    """
    messages.add_message(request, LEVELS[level], str(text), extra_tags=undo)


def trigger(response: HttpResponseBase, name: str, detail: Any = None) -> None:
    """Add an event to `HX-Trigger`; it fires on `<body>`, whatever the swap removed.

    `detail` is a JSON object (or None); events added earlier stay.
    """
    events = json.loads(response.get("HX-Trigger", "{}"))
    events[name] = {**(detail or {}), "target": "body"}
    response["HX-Trigger"] = json.dumps(events)


class HtmxMiddleware:
    """Carries toasts in a header and sends an expired session to the sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not is_htmx(request):
            return response
        if asks_to_sign_in(response):
            return sign_in_again(request)
        if not leaves(response):
            carry_toasts(request, response)
        return response


def leaves(response: HttpResponseBase) -> bool:
    """The browser will load another page, which shows the waiting toasts itself."""
    moves = response.has_header("HX-Redirect") or response.has_header("HX-Location")
    return moves or is_redirect(response)


def is_redirect(response: HttpResponseBase) -> bool:
    return HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST


def carry_toasts(request: HttpRequest, response: HttpResponseBase) -> None:
    """Move waiting messages into the answer, as one event with a list of toasts.

    A whole page that htmx asked for has shown them already.
    """
    notes = messages.get_messages(request)
    if getattr(notes, "used", False):
        return
    waiting = [
        {"text": str(note), "level": note.level_tag, "undo": note.extra_tags or ""}
        for note in notes
    ]
    if waiting:
        trigger(response, "toast", {"toasts": waiting})


def asks_to_sign_in(response: HttpResponseBase) -> bool:
    """A redirect to the sign-in page, as `login_required` gives."""
    place = urlsplit(response.get("Location", "")).path
    return is_redirect(response) and place == resolve_url(settings.LOGIN_URL)


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which leads back to the page on the screen, not to the fragment."""
    page = current_page(request)
    back = f"{page.path}?{page.query}" if page.query else page.path or "/"
    response = HttpResponse(status=204)
    response["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    return response
