"""Channels that have to be asked: bots and mailboxes, one reader each at a time, several beside
each other: a server that hangs holds up its own channel alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import structlog
from django.db.models import F, Q
from django.utils import timezone

from openlines.chat_channels.base import TryLater, channel_kinds
from openlines.models import Channel
from openlines.services.others import in_threads
from svod.base.locks import only_one

log = structlog.get_logger(__name__)
READERS = 8
#: What fails is asked again after so many times its usual pause: mailboxes lock out who knocks
#: with a wrong password again and again.
RESTS = 10


def read_due() -> int:
    """Read what has not been read for its kind's pause; returns how many channels were asked."""
    return in_threads(READERS, _due, read_channel)


def _due(busy: Collection[Channel], free: int) -> list[Channel]:
    """The next ones, noted as asked: one that another holds is not asked again at once."""
    now, waited = timezone.now(), Q()
    for kind in channel_kinds:
        if kind.is_read:
            last = Q(read_at=None) | Q(read_at__lte=now - kind.read_every)
            waited |= Q(kind=kind.slug) & last
    rows = Channel.objects.filter(waited, is_active=True, line__is_active=True)
    rows = rows.exclude(pk__in=[one.pk for one in busy])
    rows = rows.select_related("line__service_employee", "line__calendar")
    due = list(rows.order_by(F("read_at").asc(nulls_first=True))[:free])
    Channel.objects.filter(pk__in=[one.pk for one in due]).update(read_at=now)
    return due


def read_channel(channel: Channel) -> int:
    """Read one channel now; what goes wrong is kept in its `error` for who manages lines."""
    with only_one(f"openlines.channel.{channel.pk}") as mine:
        if not mine:
            return 0
        number, error, wait = _tried(channel)
        read_at = timezone.now() + wait
        Channel.objects.filter(pk=channel.pk).update(read_at=read_at, error=error)
        return number


def _tried(channel: Channel) -> tuple[int, str, timedelta]:
    """How many messages came, what went wrong, and how long the other side wants to rest."""
    channel.refresh_from_db(fields=["position"])  # another reader may just have moved it
    kind = channel_kinds.get(channel.kind)
    try:
        return kind.read(channel), "", timedelta()
    except TryLater as later:
        return 0, str(later), timedelta(seconds=later.seconds)
    except Exception as failure:  # noqa: BLE001 - whatever a network does
        log.warning("chat_reading_failed", channel=channel.pk, error=type(failure).__name__)
        told = str(failure)[:500] or type(failure).__name__
        return 0, told, kind.read_every * (RESTS - 1)
