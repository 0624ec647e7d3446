"""Answers as letters: of the thread that they belong to, through the channel's own server."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus

from openlines.chat_channels.base import SendRefused
from openlines.mail.box import SECONDS, STARTTLS, TLS, MailTrouble
from svod.base.outside import open_socket

SIGNED_IN = 235
WHOLE = 50.0  # below the lease of an answer


@dataclass(frozen=True, repr=False)
class Server:
    """Where letters are handed in; without a login nobody signs in."""

    host: str
    port: int
    security: str
    login: str
    password: str
    own_name: str


class _Smtp(smtplib.SMTP):
    """Connects to the address that was checked, and is cut when it takes too long."""

    def __init__(self, server: Server, tls: ssl.SSLContext) -> None:
        self.server, self.tls = server, tls
        self.late = threading.Timer(WHOLE, self._cut)
        self.late.daemon = True
        super().__init__(server.host, server.port, server.own_name, SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self.late.start()
        made = open_socket(self.server.host, self.server.port, timeout)
        if self.server.security != TLS:
            return made
        try:
            return self.tls.wrap_socket(made, server_hostname=self.server.host)
        except OSError:
            made.close()
            raise

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    def enter(self, login: str, password: str) -> None:
        if login.isascii() and password.isascii():
            self.login(login, password)
            return
        self.ehlo_or_helo_if_needed()  # smtplib speaks ASCII alone (RFC 4616 has UTF-8)
        words = b64encode(f"\0{login}\0{password}".encode()).decode()
        code, said = self.docmd("AUTH", f"PLAIN {words}")
        if code != SIGNED_IN:
            raise smtplib.SMTPAuthenticationError(code, said)

    def leave(self) -> None:
        """What was taken stays taken, however the server says good-bye."""
        self.late.cancel()
        with suppress(Exception):
            self.quit()
        with suppress(Exception):
            self.close()


def hand_in(server: Server, letter: EmailMessage) -> None:
    """Raises SendRefused where the server never takes it, else what may be tried again."""
    tls = ssl.create_default_context()
    try:
        smtp = _Smtp(server, tls)
        try:
            if server.security == STARTTLS:
                smtp.starttls(context=tls)
            if server.login:
                smtp.enter(server.login, server.password)
            smtp.send_message(letter)
        finally:
            smtp.leave()
    except smtplib.SMTPAuthenticationError as error:
        raise MailTrouble(_said(error)) from None  # a password that somebody can mend
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise _told(min(codes, default=0), str(list(error.recipients.values()))) from None
    except smtplib.SMTPResponseException as error:
        raise _told(error.smtp_code, _said(error)) from None


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    shown = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return f"{error.smtp_code} {shown}"[:300]


def _told(code: int, text: str) -> Exception:
    """5xx is a server's last word, 4xx is not (RFC 5321, 4.2.1)."""
    final = code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return SendRefused(text[:300]) if final else MailTrouble(text[:300])
