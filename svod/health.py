"""/healthz: this process answers. /readyz: so do the database, its schema and Redis.

Both stand before the check of the host name, because a balancer asks by address. They tell a
stranger nothing but yes or no; the reason of a no is in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import redis
import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase

logger = structlog.get_logger(__name__)


class NotReady(Exception):
    """The portal cannot serve; the text says why, for the log."""


class HealthMiddleware:
    """Answers the two addresses; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return plain("ok")
        if request.path == "/readyz":
            return ready()
        return self.get_response(request)


def plain(text: str, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, status=status, content_type="text/plain", headers=headers)


def ready() -> HttpResponse:
    try:
        check_database()
        check_redis()
    except (NotReady, Error, redis.RedisError, OSError) as error:
        logger.warning("not_ready", reason=str(error))
        return plain("not ready", status=503)
    finally:
        connection.close()
    return plain("ready")


def check_database() -> None:
    """Raises when the database is away or its schema is older than the code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    check_schema()


@cache
def check_schema() -> None:
    """Asked until it was right once: a schema does not grow older under a running process."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} migrations of {DEFAULT_DB_ALIAS} are not applied")


def check_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
        client.ping()
