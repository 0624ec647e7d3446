"""The operators' desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from openlines.selectors.desk import access_conversation, messages_of, visible_conversations
from svod.base.htmx import render_page
from svod.base.http import PortalRequest


@login_required
@require_GET
def desk(request: PortalRequest) -> HttpResponse:
    rows = visible_conversations(request.user).select_related("customer", "line")
    return render_page(request, "chat/desk.html", {"conversations": rows[:50]})


@login_required
@require_GET
def conversation(request: PortalRequest, conversation_id: int) -> HttpResponse:
    found = access_conversation(request.user, conversation_id)
    context = {"conversation": found, "messages": messages_of(found)}
    return render_page(request, "chat/conversation.html", context)
