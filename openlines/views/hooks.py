"""Where other programs and Telegram bring messages: no session, no cookie, a token in the
address. Every refusal is JSON with a word for programs."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from lists_core.sent_files import sent_back
from openlines.chat_channels.telegram import hook_secret, take_update
from openlines.selectors.window import file_for
from openlines.services.incoming import channel_of, check, receive
from svod.base.errors import DomainError, Forbidden, Invalid, NotFound
from svod.base.limits import TooOften

#: Ten files that are small, or one of five megabytes, in base64.
MAX_BODY = 7 * 1024 * 1024
MAX_UPDATE = 256 * 1024
TELEGRAM_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
STATUS: list[tuple[type[Exception], HTTPStatus]] = [
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooOften, HTTPStatus.TOO_MANY_REQUESTS),
    (DomainError, HTTPStatus.CONFLICT),
]
View = Callable[[HttpRequest, str], HttpResponse]


class TooLong(ValueError):
    """The body has more bytes than are taken."""


def in_json(view: View) -> View:
    """Only POST; refusals as `{"error": …}`."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        if request.method != "POST":
            return told("post_only", HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            return view(request, token)
        except TooLong:
            return told("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except (ValueError, RecursionError):
            return told("bad_body", HTTPStatus.BAD_REQUEST)
        except DomainError as error:
            status = next(status for kind, status in STATUS if isinstance(error, kind))
            more = {"errors": error.errors} if isinstance(error, Invalid) else {}
            return told(error.code, status, message=str(error), **more)

    return answer


@csrf_exempt
@in_json
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """One message in, `{"message": 12, "conversation": 5}` out; the same again under one id."""
    channel = channel_of(token, "webhook")
    body = _body(request, MAX_BODY)
    check(channel, body, {name.lower(): value for name, value in request.headers.items()})
    message = receive(channel, _object(body))
    return told("", HTTPStatus.OK, message=message.pk, conversation=message.conversation_id)


@csrf_exempt
@in_json
def telegram(request: HttpRequest, token: str) -> HttpResponse:
    """An update of a bot; Telegram tells it again until the answer is 200."""
    channel = channel_of(token, "telegram")
    given = request.headers.get(TELEGRAM_SECRET, "")
    wanted = hook_secret(channel) if channel.settings.get("is_told") else ""
    if not (wanted and hmac.compare_digest(given.encode(), wanted.encode())):
        raise NotFound
    take_update(channel, _object(_body(request, MAX_UPDATE)))
    return told("", HTTPStatus.OK)


@require_GET
def hook_file(request: HttpRequest, token: str, attachment_id: int) -> HttpResponseBase:
    """A file of an answer, by the address that the other program was given."""
    stored = file_for(channel_of(token, "webhook"), attachment_id, request.GET.get("key", "")).file
    return sent_back(request, stored.name, stored.content, inline=False, mime=stored.mime)


def _body(request: HttpRequest, most: int) -> bytes:
    """Raises TooLong, whatever length was announced."""
    found = request.read(most + 1)
    if len(found) > most:
        raise TooLong
    return bytes(found)


def _object(body: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    given = json.loads(body)
    if not isinstance(given, dict):
        raise ValueError("not an object")
    return given


def told(error: str, status: HTTPStatus, **more: Any) -> HttpResponse:
    response = JsonResponse({"error": error, **more} if error else more, status=status)
    response["Cache-Control"] = "no-store"
    return response
