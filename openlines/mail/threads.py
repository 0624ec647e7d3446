"""Which conversation a letter belongs to: by the ids of our letters, or the mark in the subject.

Both are signed: whoever has not had a letter of the conversation cannot write into it.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from openlines.mail.letters import Letter
from openlines.models import Channel, Conversation, Message

OWN_ID = re.compile(r"<chat\.(\d{1,18})\.([0-9a-f]{20})@")
MARK = re.compile(r"\s*\[#(\d{1,18})-([0-9a-f]{10})\]")


def portal_mark() -> str:
    """By which this portal knows its own letters."""
    return salted_hmac("openlines.mail.portal", settings.PORTAL_URL).hexdigest()[:20]


def message_id(message: Message, address: str) -> str:
    """The same each time, so that a repeat is known as one."""
    place = address.rpartition("@")[2] or "localhost"
    return f"<chat.{message.pk}.{_sign('message', message.pk)[:20]}@{place}>"


def subject_mark(conversation: Conversation) -> str:
    return f"[#{conversation.pk}-{_sign('conversation', conversation.pk)[:10]}]"


def bare_of_mark(subject: str) -> str:
    return MARK.sub("", subject).strip()


def conversation_of(channel: Channel, letter: Letter) -> Conversation | None:
    """The conversation of this channel that the letter answers."""
    rows = Conversation.objects.filter(channel=channel).select_related("customer")
    messages = _signed(OWN_ID, " ".join(letter.answers), "message", 20)
    if messages and (found := rows.filter(messages__in=messages).order_by("-pk").first()):
        return found
    talks = _signed(MARK, letter.subject, "conversation", 10)
    return rows.filter(pk__in=talks).order_by("-pk").first() if talks else None


def _signed(pattern: re.Pattern[str], text: str, what: str, length: int) -> list[int]:
    found = ((int(number), sign) for number, sign in pattern.findall(text))
    return [pk for pk, sign in found if constant_time_compare(sign, _sign(what, pk)[:length])]


def _sign(what: str, pk: int) -> str:
    return salted_hmac("openlines.mail.threads", f"{what}:{pk}").hexdigest()
