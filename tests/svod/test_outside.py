"""A-50, A-51: no address but the open Internet's is ever connected to, and no server holds on."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from django.core.cache import cache

from svod.base import outside
from svod.base.outside import AddressRefused, Unreachable, call, download, is_public


class Server:
    """Answers every connection by `answer(socket)` and counts them."""

    def __init__(self, family: int = socket.AF_INET) -> None:
        self.listener = socket.socket(family)
        self.listener.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        self.listener.listen()
        self.port: int = self.listener.getsockname()[1]
        self.connections = 0
        self.asked = b""
        self.answer: Callable[[socket.socket], None] = ok
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _place = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with client:
                self.asked = client.recv(65536)
                if self.asked.startswith(b"POST") and self.asked.endswith(b"\r\n\r\n"):
                    self.asked += client.recv(65536)
                with contextlib.suppress(OSError):
                    self.answer(client)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def ok(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nhi")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example/"
    cache.clear()


@pytest.fixture
def allowed(server: Server, settings: Any) -> Server:
    settings.OUTSIDE_ALLOWED = [f"127.0.0.1:{server.port}"]
    return server


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "127.1",
     "localhost", "localhost.", "[::ffff:7f00:1]", "0177.0.0.1", "127.0.0.1.", "[::]"],
)  # fmt: skip
def test_the_own_machine_is_never_called(server: Server, host: str) -> None:
    with pytest.raises((AddressRefused, Unreachable)):
        call("GET", f"http://{host}:{server.port}/")
    time.sleep(0.02)
    assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest/", "http://[fd00::1]/", "http://100.64.0.1/",
     "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/", "http://10.1.2.3/",
     "http://192.168.0.1/", "http://[fe80::1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/",
     "http://255.255.255.255/", "http://192.0.2.1/"],
)  # fmt: skip
def test_inner_networks_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_exchange", lambda *given: pytest.fail("it was called"))
    with pytest.raises(AddressRefused):
        call("GET", url)


@pytest.mark.parametrize(
    "url",
    ["http://a@127.0.0.1#b", "http://a:b@example.com/", "file:///etc/passwd", "gopher://x/",
     "dict://x:1/", "unix:///run/x", "http+unix://x", "//example.com/", "example.com", "http://",
     "http:///x", "http://example.com\\@127.0.0.1/", "http://exa mple.com/", "http://x/\r\nHost: y",
     "http://example.com:5432/", "http://example.com:6379/", "http://example.com:22/",
     "http://example.com:99999/", "https://portal.example/hooks/x/", "https://PORTAL.example./",
     "http://[::1", "http://" + "a" * 3000, ""],
)  # fmt: skip
def test_odd_addresses_are_refused_before_anybody_is_asked(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: pytest.fail("asked"))
    with pytest.raises(AddressRefused):
        call("GET", url)


def names(*addresses: str) -> Callable[..., Any]:
    def getaddrinfo(host: str, port: int, **more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    return getaddrinfo


def test_one_private_answer_of_two_is_enough(server: Server, monkeypatch: Any) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("93.184.216.34", "127.0.0.1"))
    with pytest.raises(AddressRefused):
        call("GET", f"http://two.example:{server.port}/")
    assert server.connections == 0


def test_the_checked_address_is_the_one_connected_to(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means something else the second time gains nothing: it is asked once."""
    asked: list[str] = []

    def rebinding(host: str, port: int, *given: Any, **more: Any) -> Any:
        asked.append(host)
        return names("93.184.216.34" if len(asked) == 1 else "127.0.0.1")(host, port)

    connected: list[Any] = []

    def connect(place: Any, *more: Any) -> None:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        call("GET", f"http://rebind.example:{server.port}/")
    assert (asked, connected) == (["rebind.example"], [("93.184.216.34", server.port)])


def test_what_an_administrator_allows(allowed: Server) -> None:
    answer = call(
        "POST", f"http://127.0.0.1:{allowed.port}/a?b=1", body=b"{}", headers={"X-A": "1"}
    )
    assert (answer.status, answer.text, answer.headers["x-one"]) == (200, "hi", "1")
    assert allowed.asked.startswith(b"POST /a?b=1 HTTP/1.1\r\n")
    assert allowed.asked.endswith(b"\r\n\r\n{}")


def test_redirects_are_answers(allowed: Server) -> None:
    other = Server()
    allowed.answer = lambda client: client.sendall(
        f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other.port}/\r\n\r\n".encode()
    )
    assert call("GET", f"http://127.0.0.1:{allowed.port}/").status == 302
    assert other.connections == 0
    other.close()


def endless_body(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


def endless_headers(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        client.sendall(b"X-More: 1\r\n")


def drip(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        client.sendall(b"x")
        time.sleep(0.1)


def drip_and_close(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        client.sendall(b"x")
        time.sleep(0.1)


def hang(client: socket.socket) -> None:
    client.recv(1)


def huge(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" + b"x" * 2_000_000)


@pytest.mark.parametrize(
    "answer", [endless_body, endless_headers, drip, drip_and_close, hang, huge]
)
def test_no_server_holds_on(allowed: Server, answer: Any) -> None:
    allowed.answer = answer
    began = time.monotonic()
    with pytest.raises(Unreachable):
        call("GET", f"http://127.0.0.1:{allowed.port}/", seconds=1)
    assert time.monotonic() - began < 2.5


def test_an_answer_that_breaks_off_is_none(allowed: Server) -> None:
    allowed.answer = lambda client: client.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nA-17;15"
    )
    url = f"http://127.0.0.1:{allowed.port}/price.csv"
    with pytest.raises(Unreachable):
        call("GET", url)
    with pytest.raises(Unreachable):
        download(url, io.BytesIO(), seconds=2, max_bytes=100)


def test_an_address_with_cyrillic_letters(allowed: Server) -> None:
    there = f"http://127.0.0.1:{allowed.port}/прайс.csv?год=2026&a=%20".encode()
    allowed.answer = lambda client: (
        ok(client)
        if b"2026" in allowed.asked
        else client.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + there + b"\r\n\r\n")
    )
    into = io.BytesIO()
    answer = download(f"http://127.0.0.1:{allowed.port}/прайс.csv", into, seconds=2, max_bytes=100)
    assert (answer.status, into.getvalue()) == (200, b"hi")
    path = b"/%D0%BF%D1%80%D0%B0%D0%B9%D1%81.csv?%D0%B3%D0%BE%D0%B4=2026&a=%20"
    assert allowed.asked.startswith(b"GET " + path + b" HTTP/1.1\r\n")


@pytest.mark.parametrize("url", ["https://x.example/a", "HTTPS://x.example/a"])
def test_no_redirect_leads_from_https_to_http(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = outside.Answer(302, {"location": "http://x.example/b"}, b"")
    asked = ["93.184.216.34"]
    monkeypatch.setattr(outside, "_resolve", lambda host, port: asked.pop())
    monkeypatch.setattr(outside, "_exchange", lambda *given: there)
    with pytest.raises(AddressRefused):
        download(url, io.BytesIO(), seconds=2, max_bytes=100)


def test_a_packed_bomb_stays_packed(allowed: Server) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    allowed.answer = lambda client: client.sendall(head.encode() + bomb)
    assert call("GET", f"http://127.0.0.1:{allowed.port}/").body == bomb


def test_a_certificate_that_is_not_the_hosts(allowed: Server) -> None:
    with pytest.raises(Unreachable):  # no TLS at all there
        call("GET", f"https://127.0.0.1:{allowed.port}/", seconds=2)


def test_a_host_that_fails_is_left_alone_and_others_are_not(allowed: Server, settings: Any) -> None:
    other = Server()
    settings.OUTSIDE_ALLOWED = [*settings.OUTSIDE_ALLOWED, f"127.0.0.1:{other.port}"]
    allowed.answer = lambda client: None
    for _again in range(8):
        with pytest.raises(Unreachable):
            call("GET", f"http://127.0.0.1:{allowed.port}/")
    assert allowed.connections == outside.BREAKS_AFTER
    assert call("GET", f"http://127.0.0.1:{other.port}/").status == 200
    other.close()


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808"])
def test_the_open_internet_is_open(address: str) -> None:
    assert is_public(ip_address(address))
