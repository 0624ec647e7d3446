"""Conversations that are over, in the timelines of the lead, contact and deal of their customer.

That there was one, whoever sees the item may know; what was said is for who sees the
conversation.
"""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from crm_link.timeline.base import Entry, Source, Within, sources
from lists_core.element_tabs import Target
from openlines.models import ConversationItem
from openlines.selectors.desk import visible_conversations
from staff.models import Employee

SAID = Q(conversation__messages__kind__in=["customer", "operator"])


@sources.register
class Conversations(Source):
    slug = "conversations"
    group = "activities"

    def entries(self, target: Target, within: Within) -> list[Entry]:
        rows = ConversationItem.objects.filter(element=target.id)
        known = ("conversation__line", "conversation__channel", "conversation__operator")
        counted = rows.select_related(*known).annotate(said=Count("pk", filter=SAID))
        found = within.cut(counted, "at")
        seen = _seen(target.actor, found)
        return [self._entry(row, is_open=row.conversation_id in seen) for row in found]

    def _entry(self, row: ConversationItem, *, is_open: bool) -> Entry:
        talk = row.conversation
        return Entry(
            row.at,
            row.pk,
            icon="message-circle",
            title=_("Conversation in an open line"),
            actor=talk.operator,
            tone="blue",
            template="chat/timeline.html",
            data={"conversation": talk, "said": row.said, "is_open": is_open},  # type: ignore[attr-defined]  # annotated
        )


def _seen(actor: Employee, rows: list[ConversationItem]) -> set[int]:
    ids = [row.conversation_id for row in rows]
    if not ids:
        return set()
    return set(visible_conversations(actor).filter(pk__in=ids).values_list("pk", flat=True))
