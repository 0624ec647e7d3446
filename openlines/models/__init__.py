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
from openlines.models.recognition import ConversationItem, Recognition
from openlines.models.replies import ReplyRank, ReplyText, ReplyUse, ReplyWord

__all__ = [
    "Attachment",
    "Channel",
    "Conversation",
    "ConversationItem",
    "Customer",
    "Line",
    "LineMember",
    "Message",
    "Participant",
    "Recognition",
    "ReplyRank",
    "ReplyText",
    "ReplyUse",
    "ReplyWord",
]
