"""The operators' desk: conversations at the left, the talk, the customer at the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lists_core.field_types.pickers import is_id
from openlines.models import Conversation
from openlines.selectors.customers import customer_card
from openlines.selectors.desk import (
    PORTION,
    Role,
    access_conversation,
    can_be_reopened,
    is_member,
    may_take,
    messages_of,
    visible_lines,
)
from openlines.selectors.inbox import BOXES, MOST, SHOWN, TooBroad, counts, inbox, waiting_count
from openlines.services.messages import kept_text
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
    context = {**_desk(request), **talk_context(request.user, found), "open_id": found.pk}
    return render_page(request, "chat/conversation.html", context)


@login_required
@require_GET
def conversation_list(request: PortalRequest) -> HttpResponse:
    """The list at the left, drawn anew when something came; `?open=5` is marked in it."""
    return render(request, "chat/partials/list.html", _desk(request))


@login_required
@require_GET
def chat_count(request: PortalRequest) -> HttpResponse:
    """The number beside the menu entry."""
    return render(request, "components/shell/count.html", {"count": waiting_count(request.user)})


@login_required
@require_GET
def new_messages(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """A portion after a number (`?after=5`), or before one, as pieces of the talk."""
    found = access_conversation(request.user, conversation_id)
    rows = messages_of(found, after=_number(request, "after"), before=_number(request, "before"))
    context = {"said": worded(rows), "conversation": found}
    return render(request, "chat/partials/messages.html", context)


@login_required
@require_GET
def keys(request: PortalRequest) -> HttpResponse:
    """What the keys of the desk do (`svod-chat-desk.ts` hears them)."""
    known = [
        ("J", _("Next conversation")),
        ("K", _("Previous conversation")),
        ("T", _("Take the conversation")),
        ("X", _("Transfer the conversation")),
        ("I", _("Invite a colleague")),
        ("C", _("Close the conversation")),
        ("M", _("Write to the customer")),
        ("N", _("Write a note for colleagues")),
        ("/", _("Quick replies, in the box")),
        ("Enter", _("Send")),
        ("Esc", _("Leave the box")),
        ("?", _("This list")),
    ]
    return render_page(request, "chat/keys.html", {"keys": known})


def talk_context(actor: Employee, found: Conversation) -> dict[str, Any]:
    inside = found.participants.filter(employee=actor, left_at=None).exists()
    is_open, is_mine = found.state != Conversation.State.CLOSED, found.operator_id == actor.pk
    supervises = is_member(actor, found.line, Role.SUPERVISOR)
    takes = may_take(actor, found)  # whoever answers from the queue takes by that
    return {
        "conversation": found,
        "said": worded(messages_of(found)),
        "portion": PORTION,
        "is_open": is_open,
        "is_mine": is_mine,
        "is_inside": inside,
        "may_take": is_open and not is_mine and takes,
        "may_write": is_open and (inside or takes),
        "may_act": is_open and (inside or supervises),
        "may_reopen": not is_open and is_member(actor, found.line) and can_be_reopened(found),
        "may_close": is_open and (is_mine or supervises),
        "card": customer_card(actor, found),
    }


def _desk(request: PortalRequest) -> dict[str, Any]:
    numbers = counts(request.user)
    box = request.GET.get("box", "")
    box = box if box in BOXES else _first_box(numbers)
    words = kept_text(request.GET.get("q", ""))[:200].strip()
    shown = min(max(_number(request, "shown") or 0, SHOWN), MOST)
    rows, trouble = _found(request.user, box, words, shown + 1)
    return {
        "trouble": trouble,
        "boxes": [(one, numbers.get(slug)) for slug, one in BOXES.items()],
        "box": box,
        "q": words,
        "open_id": _number(request, "open"),
        "conversations": rows[:shown],
        "shown": shown,
        "more": shown + SHOWN if shown < min(len(rows), MOST) else None,
        "has_lines": visible_lines(request.user).exists() or bool(numbers["others"]),
    }


def _first_box(numbers: Mapping[str, int]) -> str:
    """What the desk opens with: one's own conversations, what waits when there are none, or
    those of others, which are all that an invitation brings."""
    return next((one for one in ("mine", "queue", "others") if numbers[one]), "mine")


def _found(actor: Employee, box: str, words: str, limit: int) -> tuple[list[Conversation], str]:
    """The conversations, or why they were not found in time."""
    try:
        return inbox(actor, box, words=words, limit=limit), ""
    except TooBroad as error:
        return [], str(error)


def _number(request: PortalRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if is_id(given) else None
