"""Lines with their people and channels; customers, conversations and messages."""

from openlines.models.channels import Channel
from openlines.models.conversations import (
    Attachment,
    Conversation,
    Customer,
    Message,
    Participant,
)
from openlines.models.lines import Line, LineMember

__all__ = [
    "Attachment",
    "Channel",
    "Conversation",
    "Customer",
    "Line",
    "LineMember",
    "Message",
    "Participant",
]
