"""A server of S3's objects, as much of it as a storage needs: PUT, HEAD, GET, DELETE."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = unchunked(body)
        self.objects[self.path] = body
        self.answer(200, b"", etag(body))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        body = self.objects.get(self.path)
        if body is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>", "")
        else:
            self.answer(200, body, etag(body))

    def do_DELETE(self) -> None:
        self.objects.pop(self.path, None)
        self.answer(204, b"", "")

    def answer(self, status: int, body: bytes, tag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Sat, 28 Nov 2026 12:00:00 GMT")
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing: the tests tell."""


def etag(body: bytes) -> str:
    return f'"{md5(body).hexdigest()}"'


def unchunked(body: bytes) -> bytes:
    """The bytes in chunks of `length[;signature]\\r\\n…\\r\\n`, without the trailer."""
    whole = b""
    while body:
        head, _, rest = body.partition(b"\r\n")
        length = int(head.split(b";")[0], 16)
        if not length:
            break
        whole, body = whole + rest[:length], rest[length + 2 :]
    return whole


@contextmanager
def fake_s3() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Its address, and what it holds by path."""
    objects: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"objects": objects}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", objects
    finally:
        server.shutdown()
        server.server_close()
