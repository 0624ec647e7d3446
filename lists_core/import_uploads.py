"""Tables to be imported may be larger than other requests, if a person of the portal sends them.

A request is cut before Django reads it (`svod.limits`); here is asked whose it is, so that
strangers fill no disk.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from importlib import import_module
from io import BytesIO
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.urls import Resolver404, resolve

MULTIPART_ROOM = 64 * 1024
UPLOADS = {"list_import", "import_new"}
Known = Callable[[MutableMapping[str, Any]], bool]


def in_thread(question: Known) -> Any:
    return sync_to_async(question, thread_sensitive=False)


async def room_for(scope: MutableMapping[str, Any]) -> int:
    """How many bytes the body of this request may have."""
    usual: int = settings.REQUEST_MAX_BYTES
    if scope["method"] != "POST" or not _is_import(scope["path"]):
        return usual
    known = await in_thread(_is_known)(scope)
    return max(usual, settings.IMPORT_MAX_BYTES + MULTIPART_ROOM) if known else usual


def _is_import(path: str) -> bool:
    try:
        return resolve(path).url_name in UPLOADS
    except Resolver404:
        return False


def _is_known(scope: MutableMapping[str, Any]) -> bool:
    """Whether somebody who is signed in asks."""
    request = ASGIRequest(scope, BytesIO())
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    try:
        return bool(get_user(request).is_active)
    finally:
        close_old_connections()  # this thread's: no request ends it
