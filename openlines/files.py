"""Files of messages: who sees the conversation may read them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from lists_core.selectors.files import FileHolder, file_holders
from openlines.models import Attachment
from openlines.selectors.desk import visible_conversations
from staff.models import Employee


@file_holders.register
class Messages(FileHolder):
    slug = "chat"

    def holding(self) -> Q:
        return Q(Exists(Attachment.objects.filter(file=OuterRef("pk"))))

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        seen = visible_conversations(actor).values("pk")
        rows = Attachment.objects.filter(file__in=ids, message__conversation__in=seen)
        return set(rows.values_list("file", flat=True))
