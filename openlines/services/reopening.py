"""Writing once more to a customer whose conversation was closed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openlines.models import Conversation, Customer
from openlines.selectors.desk import access_conversation, can_be_reopened, is_member
from openlines.services.messages import locked
from openlines.services.queue import give
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden


def reopen(conversation_id: int, *, actor: Employee) -> Conversation:
    """A closed conversation is open again and the actor's, who may write. One that is open stays.

    Raises NotFound, Forbidden for who is not of the line, Conflict where the channel takes nothing
    any more or the customer has an open conversation already.
    """
    known = access_conversation(actor, conversation_id)
    with transaction.atomic():
        # In the order of `take_in`, which may be making another one at this moment.
        Customer.objects.select_for_update(of=("self",)).get(pk=known.customer_id)
        conversation = locked(conversation_id)
        if not is_member(actor, conversation.line):
            raise Forbidden
        if conversation.state != Conversation.State.CLOSED:
            return conversation
        if not can_be_reopened(conversation):
            raise Conflict(_("The customer has an open conversation, or the channel is off."))
        conversation.closed_at = conversation.closed_by = None
        conversation.last_at = timezone.now()  # its silence is counted from here
        give(conversation, actor, what="reopened")
    return conversation
