"""Noting that quick replies went into an answer: for ranks, suggestions and statistics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection

from openlines.models import Conversation, Message, ReplyUse
from openlines.reply_words import fold
from openlines.selectors.replies import replies_for
from staff.models import Employee

HALF_LIFE = timedelta(days=14)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MAX_REPLIES = 20
MAX_ASKED = 500
#: Of two logarithms the logarithm of the sum, whichever is the larger.
RANK = """
    INSERT INTO openlines_replyrank AS had (element_id, list_id, employee_id, uses, last_at, rank)
    SELECT element, %(list)s, employee, 1, %(at)s, %(age)s
    FROM unnest(%(elements)s::bigint[]) AS element,
         unnest(%(people)s::bigint[]) AS employee
    ORDER BY element, employee
    ON CONFLICT (element_id, employee_id) DO UPDATE SET
        uses = had.uses + 1,
        last_at = excluded.last_at,
        rank = greatest(had.rank, excluded.rank)
             + log(2, (1 + power(2, -least(abs(had.rank - excluded.rank), 60)))::numeric)
"""


def known_replies(
    conversation: Conversation, reply_ids: Collection[int], *, actor: Employee
) -> list[int]:
    """Those that are replies of the conversation's line which the actor may read: nobody learns
    of, or counts for, others by naming their numbers."""
    asked = list(dict.fromkeys(reply_ids))[:MAX_REPLIES]
    replies = replies_for(conversation.line, actor) if asked else None
    if replies is None:
        return []
    readable = set(replies.rows().filter(pk__in=asked).values_list("pk", flat=True))
    return [pk for pk in asked if pk in readable]


def note_uses(message: Message, reply_ids: Sequence[int], *, actor: Employee) -> None:
    """The replies, `known_replies`, stand in this answer. Two statements."""
    if not reply_ids:
        return
    asked = last_words(message.conversation, before=message.seq)
    ReplyUse.objects.bulk_create(
        ReplyUse(
            message=message, element_id=pk, line_id=message.conversation.line_id,
            employee=actor, at=message.at, asked=fold(asked)[:MAX_ASKED],
        )
        for pk in reply_ids
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            RANK,
            {
                "at": message.at,
                "age": (message.at - EPOCH) / HALF_LIFE,
                "list": message.conversation.line.replies_id,
                "elements": list(reply_ids),
                "people": [actor.pk, None],
            },
        )


def last_words(conversation: Conversation, *, before: int | None = None) -> str:
    """What the customer has said since the last answer of a person."""
    rows = conversation.messages.exclude(kind__in=[Message.Kind.SYSTEM, Message.Kind.NOTE])
    rows = rows.exclude(kind=Message.Kind.AUTO)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    said: list[str] = []
    for kind, text in rows.order_by("-seq").values_list("kind", "text")[:5]:
        if kind != Message.Kind.CUSTOMER:
            break
        said.append(text)
    return " ".join(reversed(said))[:2_000]
