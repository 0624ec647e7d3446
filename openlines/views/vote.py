"""The page of a vote, to which a letter leads: its signed address is all that it takes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from openlines.services import votes
from svod.base.errors import DomainError, Invalid
from svod.base.limits import limit

VOTES_AN_HOUR = 20


@csrf_exempt  # there is no session: whoever has the address may vote, nobody else
@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, key: str) -> HttpResponse:
    """GET only asks: programs that read mail open its links by themselves."""
    talk = votes.conversation_of(key)
    value, text, error = request.POST.get("vote", ""), request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            limit(f"vote-page:{talk.pk}", VOTES_AN_HOUR, seconds=3600)
            number = int(value) if value in {str(one) for one in votes.VOTES} else 0
            votes.vote(talk.customer, number, text, conversation_id=talk.pk)
        except Invalid as refused:
            error = " ".join(one for own in refused.errors.values() for one in own)
        except DomainError as refused:
            error = str(refused)
    done = request.method == "POST" and not error
    context = {"line": talk.line, "value": value, "text": text, "error": error, "done": done}
    response = render(request, "chat/vote.html", context, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
