"""A mailbox over IMAP (RFC 3501): what came after a letter, in its order, nothing changed."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from svod.base.outside import open_socket

SECONDS = 15.0
#: A server that sends a byte now and then is cut after so long.
WHOLE = 60.0
LITERAL = 64 * 2**20
#: Where letters come unencrypted, and how they are closed to others.
TLS, STARTTLS, NONE = "tls", "starttls", "none"
UIDS = re.compile(rb"\d{1,10}")
MAX_UID = 2**32
imaplib._MAXLINE = 1_000_000  # type: ignore[attr-defined]  # an answer to SEARCH is one line


class MailTrouble(Exception):
    """The mail server said no, or something that is no IMAP; the text is for people."""


@dataclass(frozen=True, repr=False)
class Account:
    """Where the letters are and how to get in; `folder` as the server calls it."""

    host: str
    port: int
    security: str
    login: str
    password: str
    folder: str = "INBOX"


@dataclass(frozen=True)
class Stored:
    """A letter on the server; of one larger than was wanted `raw` is the head alone."""

    uid: int
    at: datetime | None
    raw: bytes
    size: int = 0
    is_head: bool = False


class _Box(imaplib.IMAP4):
    """Connects to the address that was checked, and is cut when it takes too long."""

    def __init__(self, account: Account, tls: ssl.SSLContext | None) -> None:
        self.account, self.tls = account, tls
        self.late = threading.Timer(WHOLE, _cut, [self])
        self.late.daemon = True
        super().__init__(account.host, account.port, SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self.late.start()
        made = open_socket(self.account.host, self.account.port, timeout or SECONDS)
        if self.tls is None:
            return made
        try:
            return self.tls.wrap_socket(made, server_hostname=self.account.host)
        except OSError:
            made.close()
            raise

    def read(self, size: int) -> bytes:
        if size > LITERAL:
            raise self.abort("the server sends more than was asked for")
        return super().read(size)

    def enter(self, login: str, password: str) -> None:
        if password.isascii() and login.isascii():
            self.login(_quoted(login), password)
        else:
            self.authenticate("PLAIN", lambda _said: f"\0{login}\0{password}".encode())

    def leave(self) -> None:
        self.late.cancel()
        with suppress(Exception):
            self.sock.settimeout(2)
            self.logout()
        with suppress(Exception):
            self.shutdown()


class Folder:
    """The folder of a mailbox, open to be read."""

    def __init__(self, box: imaplib.IMAP4, name: str) -> None:
        self.box = box
        _ok(box.select(_quoted(name), readonly=True))
        self.validity = self._number("UIDVALIDITY")
        self.next_uid = self._number("UIDNEXT")

    def _number(self, name: str) -> int:
        _kind, found = self.box.response(name)
        given = found[0] if found else None
        return int(given) if isinstance(given, bytes) and given.isdigit() else 0

    def uids(self, *, after: int = 0, since: date | None = None) -> list[int]:
        """Of letters after a number, or that came on a day or later; the oldest first."""
        wanted = f"SINCE {since:%d-}{MONTHS[since.month - 1]}{since:-%Y}" if since else ""
        found = _ok(self.box.uid("SEARCH", wanted or f"UID {after + 1}:*"))
        line = found[0] if found and isinstance(found[0], bytes) else b""
        # "n:*" always names the last letter, also where it is an old one.
        return sorted(uid for uid in map(int, UIDS.findall(line)) if after < uid < MAX_UID)

    def letter(self, uid: int, *, most: int) -> Stored | None:
        """None for one that is gone meanwhile."""
        about = b" ".join(_flat(_ok(self.box.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"))))
        size = re.search(rb"RFC822\.SIZE (\d{1,12})", about)
        if size is None:
            return None
        is_head = int(size[1]) > most
        part = "(BODY.PEEK[HEADER])" if is_head else "(BODY.PEEK[])"
        found = _ok(self.box.uid("FETCH", str(uid), part))
        raw = next((one[1] for one in found if isinstance(one, tuple)), None)
        if not isinstance(raw, bytes):
            return None
        return Stored(uid, _moment(about), raw, int(size[1]), is_head)


@contextmanager
def opened(account: Account) -> Iterator[Folder]:
    """Raises MailTrouble, AddressRefused, OSError, Unreachable."""
    tls = ssl.create_default_context()
    try:
        box = _Box(account, tls if account.security == TLS else None)
        try:
            if account.security == STARTTLS:
                box.starttls(tls)
            box.enter(account.login, account.password)
            yield Folder(box, account.folder)
        finally:
            box.leave()
    except imaplib.IMAP4.error as error:
        raise MailTrouble(_told(error, account)) from None


def _cut(box: imaplib.IMAP4) -> None:
    with suppress(OSError, AttributeError):
        box.sock.shutdown(socket.SHUT_RDWR)


def _told(error: Exception, account: Account) -> str:
    """What the server said, without what was said to it."""
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return text.replace(account.password, "…")[:300] if account.password else text[:300]


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        said = data[0] if data else b""
        raise MailTrouble(said.decode(errors="replace")[:300] if isinstance(said, bytes) else kind)
    return data


def _flat(data: list[Any]) -> Iterator[bytes]:
    for one in data:
        if isinstance(one, bytes):
            yield one
        elif isinstance(one, tuple):
            yield from (part for part in one if isinstance(part, bytes))


def _moment(about: bytes) -> datetime | None:
    """When the server got it: nobody outside can choose this date."""
    found = imaplib.Internaldate2tuple(about)
    if found is None:
        return None
    return datetime(*found[:6]).astimezone(UTC)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


#: IMAP's months are English whatever the server's locale.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
