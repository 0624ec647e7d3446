"""Live news: what happens now is told to the browsers that are open now.

    publish([anna.pk, boris.pk], "notification")      # in a transaction: after its commit

In those people's browsers `document.body` gets the event `svod:live:notification` with the data
(static/src/lib/live.ts). Nothing is kept: whoever was not there loads the page anew, so data is
a hint of what to load, with ids and counts, never content that rights could close.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from functools import lru_cache, partial
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import transaction

log = structlog.get_logger(__name__)
CHANNEL = "svod:live"
PATIENCE = 0.5  # seconds that a write may wait for Redis
REST = 5.0  # seconds for which Redis is left alone after it failed


def publish(
    employee_ids: Collection[int], event: str, data: Mapping[str, Any] | None = None
) -> None:
    """Tell people's open browsers, when the transaction commits; never fails the writer.

    `event` is a short name in lower case, `data` a small JSON object.
    """
    if employee_ids and settings.LIVE_REDIS_URL:
        message = {"to": sorted(set(employee_ids)), "event": event, "data": dict(data or {})}
        transaction.on_commit(partial(_send, json.dumps(message)), robust=True)


def _send(message: str) -> None:
    sender = _sender(settings.LIVE_REDIS_URL)
    if time.monotonic() < sender.away_until:
        return
    try:
        sender.client.publish(CHANNEL, message)
    except (redis.RedisError, OSError) as error:
        sender.away_until = time.monotonic() + REST
        log.info("live_news_lost", error=type(error).__name__)


class _Sender:
    """This process's way to Redis; it is left alone for a while after it failed."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self.away_until = 0.0


@lru_cache(maxsize=4)
def _sender(url: str) -> _Sender:
    return _Sender(url)
