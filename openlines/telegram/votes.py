"""A vote in Telegram: five buttons under the question, and what pressing one tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import override

from openlines.chat_channels.base import SendRefused, TryLater
from openlines.models import Channel, Customer, Message
from openlines.services.votes import ASKS, VOTES, language_of, vote
from openlines.telegram.api import Bot, TelegramAway
from svod.base.errors import DomainError

log = structlog.get_logger(__name__)
QUERY = "callback_query"
MARK = "vote"


def buttons(message: Message) -> dict[str, Any]:
    """What goes with the question, and with no other message."""
    if not message.data.get(ASKS):
        return {}
    row = [
        {"text": str(value), "callback_data": f"{MARK}:{message.conversation_id}:{value}"}
        for value in VOTES
    ]
    return {"reply_markup": {"inline_keyboard": [row]}}


def take_vote(channel: Channel, bot: Bot, query: Mapping[str, Any]) -> bool:
    """Keep it, if whoever pressed is the customer who was asked; whether it was one."""
    sender, (mark, talk, value) = query.get("from"), _parts(query.get("data"))
    who = sender.get("id") if isinstance(sender, dict) else None
    customer = Customer.objects.filter(channel=channel, external_id=str(who)).first()
    if mark != MARK or customer is None:
        return False
    try:
        vote(customer, value, conversation_id=talk)
    except DomainError:
        return False
    with override(language_of(customer)):
        text = _("Thank you! Your vote: %(value)s of 5") % {"value": value}
    _thank(channel, bot, query, text)
    return True


def _parts(given: Any) -> tuple[str, int, int]:
    mark, _colon, rest = given.partition(":") if isinstance(given, str) else ("", "", "")
    talk, _colon, value = rest.partition(":")
    is_ours = all(one.isascii() and one.isdecimal() and len(one) < 16 for one in (talk, value))  # noqa: PLR2004 - fits a bigint
    return (mark, int(talk), int(value)) if is_ours else ("", 0, 0)


def _thank(channel: Channel, bot: Bot, query: Mapping[str, Any], text: str) -> None:
    """The buttons give way to what was pressed. Nothing is lost where that fails; a query that
    has become old takes no answer, its message does."""
    message = query.get("message")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("answerCallbackQuery", {"callback_query_id": query.get("id")})
    ]
    if isinstance(message, dict):
        where = {"chat_id": query["from"]["id"], "message_id": message.get("message_id")}
        steps.append(("editMessageText", {**where, "text": text}))
    for method, given in steps:
        try:
            bot.ask(method, given)
        except (SendRefused, TryLater, TelegramAway) as error:
            log.info("chat_vote_unanswered", channel=channel.pk, error=type(error).__name__)
