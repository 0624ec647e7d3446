"""Where strangers fill web forms and sites tell visits: no session, no cookie, no shell.

CSRF is not asked for: a form of a stranger acts for nobody who has signed in.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from axes.helpers import get_client_ip_address
from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from crm_link.models import WebForm
from crm_link.services.web_forms import keep_visit, open_form, submit
from crm_link.web_form_page import MARKS, TRAP, PublicForm, origin_of, stamp, too_quick, visitor_of
from svod.base.errors import DomainError, Forbidden, Invalid
from svod.base.limits import TooOften

MAX_BODY = 64 * 1024
HIDDEN = (*MARKS, "page", "referrer", "visitor")
STATUS: list[tuple[type[DomainError], HTTPStatus]] = [
    (TooOften, HTTPStatus.TOO_MANY_REQUESTS),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (DomainError, HTTPStatus.FORBIDDEN),
]


@csrf_exempt
@require_http_methods(["GET", "POST"])
def public_form(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a form, on its own or in a frame of an allowed site."""
    web_form = open_form(token)
    if request.method == "GET":
        return page(request, web_form, PublicForm(web_form), request.GET)
    if too_long(request):
        return page(request, web_form, PublicForm(web_form), {}, error="long", status=413)
    if request.POST.get(TRAP):
        return thanks(request, web_form)  # a machine learns nothing
    form = PublicForm(web_form, request.POST)
    status, error = sent(request, web_form, form)
    if status is None:
        return thanks(request, web_form)
    return page(request, web_form, form, request.POST, error=error, status=status)


def sent(request: HttpRequest, web_form: WebForm, form: PublicForm) -> tuple[int | None, str]:
    """The status of a refusal (the form tells why), or None; and the page's own error."""
    if too_quick(web_form, request.POST.get("stamp", "")):
        return 422, "quick"
    if not form.is_valid():
        return 422, ""
    try:
        submit(web_form, form.values, origin_of(request.POST.dict()), address=address(request))
    except DomainError as error:
        told_to(form, error)
        return status_of(error), ""
    return None, ""


def told_to(form: PublicForm, error: DomainError) -> None:
    if isinstance(error, Invalid):
        for code, texts in error.errors.items():
            form.add_error(code if code in form.fields else None, texts)
    elif isinstance(error, TooOften):
        form.add_error(None, str(error))


def page(
    request: HttpRequest, web_form: WebForm, form: PublicForm, given: Any, *,
    error: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    texts = [str(text) for text in form.non_field_errors()] if form.is_bound else []
    context = {
        "web_form": web_form, "form": form, "stamp": stamp(), "trap": TRAP, "error": error,
        "texts": texts, "unavailable": status == HTTPStatus.FORBIDDEN,
        "hidden": {name: str(given.get(name, ""))[:500] for name in HIDDEN},
    }  # fmt: skip
    return framed(render(request, "crm/public/form.html", context, status=status), web_form)


def thanks(request: HttpRequest, web_form: WebForm) -> HttpResponse:
    if web_form.redirect.startswith("https://"):
        response = HttpResponse(status=HTTPStatus.SEE_OTHER)
        response["Location"] = web_form.redirect
        return framed(response, web_form)
    return framed(render(request, "crm/public/thanks.html", {"web_form": web_form}), web_form)


def framed(response: HttpResponse, web_form: WebForm) -> HttpResponse:
    """Only the named sites may put the answer into a frame; nothing else is loaded or sent."""
    after = [f"https://{urlsplit(web_form.redirect).netloc}"] if web_form.redirect else []
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": [NONE], "script-src": [NONE], "style-src": [SELF], "img-src": [NONE],
        "connect-src": [NONE], "form-action": [SELF, *after], "base-uri": [NONE],
        "frame-ancestors": web_form.origins or [NONE],
    }  # fmt: skip
    response.xframe_options_exempt = True
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def form_json(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a site's own form: JSON in, `{"result": "ok"}` or errors by code out."""
    web_form = open_form(token)
    if request.method == "OPTIONS":
        return shared(HttpResponse(status=HTTPStatus.NO_CONTENT), request, web_form)
    try:
        given = body_of(request, web_form)
    except Forbidden:
        return shared(told("bad_origin", HTTPStatus.FORBIDDEN), request, web_form)
    except (ValueError, RecursionError):
        return shared(told("bad_body", HTTPStatus.BAD_REQUEST), request, web_form)
    return shared(taken(request, web_form, given), request, web_form)


def taken(request: HttpRequest, web_form: WebForm, given: dict[str, Any]) -> HttpResponse:
    values = given.get("values")
    named = (
        {f"f-{code}": value for code, value in values.items()} if isinstance(values, dict) else {}
    )
    form = PublicForm(
        web_form, {**named, **({"f-consent": "on"} if given.get("consent") is True else {})}
    )
    if not form.is_valid():
        return told("invalid", HTTPStatus.UNPROCESSABLE_ENTITY, errors=form.errors)
    if given.get(TRAP):
        return told("", HTTPStatus.OK, result="ok")
    try:
        submit(web_form, form.values, origin_of(given), address=address(request))
    except DomainError as error:
        more = {"errors": error.errors} if isinstance(error, Invalid) else {}
        return told(error.code, status_of(error), message=str(error), **more)
    return told(
        "", HTTPStatus.OK, result="ok", message=web_form.message, redirect=web_form.redirect
    )


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def form_visit(request: HttpRequest, token: str) -> HttpResponse:
    """A page of a site was opened; only with the visitor's consent."""
    web_form = open_form(token)
    if request.method == "OPTIONS":
        return shared(HttpResponse(status=HTTPStatus.NO_CONTENT), request, web_form)
    try:
        given = body_of(request, web_form)
        visitor = visitor_of(given.get("visitor"))
        if given.get("consent") is not True or visitor is None:
            raise ValueError("no consent")
        places = (str(given.get("url", "")), str(given.get("referrer", "")))
        keep_visit(web_form, visitor, *places, address=address(request))
    except DomainError as error:
        return shared(told(error.code, status_of(error)), request, web_form)
    except (ValueError, RecursionError):
        return shared(told("bad_body", HTTPStatus.BAD_REQUEST), request, web_form)
    return shared(HttpResponse(status=HTTPStatus.NO_CONTENT), request, web_form)


@require_GET
def form_script(request: HttpRequest, token: str) -> HttpResponse:
    """What a site includes: puts the form in a frame and tells visits, where agreed."""
    web_form = open_form(token)
    context = {"visits": web_form.visits}
    response = render(request, "crm/public/form.js", context, content_type="text/javascript")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "public, max-age=300"
    return response


def body_of(request: HttpRequest, web_form: WebForm) -> dict[str, Any]:
    """Raises Forbidden (a page of another site), ValueError for what is no JSON object."""
    origin = request.headers.get("Origin")
    if origin is None or origin not in web_form.origins:
        raise Forbidden
    if too_long(request):
        raise ValueError("too long")
    given = json.loads(request.body or b"{}")
    if not isinstance(given, dict):
        raise ValueError("not an object")
    return given


def shared(response: HttpResponse, request: HttpRequest, web_form: WebForm) -> HttpResponse:
    """Pages of the allowed sites may read the answer, without credentials."""
    origin = request.headers.get("Origin", "")
    patch_vary_headers(response, ["Origin"])
    response["Cache-Control"] = "no-store"
    if origin in web_form.origins:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "POST"
        response["Access-Control-Allow-Headers"] = "Content-Type"
        response["Access-Control-Max-Age"] = "600"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def told(error: str, status: HTTPStatus, **more: Any) -> HttpResponse:
    return JsonResponse({"error": error, **more} if error else more, status=status)


def status_of(error: DomainError) -> HTTPStatus:
    return next(status for kind, status in STATUS if isinstance(error, kind))


def too_long(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length") or "0"
    return not length.isdecimal() or int(length) > MAX_BODY


def address(request: HttpRequest) -> str:
    return str(get_client_ip_address(request) or "")
