"""Elements that go for good, and those that wait in the bin for longer than their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from crm_link.models import FeedGroup, PhoneCall
from lists_core.services.listeners import BinListener, bin_listeners


@bin_listeners.register
class Consolidated(BinListener):
    """A group that has become empty brings its element back with what people wrote into it."""

    slug = "consolidated"

    def waiting(self) -> QuerySet[Any]:
        return FeedGroup.objects.exclude(element=None).values("element")


@bin_listeners.register
class Calls(BinListener):
    """A call at no item is for other people than one at an item, so it goes with the item."""

    slug = "calls"

    def purged(self, ids: Sequence[int]) -> None:
        PhoneCall.objects.filter(element__in=ids).delete()
