"""What a conversation leaves in the timelines of CRM items when it is over."""

from __future__ import annotations

from django.utils import timezone

from crm_link.services.timeline import tell_readers
from openlines.models import Conversation, ConversationItem
from openlines.services.process_starts import linked_elements


def leave_entries(conversation: Conversation) -> None:
    """An entry for the lead, the contact and the deal each, once, in the closing's transaction."""
    at = conversation.closed_at or timezone.now()
    ids = [pk for pk, _list_id in linked_elements(conversation)]
    ConversationItem.objects.bulk_create(
        [ConversationItem(conversation=conversation, element_id=pk, at=at) for pk in ids],
        ignore_conflicts=True,
    )
    for pk in ids:
        tell_readers(pk)
