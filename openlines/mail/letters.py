"""What a letter is: whose, about what, its words and files, and whether a machine wrote it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr

from openlines.chat_channels.base import InboundFile
from openlines.mail.quoting import text_of_html, without_quotes

LOOP = "X-Svod-Line"
MACHINES = re.compile(r"^(mailer-daemon|postmaster)(@|$)", re.IGNORECASE)
BULK = {"bulk", "junk", "list", "auto_reply"}
ANSWERS = re.compile(r"^\s*((re|fwd?|aw|wg|отв|ответ|пересл)(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
IDS = re.compile(r"<[^<>\s]{1,190}>")
REFERENCES = 50
MANY = "multipart"


@dataclass(frozen=True)
class Letter:
    """`key` is its Message-ID, or a hash where it has none; `answers` are ids, newest first."""

    key: str
    address: str
    name: str
    subject: str
    text: str
    files: tuple[InboundFile, ...] = ()
    answers: tuple[str, ...] = ()
    is_machine: bool = False
    #: Which portal's line sent it, if one did.
    sent_by: str = ""


@dataclass(frozen=True)
class Bounce:
    """A mail server could not deliver; `about` are the ids of letters that may be meant."""

    about: tuple[str, ...]
    reason: str


def parse(raw: bytes) -> Letter | Bounce:
    """Raises ValueError for a letter of nobody. What cannot be read is a file of the letter."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        if message.get_content_type() == "multipart/report":
            return _bounce(message)
        return _letter(message, raw)
    except Exception as error:  # noqa: BLE001 - the parser has many ways to fail at odd letters
        return _unreadable(raw, error)


def _letter(message: EmailMessage, raw: bytes) -> Letter:
    name, address = _sender(message)
    files = tuple(_files(message))
    return Letter(
        key=_key(message, raw),
        address=address,
        name=name,
        subject=_subject(message),
        text=without_quotes(_text(message)),
        files=files,
        answers=_answers(message),
        is_machine=_is_machine(message, address),
        sent_by=str(message.get(LOOP, "")).strip()[:100],
    )


def _unreadable(raw: bytes, error: Exception) -> Letter:
    """Nothing but its sender by the simplest means; the rest is kept as it came."""
    head = raw[:20_000].decode("latin-1").split("\n\n")[0].split("\r\n\r\n")[0]
    found = re.search(r"^From:.{0,500}?([\w.+-]{1,64}@[\w.-]{1,190})", head, re.I | re.M)
    if found is None:
        raise ValueError("a letter of nobody") from error
    key = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    file = InboundFile("letter.eml", raw)
    machine = bool(re.search(r"^(Auto-Submitted|Precedence|X-Loop):", head, re.I | re.M))
    return Letter(key, found[1].lower(), "", "", "", (file,), is_machine=machine)


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Where an answer goes: Reply-To comes before From."""
    for header in ("Reply-To", "From"):
        name, address = parseaddr(str(message.get(header, "")))
        if re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,190}", address):
            return " ".join(name.split())[:200], address.lower()
    raise ValueError("a letter of nobody")


def _key(message: EmailMessage, raw: bytes) -> str:
    found = IDS.search(str(message.get("Message-ID", "")))
    return found[0] if found else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _answers(message: EmailMessage) -> tuple[str, ...]:
    headers = (str(message.get("References", "")), str(message.get("In-Reply-To", "")))
    found = [one for text in headers for one in IDS.findall(text)]
    return tuple(dict.fromkeys(reversed(found[-REFERENCES:])))


def _subject(message: EmailMessage) -> str:
    return " ".join(str(message.get("Subject", "")).split())[:300]


def bare_subject(subject: str) -> str:
    """Without "Re:" and its like."""
    return ANSWERS.sub("", subject).strip()


def _is_machine(message: EmailMessage, address: str) -> bool:
    """RFC 3834 and what programs did before it; nobody waits for an answer to these."""
    said = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    marks = ("X-Loop", "X-Autoreply", "X-Autorespond", "List-Id")
    return (
        said not in {"no", ""}
        or precedence in BULK
        or any(message.get(mark) is not None for mark in marks)
        or str(message.get("Return-Path", "")).strip() == "<>"
        or bool(MACHINES.match(address))
    )


def _text(message: EmailMessage) -> str:
    """The plain text; of HTML its words, where there is no plain one or nothing in it."""
    plain = message.get_body(preferencelist=("plain",))
    text = _decoded(plain) if plain is not None else ""
    if text.strip():
        return text
    html = message.get_body(preferencelist=("html",))
    if html is not None:
        return text_of_html(_decoded(html))
    broken = message.get_payload()  # "multipart" and no parts
    return broken if isinstance(broken, str) and message.get_content_maintype() == MANY else ""


def _decoded(part: MIMEPart) -> str:
    """The text of a part, whatever its charset claims."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _files(message: EmailMessage) -> Iterator[InboundFile]:
    bodies = {id(message.get_body(preferencelist=(kind,))) for kind in ("plain", "html")}
    for part in _leaves(message):
        name = part.get_filename()
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            yield InboundFile(name or "letter.eml", inner.as_bytes())
        elif id(part) not in bodies and (name or part.get_content_disposition() == "attachment"):
            content = part.get_payload(decode=True)
            yield InboundFile(name or "file", content if isinstance(content, bytes) else b"")


def _leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that hold something; a letter inside a letter is one of them."""
    if part.get_content_maintype() != MANY:
        yield part
        return
    for inner in part.iter_parts():
        yield from _leaves(inner)


def _bounce(message: EmailMessage) -> Bounce:
    """RFC 3464: why, and the head of the letter that came back."""
    ids: list[str] = list(_answers(message))
    reason = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind in {"text/rfc822-headers", "message/rfc822"}:
            text = part.as_string()
            own = re.search(r"^Message-ID:\s*(<[^<>\s]{1,190}>)", text, re.I | re.M)
            ids += [own[1]] if own else []
        if kind == "message/delivery-status":
            told = re.search(r"^Diagnostic-Code:\s*(.{1,300})", part.as_string(), re.I | re.M)
            reason = told[1].strip() if told else reason
    return Bounce(tuple(dict.fromkeys(ids)), reason)
