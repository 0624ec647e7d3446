"""What an update of a bot says: a message, a message that was changed, a start of the bot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from openlines.chat_channels.base import Inbound

KINDS = ("message", "edited_message")
#: How Telegram names what is a file, and the name of one that has none.
FILES = {
    "document": "file",
    "video": "video.mp4",
    "audio": "audio.mp3",
    "voice": "voice.ogg",
    "video_note": "video.mp4",
    "animation": "animation.mp4",
}


class NotForUs(Exception):
    """An update that is no customer's message: of a group, of another bot, of a new kind."""


@dataclass(frozen=True)
class Picked:
    """A file that is still at Telegram's."""

    file_id: str
    name: str
    size: int


@dataclass(frozen=True)
class Update:
    """`start` is what the bot was started with (`/start spring`), None for what is no start."""

    inbound: Inbound
    files: tuple[Picked, ...] = ()
    start: str | None = None


def parse(update: Mapping[str, Any]) -> Update:
    """Raises NotForUs, also for what does not look like Telegram's."""
    kind = next((one for one in KINDS if isinstance(update.get(one), dict)), None)
    if kind is None:
        raise NotForUs
    message = update[kind]
    chat, sender = message.get("chat", {}), message.get("from", {})
    try:
        private = chat.get("type") == "private" and not sender.get("is_bot")
        number, customer, at = int(message["message_id"]), int(chat["id"]), int(message["date"])
        when = datetime.fromtimestamp(at, UTC)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise NotForUs from error
    if not private:
        raise NotForUs
    key, text = f"tg:{number}", "\n".join(_said(message))
    files = tuple(_files(message))
    if kind == "edited_message":
        key, files = f"{key}:{message.get('edit_date', '')}", ()
        text = _("Changed: %(text)s") % {"text": text}
    inbound = Inbound(str(customer), key, text, facts=_facts(message, sender), at=when)
    return Update(inbound, files, _start(text))


def _start(text: str) -> str | None:
    word, _space, rest = text.partition(" ")
    return rest.strip()[:200] if word == "/start" else None


def _facts(message: Mapping[str, Any], sender: Mapping[str, Any]) -> dict[str, str]:
    names = (str(sender.get(part) or "") for part in ("first_name", "last_name"))
    contact = message.get("contact")
    own = isinstance(contact, dict) and contact.get("user_id") == sender.get("id")
    found = {
        "name": " ".join(filter(None, names)),
        "nick": f"@{sender['username']}" if sender.get("username") else "",
        "language": str(sender.get("language_code") or ""),
        "phone": _phone(contact) if own and isinstance(contact, dict) else "",
    }
    return {name: value for name, value in found.items() if value}


def _said(message: Mapping[str, Any]) -> Iterator[str]:
    """The lines of text that tell all that the message is, its files apart."""
    text = message.get("text") or message.get("caption")
    if isinstance(text, str):
        yield text
    for name, tell in WORDS.items():
        part = message.get(name)
        if isinstance(part, dict):
            yield tell(part)
    known = {"text", "caption", "photo", *FILES, *WORDS}
    if known.isdisjoint(message):
        yield _("A message that the portal cannot show")


def _phone(contact: Mapping[str, Any]) -> str:
    digits = str(contact.get("phone_number") or "").strip()
    return f"+{digits}" if digits.isdecimal() else digits


def _contact(part: Mapping[str, Any]) -> str:
    names = (str(part.get(name) or "") for name in ("first_name", "last_name"))
    return _("Contact: %(text)s") % {"text": " ".join([*filter(None, names), _phone(part)])}


def _place(part: Mapping[str, Any]) -> str:
    place = f"{part.get('latitude')}, {part.get('longitude')}"
    return _("Place: %(text)s") % {"text": place}


WORDS = {
    "sticker": lambda part: str(part.get("emoji") or "") or _("A sticker"),
    "contact": _contact,
    "location": _place,
}


def _files(message: Mapping[str, Any]) -> Iterator[Picked]:
    sizes = message.get("photo")
    if isinstance(sizes, list) and sizes and isinstance(sizes[-1], dict):
        yield _picked(sizes[-1], f"photo-{message['message_id']}.jpg")  # the largest is the last
    # An animation is told as a document, too.
    kinds = [kind for kind in FILES if kind != "document" or "animation" not in message]
    for kind in kinds:
        part = message.get(kind)
        if isinstance(part, dict):
            yield _picked(part, FILES[kind])


def _picked(part: Mapping[str, Any], name: str) -> Picked:
    size = part.get("file_size")
    given = str(part.get("file_name") or name)
    return Picked(str(part.get("file_id", "")), given, size if isinstance(size, int) else 0)
