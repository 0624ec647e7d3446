"""The operators' desk: conversations at the left, the talk, the customer at the right."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lists_core.field_types.pickers import is_id
from openlines.models import Conversation
from openlines.selectors.desk import (
    access_conversation,
    messages_of,
    visible_lines,
)
from openlines.selectors.inbox import BOXES, counts, inbox, waiting_count
from openlines.words import worded
from staff.models import Employee
from svod.base.htmx import render_page
from svod.base.http import PortalRequest


@login_required
@require_GET
def desk(request: PortalRequest) -> HttpResponse:
    """The desk with no conversation open."""
    return render_page(request, "chat/desk.html", _desk(request))


@login_required
@require_GET
def conversation(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """The desk with a conversation; for htmx the conversation alone."""
    found = access_conversation(request.user, conversation_id)
    context = {**_desk(request), **talk_context(request.user, found)}
    return render_page(request, "chat/conversation.html", context)


@login_required
@require_GET
def conversation_list(request: PortalRequest) -> HttpResponse:
    """The list at the left, drawn anew when something came."""
    return render(request, "chat/partials/list.html", _desk(request))


@login_required
@require_GET
def chat_count(request: PortalRequest) -> HttpResponse:
    """The number beside the menu entry."""
    return render(request, "components/shell/count.html", {"count": waiting_count(request.user)})


@login_required
@require_GET
def new_messages(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """What there is after a number (`?after=5`), or before one, as pieces of the talk."""
    found = access_conversation(request.user, conversation_id)
    before = request.GET.get("before", "")
    rows = messages_of(found, after=_number(request), before=int(before) if is_id(before) else None)
    context = {"messages": worded(rows), "conversation": found}
    return render(request, "chat/partials/messages.html", context)


def talk_context(actor: Employee, found: Conversation) -> dict[str, Any]:
    inside = found.participants.filter(employee=actor, left_at=None).exists()
    people = found.participants.filter(left_at=None).select_related("employee")
    earlier = Conversation.objects.filter(customer=found.customer).exclude(pk=found.pk)
    return {
        "conversation": found,
        "messages": worded(messages_of(found)),
        "is_open": found.state != Conversation.State.CLOSED,
        "is_mine": found.operator_id == actor.pk,
        "is_inside": inside,
        "people": [one.employee for one in people],
        "earlier": earlier.order_by("-pk")[:10],
    }


def _desk(request: PortalRequest) -> dict[str, Any]:
    box = request.GET.get("box", "")
    box = box if box in BOXES else "mine"
    words = request.GET.get("q", "")[:200].strip()
    numbers = counts(request.user)
    return {
        "boxes": [(one, numbers.get(slug)) for slug, one in BOXES.items()],
        "box": box,
        "q": words,
        "conversations": inbox(request.user, box, words=words),
        "has_lines": visible_lines(request.user).exists(),
    }


def _number(request: PortalRequest) -> int:
    given = request.GET.get("after", "")
    return int(given) if is_id(given) else 0
