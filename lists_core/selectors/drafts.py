"""Reading one's own drafts. Whether the form behind them is open to the person asks the page."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from lists_core.models import ElementDraft
from staff.models import Employee


def draft_of(actor: Employee, list_id: int, element_id: int | None) -> ElementDraft | None:
    """What the person typed into the form of this element (None: of a new one) and left."""
    oldest = timezone.now() - timedelta(days=settings.DRAFT_DAYS)
    mine = ElementDraft.objects.filter(employee=actor, list=list_id, element=element_id)
    return mine.filter(saved_at__gte=oldest).first()
