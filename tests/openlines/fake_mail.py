"""A mail server in threads: IMAP4rev1 as RFC 3501 has it, and SMTP with a sign-in."""

from __future__ import annotations

import base64
import contextlib
import datetime
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zlib import crc32

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOGIN, PASSWORD = "help@firm.example", 'p"a\\ss мир'
DATE = '"20-Nov-2026 10:00:00 +0000"'


class Listener:
    """One thread for each connection; `talk(lines, say)` speaks the protocol."""

    tls: ssl.SSLContext | None = None

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.connections = 0
        self.said: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _place = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), client:
            found = self.tls.wrap_socket(client, server_side=True) if self.tls else client
            with found, found.makefile("rb") as lines:
                self.talk(lines, found.sendall)

    def talk(self, lines: Any, say: Any) -> None:
        raise NotImplementedError

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Imap(Listener):
    def __init__(self) -> None:
        self.letters: dict[int, bytes] = {}
        self.sizes: dict[int, int] = {}
        self.validity = 1
        self.greeting = b"* OK ready\r\n"
        super().__init__()

    def put(self, raw: bytes) -> int:
        uid = max(self.letters, default=0) + 1
        self.letters[uid] = raw
        return uid

    def talk(self, lines: Any, say: Any) -> None:
        say(self.greeting)
        for line in lines:
            tag, _space, rest = line.decode().strip().partition(" ")
            self.said.append(rest)
            verb = rest.split(" ")[0].upper()
            for one in self.answer(verb, rest, lines, say):
                say(one + b"\r\n")
            status = b"NO bad password" if self.said[-1] == "REFUSED" else b"OK done"
            say(tag.encode() + b" " + status + b"\r\n")
            if verb == "LOGOUT":
                return

    def answer(self, verb: str, rest: str, lines: Any, say: Any) -> Iterator[bytes]:
        if verb == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1 AUTH=PLAIN"
        elif verb == "AUTHENTICATE":
            say(b"+ \r\n")
            given = base64.b64decode(lines.readline()).decode()
            self.said.append("OK" if given == f"\0{LOGIN}\0{PASSWORD}" else "REFUSED")
        elif verb in {"SELECT", "EXAMINE"}:
            yield f"* {len(self.letters)} EXISTS".encode()
            yield f"* OK [UIDVALIDITY {self.validity}] ok".encode()
            yield f"* OK [UIDNEXT {max(self.letters, default=0) + 1}] ok".encode()
        elif rest.upper().startswith("UID SEARCH"):
            yield b"* SEARCH " + " ".join(map(str, self.search(rest))).encode()
        elif rest.upper().startswith("UID FETCH"):
            yield from self.fetch(int(rest.split(" ")[2]), rest)

    def search(self, rest: str) -> list[int]:
        """All, for SINCE; for `UID n:*` those from n, and the last one whatever n is."""
        found = re.search(r"UID (\d+):\*", rest)
        if found is None:
            return sorted(self.letters)
        return sorted({*(one for one in self.letters if one >= int(found[1])),
                       *([max(self.letters)] if self.letters else [])})  # fmt: skip

    def fetch(self, uid: int, rest: str) -> Iterator[bytes]:
        raw = self.letters.get(uid)
        if raw is None:
            return
        size = self.sizes.get(uid, len(raw))
        if "RFC822.SIZE" in rest:
            yield f"* 1 FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE {DATE})".encode()
            return
        part = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in rest else raw
        yield f"* 1 FETCH (UID {uid} BODY[] {{{len(part)}}}\r\n".encode() + part + b")"


class Smtp(Listener):
    """`answers` maps a command's verb to what is said instead of yes."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, bytes] = {}
        super().__init__()

    def talk(self, lines: Any, say: Any) -> None:
        say(b"220 ready\r\n")
        to: list[str] = []
        for line in lines:
            text = line.decode().strip()
            verb = text.partition(" ")[0].partition(":")[0].upper()
            self.said.append(text)
            if verb == "DATA" and verb not in self.answers:
                say(b"354 go\r\n")
                body = b"".join(iter(lines.readline, b".\r\n"))
                message = message_from_bytes(body, policy=policy.default)
                self.letters.append((to, message))  # type: ignore[arg-type]
                to = []
            if verb == "RCPT" and verb not in self.answers:
                to.append(text.partition(":")[2].strip(" <>"))
            say(self.answers.get(verb, self.usual(verb)) + b"\r\n")
            if verb == "QUIT":
                return

    def usual(self, verb: str) -> bytes:
        known = {"EHLO": b"250-me\r\n250 AUTH PLAIN", "AUTH": b"235 in", "QUIT": b"221 bye"}
        return known.get(verb, b"250 ok")


class FakeMail:
    """Both, as one provider."""

    def __init__(self) -> None:
        self.imap, self.smtp = Imap(), Smtp()

    @property
    def places(self) -> list[str]:
        return [f"127.0.0.1:{one.port}" for one in (self.imap, self.smtp)]

    def close(self) -> None:
        self.imap.close()
        self.smtp.close()


def letter(text: str, **headers: str) -> bytes:
    """A plain letter; `Message_ID="<a@b>"` is the header Message-ID."""
    given = {"From": "Ирина <irina@client.example>", "To": LOGIN, "Subject": "Плитка",
             "Message_ID": f"<{crc32(text.encode())}@client.example>", **headers}  # fmt: skip
    made = EmailMessage(policy=policy.SMTP)
    for name, value in given.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def certificate(folder: Path) -> ssl.SSLContext:
    """Of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
