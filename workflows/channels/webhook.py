"""Calls of other people's servers, signed as standardwebhooks.com describes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from svod.base.outside import AddressRefused, Answer, Unreachable, call
from svod.base.vault import VaultError, ring
from workflows.services.outgoing import Refused, channels
from workflows.webhook_secrets import context_of

AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
KEPT_TEXT = 20_000


@channels.register
class WebhookChannel:
    """A 2xx answer is success. 408, 425, 429 and 5xx are tried again, others are final."""

    slug = "webhook"

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = str(payload.get("body", "")).encode()
        headers = {**payload.get("headers", {}), "User-Agent": "Svod", **signed(key, payload, body)}
        try:
            answer = call(payload["method"], payload["url"], body=body, headers=headers)
        except AddressRefused as error:
            raise Refused(str(error)) from error
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return result_of(answer)
        if answer.status in AGAIN or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unreachable(f"HTTP {answer.status}")
        raise Refused(f"HTTP {answer.status}: {answer.text[:200]}")


def signed(key: str, payload: Mapping[str, Any], body: bytes) -> dict[str, str]:
    """The id by which a repeat is known, the time and, with a secret, the signature."""
    now = str(int(time.time()))
    headers = {"webhook-id": key, "webhook-timestamp": now}
    if sealed := payload.get("secret"):
        try:
            secret = ring().open(sealed, context=context_of(payload["template"]))
        except VaultError as error:
            raise Refused(str(error)) from error
        headers["webhook-signature"] = signature(secret, key, now, body)
    return headers


def signature(secret: str, key: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, time and body, with points between them."""
    words = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret.encode(), words, hashlib.sha256)).decode()


def result_of(answer: Answer) -> dict[str, Any]:
    """What the waiting step gets: the status, the text and, if it is JSON, its values."""
    try:
        values = json.loads(answer.body)
    except (ValueError, RecursionError):
        values = None
    values = values if isinstance(values, dict) else {}
    return {"status": answer.status, "text": answer.text[:KEPT_TEXT], "values": values}
