"""The stream of live news."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from svod.base.http import PortalRequest
from svod.base.live.asgi import take_stream
from svod.base.live.hub import Ticket


@login_required
@require_GET
def live(request: PortalRequest) -> HttpResponse:
    """Opens the stream; no content where there is none, and the pages ask by themselves."""
    ticket = Ticket(int(request.user.pk), str(request.session.session_key))
    if take_stream(request, ticket):
        return HttpResponse(content_type="text/event-stream")
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
