"""Conversations to which a file of the Disk was sent, told beside the file."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.models import DiskFile
from lists_core.selectors.disk_uses import SHOWN, DiskUser, Place, disk_users, kept_by
from openlines.models import Conversation
from openlines.selectors.desk import visible_conversations
from staff.models import Employee


@disk_users.register
class Chats(DiskUser):
    """A conversation shows to those who may open it."""

    slug = "chat"
    label = _("Conversations of open lines")
    icon = "message-circle"

    def places(self, actor: Employee, file: DiskFile) -> Sequence[Place]:
        rows = Conversation.objects.filter(
            pk__in=visible_conversations(actor).order_by().values("pk"),
            messages__attachments__file__in=kept_by(file),
        )
        rows = rows.select_related("customer", "line").distinct().order_by("-pk")
        return [
            Place(str(one.customer), reverse("chat_conversation", args=[one.pk]), one.line.name)
            for one in rows[: SHOWN + 1]
        ]
