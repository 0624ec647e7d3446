"""What processes made of elements that go for good."""

from __future__ import annotations

from collections.abc import Sequence

from lists_core.services.listeners import BinListener, bin_listeners
from workflows.models import MadeDocument


@bin_listeners.register
class MadeDocuments(BinListener):
    """A document of no element is its maker's to read, so one whose element goes may not become
    such a one. What lies on the Disk or in a field of something else stays there."""

    slug = "made_documents"

    def purged(self, ids: Sequence[int]) -> None:
        MadeDocument.objects.filter(element__in=ids).delete()
