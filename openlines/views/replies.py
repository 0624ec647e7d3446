"""Quick replies in a conversation: the search, what fits the customer's words, keeping one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.field_types.pickers import is_id
from openlines.reply_forms import SaveReplyForm
from openlines.reply_offers import language_of, offers_of
from openlines.selectors.desk import access_conversation
from openlines.selectors.replies import categories_of, replies_for, search_replies
from openlines.selectors.reply_suggestions import suggest_replies
from openlines.services.reply_saving import message_to_save, save_as_reply
from openlines.services.reply_uses import last_words
from svod.base.errors import Invalid
from svod.base.htmx import render_page, saved
from svod.base.http import PortalRequest

MAX_WORDS = 100


@login_required
@require_GET
def search(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """The panel under a slash (`?q=dost&section=5`), a piece of the page."""
    talk = access_conversation(request.user, conversation_id)
    replies = replies_for(talk.line, request.user)
    words = request.GET.get("q", "").replace("\x00", "")[:MAX_WORDS]
    context: dict[str, Any] = {"replies": replies, "words": words}
    if replies is not None:
        given = request.GET.get("section", "")
        section = int(given) if is_id(given) else None
        found = search_replies(replies, words, section=section, language=language_of(talk))
        context |= {
            "offers": offers_of(found, talk, request.user),
            "categories": categories_of(replies),
            "section": section,
        }
    return render(request, "chat/replies/partials/found.html", context)


@login_required
@require_GET
def suggestions(request: PortalRequest, conversation_id: int) -> HttpResponse:
    """The chips above the answer, a piece of the page; empty when nothing waits for an answer."""
    talk = access_conversation(request.user, conversation_id)
    replies = replies_for(talk.line, request.user)
    said = last_words(talk) if replies else ""
    found = suggest_replies(replies, said) if replies and said else []
    context = {"offers": offers_of(found, talk, request.user)}
    return render(request, "chat/replies/partials/chips.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def save(request: PortalRequest, conversation_id: int, seq: int) -> HttpResponse:
    """The dialog that keeps an answer as a reply."""
    message, replies = message_to_save(conversation_id, seq, actor=request.user)
    form = SaveReplyForm(request.POST or None, message=message, replies=replies)
    if request.method == "POST" and form.is_valid():
        try:
            save_as_reply(conversation_id, seq, form.cleaned_data, actor=request.user)
            return saved(request, _("The quick reply is kept."))
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"form": form, "message": message, "replies": replies}
    status = 422 if form.errors else 200
    return render_page(request, "chat/replies/save.html", context, status=status)
