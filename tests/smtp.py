"""A mail server in a thread: it keeps letters, refuses some addresses, or hangs up."""

from __future__ import annotations

import contextlib
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class MailServer:
    """`refuse` maps an address to its answer ("550 no"); `letters` are (recipients, message)."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.hang_up = False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _place = self.listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as lines, contextlib.suppress(OSError):
                self._talk(client, lines)

    def _talk(self, client: socket.socket, lines: Any) -> None:
        say = lambda text: client.sendall(f"{text}\r\n".encode())  # noqa: E731
        say("220 test")
        to: list[str] = []
        for line in lines:
            verb, _colon, rest = line.decode().strip().partition(":")
            if self.hang_up:
                return
            if verb.upper() == "RCPT TO":
                address = rest.strip(" <>").split(">")[0]
                answer = self.refuse.get(address, "250 ok")
                to += [address] if answer.startswith("250") else []
                say(answer)
            elif verb.upper() == "DATA":
                say("354 go")
                body = b"".join(iter(lines.readline, b".\r\n"))
                message = message_from_bytes(body, policy=policy.default)
                self.letters.append((to, message))  # type: ignore[arg-type]
                to = []
                say("250 kept")
            elif verb.upper() == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
