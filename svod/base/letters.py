"""Letters by e-mail: how one is built and sent, whoever keeps it until then.

Whoever sends notes afterwards that it was sent; a crash in between sends it again. Both have the
same Message-ID, made of the letter's key, by which mail servers and programs know a repeat.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

MAX_SUBJECT = 200


class LetterRefused(Exception):
    """The mail server will not take it, however often it is tried."""


@dataclass(frozen=True)
class Attachment:
    """A file of a letter; `mime` such as "text/calendar; method=PUBLISH"."""

    name: str
    content: bytes
    mime: str


@dataclass(frozen=True)
class Letter:
    """Text for all programs and, where it is not "", the same as HTML."""

    key: str
    to: Sequence[str]
    subject: str
    text: str
    html: str = ""
    attachments: Sequence[Attachment] = ()


def send_letter(letter: Letter) -> None:
    """Hand it to the mail server. Raises LetterRefused, or anything else when it may be retried."""
    message = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=letter.text,
        to=list(letter.to),
        headers={"Message-ID": message_id(letter.key), "Auto-Submitted": "auto-generated"},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for file in letter.attachments:
        message.attach(one_line(file.name), file.content, file.mime)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise _told(error, min(codes, default=0)) from error
    except smtplib.SMTPResponseException as error:
        raise _told(error, error.smtp_code) from error


def one_line(text: str) -> str:
    """The text as a header may hold it: no line can begin another header."""
    return " ".join(text.split())[:MAX_SUBJECT]


def message_id(key: str) -> str:
    """The same for the same key, and for nobody else's."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    place = sender.rpartition("@")[2] or "localhost"
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{place}>"


def _told(error: smtplib.SMTPException, code: int) -> Exception:
    """5xx is a server's last word, 4xx is not (RFC 5321, 4.2.1)."""
    final = code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return LetterRefused(str(error)[:500]) if final else error
