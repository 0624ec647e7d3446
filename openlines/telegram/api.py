"""Calls of the Bot API. The bot's key stands in every address, so no error here tells one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from openlines.chat_channels.base import SendRefused, TryLater
from svod.base.outside import AddressRefused, Answer, TooLong, call

ADDRESS = "https://api.telegram.org"
#: What bots may download and upload (core.telegram.org/bots/faq).
DOWNLOAD_BYTES, UPLOAD_BYTES, PHOTO_BYTES = 20 * 2**20, 50 * 2**20, 10 * 2**20
#: One update may have tens of kilobytes: a long text, its links, a message that it answers.
ANSWER_BYTES = 16 * 2**20
SECONDS, FILE_SECONDS = 15.0, 45.0
FINAL = {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
GONE = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
WRONG_KEY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}


class TelegramAway(Exception):
    """It may work the next time; the text holds no key."""


class TooMuch(TelegramAway):
    """The answer has more bytes than are taken."""


@dataclass(frozen=True)
class Upload:
    """A file on its way to a chat: the parameter it goes under, its name, type and bytes."""

    parameter: str
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, repr=False)
class Bot:
    token: str
    address: str = ADDRESS

    @property
    def number(self) -> str:
        """The bot's id, which is no secret."""
        return self.token.partition(":")[0]

    def ask(
        self, method: str, values: Mapping[str, Any] | None = None, file: Upload | None = None
    ) -> Any:
        """Call a method; returns its `result`. Raises SendRefused, TryLater, TelegramAway."""
        if file is None:
            kind, body = "application/json", json.dumps(dict(values or {})).encode()
        else:
            kind, body = _form(dict(values or {}), file)
        seconds = FILE_SECONDS if file else SECONDS
        more = {"seconds": seconds, "max_bytes": ANSWER_BYTES}
        return _result(self._call("POST", f"bot{self.token}/{method}", body, kind, **more))

    def download(self, file_id: str) -> bytes:
        """The bytes of a file of a message. Raises as `ask` does."""
        path = str(self.ask("getFile", {"file_id": file_id}).get("file_path", ""))
        where = f"file/bot{self.token}/{quote(path)}"
        answer = self._call("GET", where, seconds=FILE_SECONDS, max_bytes=DOWNLOAD_BYTES)
        if answer.status in GONE:
            raise SendRefused(_("Telegram does not have this file any more."))
        if answer.status != HTTPStatus.OK:
            raise TelegramAway(f"Telegram: HTTP {answer.status}")
        return answer.body

    def _call(self, way: str, path: str, body: bytes = b"", kind: str = "", **more: Any) -> Answer:
        headers = {"Content-Type": kind} if kind else {}
        url = f"{self.address.rstrip('/')}/{path}"
        try:
            return call(way, url, body=body, headers=headers, **more)
        except AddressRefused as error:
            raise TelegramAway(str(error)) from None
        except TooLong:
            raise TooMuch("Telegram: the answer is too long") from None
        except Exception as error:  # noqa: BLE001 - whatever it is, the address must not be told
            told = str(error).replace(self.token, "…").replace(quote(self.token), "…")
            raise TelegramAway(f"Telegram: {told}"[:300]) from None


def _result(answer: Answer) -> Any:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise TelegramAway(f"Telegram: HTTP {answer.status}")
    if said.get("ok"):
        return said.get("result")
    raise _refusal(answer.status, said)


def _refusal(status: int, said: Mapping[str, Any]) -> Exception:
    told = str(said.get("description", ""))[:300] or f"HTTP {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        more = said.get("parameters")
        wait = more.get("retry_after") if isinstance(more, dict) else None
        return TryLater(wait if isinstance(wait, int) else 5)
    if status in WRONG_KEY:
        return TelegramAway(_("Telegram does not know this key of a bot."))
    if status == HTTPStatus.FORBIDDEN:
        return SendRefused(_("The customer has blocked the bot."))
    return SendRefused(f"Telegram: {told}") if status in FINAL else TelegramAway(told)


def _form(values: Mapping[str, Any], file: Upload) -> tuple[str, bytes]:
    """`multipart/form-data` (RFC 7578): its type and its body."""
    border = secrets.token_hex(16)
    head = f'--{border}\r\nContent-Disposition: form-data; name="'
    fields = "".join(f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in values.items())
    name = file.name.replace("\\", "_").replace('"', "_").replace("\r", " ").replace("\n", " ")
    begin = f'{head}{file.parameter}"; filename="{name}"\r\nContent-Type: {file.mime}\r\n\r\n'
    body = (fields + begin).encode() + file.content + f"\r\n--{border}--\r\n".encode()
    return f"multipart/form-data; boundary={border}", body
