"""The chat window on other people's web sites: no session, no cookie; the visitor's browser
sends its own secret in a header, so that nothing comes by itself and nothing can be forged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from axes.helpers import get_client_ip_address
from csp.constants import SELF
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.field_types.pickers import is_id
from lists_core.file_kinds import may_be_shown
from lists_core.sent_files import sent_back
from openlines.chat_channels.base import InboundFile
from openlines.chat_channels.web import is_origin
from openlines.models import Channel, Customer
from openlines.selectors.window import (
    customer_of_ticket,
    file_for,
    stream_ticket,
    window_state,
)
from openlines.services import clock, visitors, votes
from openlines.services.desk import mark_read_by_customer
from svod.base.errors import DomainError, Invalid, NotFound
from svod.base.limits import TooOften
from svod.base.live.asgi import take_stream
from svod.base.live.hub import Ticket

FILES, FILE_BYTES = 5, 20 * 1024 * 1024
MAX_BODY = 64 * 1024
HEADER = "X-Svod-Visitor"
LANGUAGE = re.compile(r"([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*)(?=[,;\s]|$)")
View = Callable[..., HttpResponse]


def told(view: View) -> View:
    """Refusals as JSON that the window shows; nothing of it is stored anywhere."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NotFound:
            response = JsonResponse({"error": "not_found"}, status=HTTPStatus.NOT_FOUND)
        except TooOften as error:
            status = HTTPStatus.TOO_MANY_REQUESTS
            response = JsonResponse({"error": str(error)}, status=status)
        except Invalid as error:
            texts = [text for own in error.errors.values() for text in own]
            response = JsonResponse({"error": " ".join(texts)}, status=422)
        except (DomainError, ValueError, RecursionError) as error:
            shown = str(error) if isinstance(error, DomainError) else "bad_body"
            response = JsonResponse({"error": shown}, status=HTTPStatus.BAD_REQUEST)
        response["Cache-Control"] = "no-store"
        return response

    return answer


@require_GET
def script(request: HttpRequest, token: str) -> HttpResponse:
    """What a site puts into its pages: a small script that shows the window."""
    response = redirect(static("chat-embed.js"))
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_GET
@xframe_options_exempt
def frame(request: HttpRequest, token: str) -> HttpResponse:
    """The window itself, in a frame of the sites that the channel names."""
    channel = visitors.window_of(token)
    context = {"channel": channel, "line": channel.line, "is_open": clock.is_open_now(channel.line)}
    response = render(request, "chat/window.html", context)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "no-store"
    allowed = {"frame-ancestors": [SELF, *origins_of(channel)]}
    response._csp_replace = allowed  # type: ignore[attr-defined]  # what csp_replace sets
    return response


def origins_of(channel: Channel) -> list[str]:
    """Those that are addresses of sites: anything else could end the rule and begin another."""
    return [one for one in channel.settings.get("origins", "").split() if is_origin(one)]


@csrf_exempt
@require_http_methods(["GET", "POST"])
@told
def messages(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what there is after a message (`?after=5`). POST: one message with its files."""
    channel = visitors.window_of(token)
    secret = request.headers.get(HEADER, "")
    if request.method == "POST":
        _write(request, channel, secret)
    customer = visitors.customer_of(channel, secret)
    if customer is None:
        return JsonResponse({"messages": [], "open": False})
    return JsonResponse(window_state(customer, after=_number(request.GET.get("after", "0"))))


def _write(request: HttpRequest, channel: Channel, secret: str) -> None:
    visitors.check_pace(channel, secret, ip=str(get_client_ip_address(request) or ""))
    files = request.FILES.getlist("file")
    if len(files) > FILES or any((one.size or 0) > FILE_BYTES for one in files):
        raise Invalid({"file": [_("Five files of 20 MB at most.")]})
    facts = {"page": request.POST.get("page", "")[:500], **_language(request)}
    text, key = request.POST.get("text", ""), request.POST.get("key", "")[:64] or uuid4().hex
    if request.POST.get("offline") == "1":
        about = {name: request.POST.get(name, "") for name in visitors.FACTS}
        visitors.leave_question(channel, secret, text, key=key, facts={**facts, **about})
        return
    sent = [InboundFile(one.name or "file", one) for one in files]
    visitors.write(channel, secret, text, key=key, files=sent, facts=facts)


def _language(request: HttpRequest) -> dict[str, str]:
    """What the browser asks for first: quick replies in that language come before others."""
    found = LANGUAGE.match(request.headers.get("Accept-Language", ""))
    return {"language": found[1]} if found else {}


@csrf_exempt
@require_POST
@told
def deed(request: HttpRequest, token: str, what: str) -> HttpResponse:
    """Reading, typing, introducing oneself, voting, asking for a stream."""
    customer = visitors.customer_of(visitors.window_of(token), request.headers.get(HEADER, ""))
    if customer is None:
        raise NotFound
    visitors.limit(f"window-deed:{customer.pk}", 240)
    return JsonResponse(DEEDS[what](customer, _body(request)) or {})


def _read(customer: Customer, body: dict[str, Any]) -> None:
    talk = visitors.open_conversation(customer)
    if talk:
        seen = talk.messages.filter(pk__lte=_number(body.get("id", 0))).order_by("-seq").first()
        mark_read_by_customer(talk, seen.seq if seen else 0)


def _typing(customer: Customer, body: dict[str, Any]) -> None:
    visitors.typing(customer)


def _introduce(customer: Customer, body: dict[str, Any]) -> None:
    visitors.introduce(customer, {key: str(value) for key, value in body.items()})


def _vote(customer: Customer, body: dict[str, Any]) -> None:
    votes.vote(customer, _number(body.get("value", 0)), str(body.get("text", "")))


def _stream(customer: Customer, body: dict[str, Any]) -> dict[str, Any]:
    return {"ticket": stream_ticket(customer)}


DEEDS: dict[str, Callable[[Customer, dict[str, Any]], dict[str, Any] | None]] = {
    "read": _read,
    "typing": _typing,
    "introduce": _introduce,
    "vote": _vote,
    "stream": _stream,
}


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The stream of one window; it tells that there is something, never what."""
    customer = customer_of_ticket(request.GET.get("ticket", ""))
    if take_stream(request, Ticket(-customer.pk, "window")):
        return HttpResponse(content_type="text/event-stream")
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_GET
def file(request: HttpRequest, token: str, attachment_id: int) -> HttpResponseBase:
    """A file of the visitor's conversation, by the address that their window was given."""
    found = file_for(visitors.window_of(token), attachment_id, request.GET.get("key", ""))
    stored = found.file
    shown = may_be_shown(stored.mime)
    return sent_back(request, stored.name, stored.content, inline=shown, mime=stored.mime)


def _body(request: HttpRequest) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        raise ValueError("too large")
    values = json.loads(request.body or b"{}")
    if not isinstance(values, dict):
        raise ValueError("not an object")
    return values


def _number(text: Any) -> int:
    return int(text) if is_id(text) else 0
