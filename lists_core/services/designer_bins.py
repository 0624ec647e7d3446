"""Emptying the bins of the designer: deleted fields and lists go for good when their time is up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from lists_core.models import Field, List
from lists_core.services.fields import purge_field
from lists_core.services.lists import purge_list
from svod.base.errors import DomainError

log = structlog.get_logger(__name__)


def empty_designer_bins() -> int:
    """Remove what was deleted DESIGNER_BIN_DAYS ago, for good; returns how many fields and lists.

    What cannot be removed now (somebody holds the list) is left to the next time, and so is the
    rest of a large list when the worker dies over it.
    """
    if not settings.DESIGNER_BIN_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.DESIGNER_BIN_DAYS)
    fields = Field.objects.filter(deleted_at__lt=before, list__deleted_at=None)
    lists = List.objects.filter(deleted_at__lt=before)
    done = [_gone(purge_field, pk) for pk in fields.values_list("pk", flat=True)]
    return sum(done) + sum([_gone(purge_list, pk) for pk in lists.values_list("pk", flat=True)])


def _gone(purge: Callable[..., None], pk: int) -> bool:
    try:
        purge(pk, actor=None)
    except DomainError as error:
        log.warning("bin_not_emptied", what=purge.__name__, id=pk, reason=str(error))
        return False
    return True
