"""The only door to strangers' servers: addresses that people typed are called through `call`.

The name is resolved once, every answer must be a public address, and the connection goes to the
address that was checked, so a name that changes between the two gains nothing. Redirects are not
followed: they are the answer; `download` follows a few, each checked as the first address was.
`settings.OUTSIDE_ALLOWED` ("10.0.0.5:8080", …) names what an
administrator opens inside the own network.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import IO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from svod.base.errors import DomainError

SECONDS = 10.0
MAX_BYTES = 1024 * 1024
MAX_URL, MAX_HOST = 2_000, 253
PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024
#: Servers that understand no HTTP but may be made to do something by it.
NO_HTTP = frozenset({1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5672, 6379, 9200,
                     11211, 27017})  # fmt: skip
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
#: Ways to write an IPv4 address inside an IPv6 one that no honest server is reached by.
WRAPPED = (IPv6Network("::/96"), IPv6Network("2002::/16"), IPv6Network("2001::/32"),
           IPv6Network("fec0::/10"))  # fmt: skip
BREAKS_AFTER, BROKEN_FOR = 5, 60
CHUNK = 64 * 1024
#: What an address may hold as it stands; all else (Cyrillic letters, …) is sent in percents.
AS_IS = "%/:=&?~#+!$,;'@()*[]"
REDIRECTS, MOST_REDIRECTS = frozenset({301, 302, 303, 307, 308}), 5

Address = IPv4Address | IPv6Address


class AddressRefused(DomainError):
    """The address is none that the portal may call; trying again does not help."""

    code = "address_refused"
    message = _("This address may not be called.")


class Unreachable(Exception):
    """The server is away, too slow or too talkative at the moment."""


class TooLong(Unreachable):
    """The answer has more bytes than were asked for."""

    def __init__(self) -> None:
        super().__init__("the answer is too long")


@dataclass(frozen=True)
class Answer:
    """Header names are in lower case; the body is as sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def call(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """Send one request; the whole of it takes no longer than `seconds`, the answer no more bytes
    than `max_bytes`.

    Raises AddressRefused, Unreachable (also at once for a host that failed again and again).
    """
    return _asked(method, url, body, headers or {}, (seconds, max_bytes), None)


def download(
    url: str,
    target: IO[bytes],
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float,
    max_bytes: int,
) -> Answer:
    """GET a file: the body of a 200 goes into `target` piece by piece, of others into the answer.

    All redirects together have `seconds`; none may lead from https to http. Raises
    AddressRefused, Unreachable, TooLong.
    """
    ends = monotonic() + seconds
    for _turn in range(MOST_REDIRECTS + 1):
        limits = (max(ends - monotonic(), 0.1), max_bytes)
        answer = _asked("GET", url, b"", headers or {}, limits, target)
        if answer.status not in REDIRECTS or "location" not in answer.headers:
            return answer
        url = _redirected(url, answer.headers["location"])
    raise Unreachable("too many redirects")


def _redirected(url: str, location: str) -> str:
    with suppress(UnicodeError):  # headers are read byte for byte
        location = location.encode("latin-1").decode()
    try:
        there = urljoin(url, location)
        opens = urlsplit(url).scheme == "https" != urlsplit(there).scheme
    except ValueError:
        raise AddressRefused from None
    if opens:
        raise AddressRefused(_("A redirect leads from https to an open address."))
    return there


def _asked(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    limits: tuple[float, int],
    target: IO[bytes] | None,
) -> Answer:
    parts = checked_url(url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    breaker = f"outside:{host}:{port}"
    if _failures(breaker) >= BREAKS_AFTER:
        raise Unreachable(f"{host} failed {BREAKS_AFTER} times and is left alone for a minute")
    address = _resolve(host, port)
    try:
        answer = _exchange(parts, (address, port), method, body, dict(headers), limits, target)
    except TooLong:
        _count_failure(breaker)
        raise
    except (OSError, http.client.HTTPException, Unreachable) as error:
        _count_failure(breaker)
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error
    with suppress(Exception):
        cache.delete(breaker)
    return answer


def checked_url(url: str) -> SplitResult:
    """The address in its parts, checked as far as it shows by itself. Raises AddressRefused."""
    if len(url) > MAX_URL or any(sign <= " " or sign in "\\\x7f" for sign in url):
        raise AddressRefused
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused from None
    named = parts.hostname and parts.username is None and parts.password is None
    if parts.scheme not in PORTS or not named:
        raise AddressRefused
    if port is not None and not _usual(port):
        raise AddressRefused
    if str(parts.hostname).rstrip(".").lower() == urlsplit(settings.PORTAL_URL).hostname:
        raise AddressRefused(_("The portal does not call itself."))
    return parts


def open_socket(host: str, port: int, seconds: float) -> socket.socket:
    """A connection to a server of another kind (mail), under the same rules for addresses.

    Raises AddressRefused, Unreachable, OSError.
    """
    if not host or len(host) > MAX_HOST or any(sign <= " " or sign in "/\\@\x7f" for sign in host):
        raise AddressRefused
    return socket.create_connection((_resolve(host, port), port), seconds)


def _usual(port: int) -> bool:
    return port in PORTS.values() or (port >= FIRST_FREE_PORT and port not in NO_HTTP)


def is_public(address: Address) -> bool:
    """Whether the address is one of the open Internet, however it is wrapped."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in NAT64):
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in network for network in WRAPPED):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _resolve(host: str, port: int) -> str:
    """The checked address of a host. Raises AddressRefused if any of its addresses is not open."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: {error}") from error
    addresses = [str(place[0]).partition("%")[0] for *_rest, place in found]
    for address in addresses:
        allowed = f"{address}:{port}" in settings.OUTSIDE_ALLOWED
        if not (allowed or is_public(ip_address(address))):
            raise AddressRefused
    return addresses[0]


class _Plain(http.client.HTTPConnection):
    """Connects to the address that was checked, whatever the host's name means now.

    `sock` is forgotten when the server says that it will close; `held` stays, to be cut.
    """

    def __init__(self, host: str, place: tuple[str, int], seconds: float) -> None:
        super().__init__(host, place[1], timeout=seconds)
        self.place = place
        self.held: socket.socket | None = None
        self.too_late = threading.Event()

    def connect(self) -> None:
        self._hold(socket.create_connection(self.place, self.timeout))

    def _hold(self, made: socket.socket) -> None:
        self.sock = self.held = made
        if self.too_late.is_set():
            raise Unreachable("the server took too long")

    def cut(self) -> None:
        """End it from another thread, whatever it waits for."""
        self.too_late.set()
        with suppress(OSError):
            if self.held:
                socket.socket.shutdown(self.held, socket.SHUT_RDWR)


class _Secure(_Plain):
    def connect(self) -> None:
        super().connect()
        secure = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self._hold(secure)
        secure.do_handshake()


def _exchange(
    parts: SplitResult,
    place: tuple[str, int],
    method: str,
    body: bytes,
    headers: dict[str, str],
    limits: tuple[float, int],
    into: IO[bytes] | None,
) -> Answer:
    seconds, max_bytes = limits
    kind = _Secure if parts.scheme == "https" else _Plain
    connection = kind(str(parts.hostname), place, seconds)
    # A server that sends a byte now and then never times out by itself.
    late = threading.Timer(seconds, connection.cut)
    late.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, quote(target, safe=AS_IS), body, headers)
        response = connection.getresponse()
        content = _read(response, max_bytes, into)
        if connection.too_late.is_set():  # what was cut looks like a whole answer
            raise Unreachable("the server took too long")
        given = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, given, content)
    finally:
        late.cancel()
        connection.close()


def _read(response: http.client.HTTPResponse, max_bytes: int, target: IO[bytes] | None) -> bytes:
    """The body, or b"" when it went into the target. Raises TooLong, Unreachable."""
    if target is None:
        content = response.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise TooLong
        _check_whole(response)
        return content
    if response.status != HTTPStatus.OK:
        return response.read(CHUNK)
    left = max_bytes
    while chunk := response.read(CHUNK):
        left -= len(chunk)
        if left < 0:
            raise TooLong
        target.write(chunk)
    _check_whole(response)
    return b""


def _check_whole(response: http.client.HTTPResponse) -> None:
    """Raise Unreachable when less came than was announced: reading in pieces ends silently."""
    if response.length:
        raise Unreachable("the answer breaks off")


def _failures(breaker: str) -> int:
    """Failures in a row; a cache that is away knows of none."""
    try:
        return int(cache.get(breaker) or 0)
    except Exception:  # noqa: BLE001 - Redis may be away
        return 0


def _count_failure(breaker: str) -> None:
    with suppress(Exception):
        cache.set(breaker, _failures(breaker) + 1, BROKEN_FOR)
