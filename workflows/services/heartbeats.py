"""Workers say that they live, every few seconds and not at every message."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.utils import timezone

from workflows.models import Heartbeat

EVERY = timedelta(seconds=5)
#: How long one that is away is still shown.
KEPT = timedelta(days=1)

_last: dict[int, datetime] = {}


def beat(now: datetime | None = None) -> None:
    """Note that this process is at work; forgets those long gone."""
    now, pid = now or timezone.now(), os.getpid()
    before = _last.get(pid)
    if before is not None and now - before < EVERY:
        return
    name = f"{socket.gethostname()[:100]}:{pid}"
    if not Heartbeat.objects.filter(name=name).update(seen_at=now):
        Heartbeat.objects.get_or_create(name=name, defaults={"started_at": now, "seen_at": now})
    if before is None:
        Heartbeat.objects.filter(seen_at__lt=now - KEPT).delete()
    _last.clear()
    _last[pid] = now
