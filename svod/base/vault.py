"""Encryption of what only a person with the right may read: AES-256-GCM with named keys.

A sealed text is `v1.<key id>.<base64 of nonce and ciphertext>`. It opens only with the context
it was sealed for, so a ciphertext moved to another place does not open there. Keys come from
SVOD_SECRET_KEYS (`id:base64,id:base64`: the first seals, all open) or from a file with the same
text; what seals anew after a rotation is `reseal`.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from svod.base.errors import DomainError

VERSION = "v1"
KEY_ID = re.compile(r"\A[A-Za-z0-9_-]{1,32}\Z")
KEY_BYTES = 32
NONCE_BYTES = 12


class SecretLost(DomainError):
    """The key of a sealed text is not among the configured ones, or the text was damaged."""

    code = "secret_lost"
    message = _("This secret cannot be opened: its key is not here. Ask the administrator.")


def seal(text: str, *, context: str) -> str:
    """Encrypt with the first key; the same text gives another result every time."""
    name, key = next(iter(keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{VERSION}.{name}.{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, *, context: str) -> str:
    """The text; raises SecretLost when no key opens it in this context."""
    version, _dot, rest = sealed.partition(".")
    name, _dot, body = rest.partition(".")
    key = keys().get(name)
    if version != VERSION or key is None:
        raise SecretLost
    try:
        raw = base64.b64decode(body, validate=True)
        plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
        return plain.decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise SecretLost from None


def reseal(sealed: str, *, context: str) -> str:
    """The same text under the first key; unchanged when it stands under it already."""
    if key_of(sealed) == next(iter(keys())):
        return sealed
    return seal(unseal(sealed, context=context), context=context)


def key_of(sealed: str) -> str:
    """The id of the key that sealed it, "" for what is no sealed text."""
    parts = sealed.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == VERSION else ""  # noqa: PLR2004


def keys() -> dict[str, bytes]:
    """Key id → key, the one that seals first. Raises ImproperlyConfigured."""
    return _parsed(_configured())


def _configured() -> str:
    if settings.SECRET_KEYS:
        return str(settings.SECRET_KEYS)
    path = settings.SECRET_KEYS_FILE
    if not path:
        raise ImproperlyConfigured("Set SVOD_SECRET_KEYS or SVOD_SECRET_KEYS_FILE.")
    return _from_file(Path(path))


def _from_file(path: Path) -> str:
    if not path.exists() and settings.MAKE_SECRET_KEYS:
        _make(path)
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"The file of secret keys cannot be read: {path}") from error


def _make(path: Path) -> None:
    """A first key for a portal that nobody configured; two processes agree on one."""
    from svod.keys import store_once

    store_once(path, f"k1:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}")


@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in text.replace("\n", ",").split(","):
        name, _colon, body = part.strip().partition(":")
        if part.strip():
            found[name] = _key(name, body)
    if not found:
        raise ImproperlyConfigured("There is no secret key.")
    return found


def _key(name: str, body: str) -> bytes:
    """The message names the key's id only: it may end up in a log."""
    try:
        key = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not KEY_ID.match(name) or len(key) != KEY_BYTES:
        raise ImproperlyConfigured("A secret key is written as id:base64 of 32 bytes.")
    return key
