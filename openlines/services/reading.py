"""Channels that have to be asked: bots and mailboxes, one reader each at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from openlines.chat_channels.base import channel_kinds
from openlines.models import Channel
from svod.base.locks import only_one

log = structlog.get_logger(__name__)
EVERY = timedelta(seconds=2)


def read_due(now: datetime | None = None) -> int:
    """Read what has not been read for EVERY; returns how many messages came."""
    now = now or timezone.now()
    kinds = [kind.slug for kind in channel_kinds if kind.is_read]
    waited = Q(read_at=None) | Q(read_at__lte=now - EVERY)
    rows = Channel.objects.filter(waited, kind__in=kinds, is_active=True, line__is_active=True)
    return sum(_read(channel) for channel in rows.select_related("line__service_employee"))


def _read(channel: Channel) -> int:
    with only_one(f"openlines.channel.{channel.pk}") as mine:
        if not mine:
            return 0
        error, number = "", 0
        try:
            number = channel_kinds.get(channel.kind).read(channel)
        except Exception as failure:  # noqa: BLE001 - whatever a network does
            log.warning("chat_reading_failed", channel=channel.pk, error=type(failure).__name__)
            error = str(failure)[:500]
        Channel.objects.filter(pk=channel.pk).update(read_at=timezone.now(), error=error)
        return number
