"""The vault: short texts encrypted with keys that the database never sees.

AES-256-GCM with a random nonce. A sealed text is `v1.<key id>.<base64 of nonce, ciphertext and
tag>`. It is bound to a context (a secret field's id): moved elsewhere, it does not open.
"""

from __future__ import annotations

import binascii
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1"
KEY_BYTES, NONCE_BYTES = 32, 12
#: GCM's random nonces are safe for 2^32 texts a key; a secret is no place for documents.
MAX_BYTES = 4096
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


class VaultError(Exception):
    """A text cannot be sealed or opened. The message never holds a text or a key."""


class UnknownKey(VaultError):
    """The text was sealed with a key that is not in the ring."""


class Damaged(VaultError):
    """The text, its context or the key under that id is not the one it was sealed with."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Keys by id; the first one seals, each one opens."""

    keys: Mapping[str, bytes]

    @property
    def current(self) -> str:
        """The id of the key that seals. Raises VaultError for a ring without keys."""
        if not self.keys:
            raise VaultError("There are no keys for secrets: set SVOD_SECRET_KEYS.")
        return next(iter(self.keys))

    def seal(self, text: str, *, context: str) -> str:
        """The sealed text, another one each time. Raises VaultError (too long, no keys)."""
        plain = text.encode()
        if len(plain) > MAX_BYTES:
            raise VaultError("The text is too long to be sealed.")
        key_id, nonce = self.current, os.urandom(NONCE_BYTES)
        body = AESGCM(self.keys[key_id]).encrypt(nonce, plain, context.encode())
        return f"{VERSION}.{key_id}.{b64encode(nonce + body).decode()}"

    def open(self, sealed: str, *, context: str) -> str:
        """The text. Raises UnknownKey or Damaged."""
        key_id, body = _parts(sealed)
        if key_id not in self.keys:
            raise UnknownKey(f"There is no key “{key_id}” for secrets.")
        nonce, rest = body[:NONCE_BYTES], body[NONCE_BYTES:]
        try:
            return AESGCM(self.keys[key_id]).decrypt(nonce, rest, context.encode()).decode()
        except (InvalidTag, ValueError):
            raise Damaged(f"A secret does not open with the key “{key_id}”.") from None

    def is_current(self, sealed: str) -> bool:
        """Was it sealed with the key that seals now?"""
        return key_id_of(sealed) == self.current


def ring() -> KeyRing:
    """The key ring of this process. Raises VaultError when its setting cannot be read."""
    return parse(settings.SVOD_SECRET_KEYS)


@lru_cache(maxsize=8)
def parse(written: str) -> KeyRing:
    """`id:base64` of 32 bytes, several apart by commas or lines. Raises VaultError."""
    pairs = [_pair(part.strip()) for part in re.split(r"[,\n]", written) if part.strip()]
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise VaultError("Two keys for secrets have the same id.")
    return KeyRing(keys)


def new_key() -> str:
    """A key as it is written in the setting. Its id is random: no two portals share one."""
    return f"{os.urandom(4).hex()}:{b64encode(os.urandom(KEY_BYTES)).decode()}"


def key_id_of(sealed: str) -> str:
    """The id of the key that a text was sealed with. Raises Damaged."""
    return _parts(sealed)[0]


def _pair(part: str) -> tuple[str, bytes]:
    key_id, _sign, body = part.partition(":")
    try:
        key = b64decode(body, validate=True)
    except binascii.Error:
        key = b""
    if not KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES:
        raise VaultError("A key for secrets must read “id:base64 of 32 bytes”.")
    return key_id, key


def _parts(sealed: str) -> tuple[str, bytes]:
    version, _sign, rest = sealed.partition(".")
    key_id, _sign, body = rest.partition(".")
    try:
        if version == VERSION and KEY_ID.fullmatch(key_id):
            return key_id, b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise Damaged("This is no sealed secret.")
