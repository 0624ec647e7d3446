"""The question how it was, in the letter of farewell."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from openlines.models import Conversation, Message
from openlines.services.votes import ASKS, key_of, question


def with_question(conversation: Conversation, message: Message) -> str:
    """The text of the answer; where a vote is asked, the address of a page for it as well."""
    if not message.data.get(ASKS):
        return message.text
    page = reverse("chat_vote", args=[key_of(conversation)])
    address = f"{settings.PORTAL_URL.rstrip('/')}{page}"
    return f"{message.text}\n\n{question(conversation)}\n{address}"
