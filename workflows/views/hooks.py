"""Where strangers' programs start processes: no session, no cookie, a token in the address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from svod.base.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from svod.base.limits import TooOften
from workflows.services.hooks import Message, receive

MAX_BODY = 256 * 1024
STATUS: list[tuple[type[DomainError], HTTPStatus]] = [
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooOften, HTTPStatus.TOO_MANY_REQUESTS),
    (Conflict, HTTPStatus.CONFLICT),
    (DomainError, HTTPStatus.CONFLICT),
]


@csrf_exempt
@require_POST
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Starts the process of this token; JSON or form in, `{"instance": 12}` out."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return told("too_large", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        message = Message(values_of(request), request.body, headers)
        instance = receive(token, message)
    except (ValueError, RecursionError):
        return told("bad_body", status=HTTPStatus.BAD_REQUEST)
    except DomainError as error:
        return refused(error)
    return told(status=HTTPStatus.ACCEPTED, instance=instance.pk)


def values_of(request: HttpRequest) -> Mapping[str, Any]:
    """The body as values by name. Raises ValueError for what is no JSON object."""
    request.body  # noqa: B018 - read first, so that the signature sees it as it came
    if request.content_type != "application/json":
        return {name: values if len(values) > 1 else values[0]
                for name, values in request.POST.lists()}  # fmt: skip
    values = json.loads(request.body or b"{}")
    if not isinstance(values, dict):
        raise ValueError("not an object")
    return values


def refused(error: DomainError) -> HttpResponse:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    more = {"errors": error.errors} if isinstance(error, Invalid) else {}
    return told(error.code, status=status, message=str(error), **more)


def told(error: str = "", *, status: HTTPStatus, **more: Any) -> HttpResponse:
    given = {"error": error, **more} if error else more
    response = JsonResponse(given, status=status)
    response["Cache-Control"] = "no-store"
    return response
