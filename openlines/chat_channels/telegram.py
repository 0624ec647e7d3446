"""A bot in Telegram, which is asked for news or, where the portal can be reached, tells them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.models import StoredFile
from openlines.chat_channels.base import (
    ChannelKind,
    ChannelSettings,
    InboundFile,
    SendRefused,
    TryLater,
    channel_kinds,
)
from openlines.models import Channel, Conversation, Message
from openlines.sealed import secret_of
from openlines.services.failures import failed_again
from openlines.services.inbox import make_known, take_in
from openlines.services.parts import send_parts
from openlines.telegram import api
from openlines.telegram.api import Bot, TelegramAway, TooMuch, Upload
from openlines.telegram.updates import KINDS, NotForUs, Picked, Update, parse
from openlines.telegram.votes import QUERY, buttons, take_vote
from svod.base.outside import AddressRefused, checked_url

log = structlog.get_logger(__name__)
LONGEST = 4096
AT_ONCE = 50
FILE_TRIES = 100
TOLD = "told:"
ALLOWED = [*KINDS, QUERY]
PHOTOS = {"image/jpeg", "image/png"}
KEY = RegexValidator(r"\A\d{3,20}:[A-Za-z0-9_-]{20,100}\Z", gettext_lazy("This is no bot’s key."))


class TelegramSettings(ChannelSettings):
    secret = forms.CharField(
        label=gettext_lazy("The bot’s key"),
        max_length=200,
        validators=[KEY],
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=gettext_lazy(
            "@BotFather gives it after /newbot. It is sealed and never shown again."
        ),
    )
    is_told = forms.BooleanField(
        label=gettext_lazy("Telegram calls the portal"),
        required=False,
        help_text=gettext_lazy(
            "Messages come at once, but the portal must have an https address that Telegram "
            "reaches. Otherwise the portal asks every two seconds."
        ),
    )
    start_text = forms.CharField(
        label=gettext_lazy("Answer to /start"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "Said to whoever opens the bot, before they write. A conversation begins with "
            "their first message."
        ),
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the Bot API"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only for a server of your own; empty is api.telegram.org."),
    )

    def clean_address(self) -> str:
        given = str(self.cleaned_data["address"]).strip().rstrip("/")
        try:
            parts = checked_url(given) if given else None
        except AddressRefused as error:
            raise ValidationError(str(error)) from error
        if parts and (parts.query or parts.fragment):
            raise ValidationError(_("This address may not be called."))
        return given


@channel_kinds.register
class Telegram(ChannelKind):
    slug = "telegram"
    label = "Telegram"
    about = gettext_lazy("A bot of yours, to which customers write in the messenger.")
    icon = "brand-telegram"
    SettingsForm = TelegramSettings
    is_read = True
    asks_vote_by = "question"

    def public_path(self, channel: Channel) -> str:
        return reverse("chat_telegram", args=[channel.token])

    def read(self, channel: Channel) -> int:
        bot = bot_of(channel)
        if channel.settings.get("is_told"):
            return _have_it_told(channel, bot)
        if channel.position.startswith(TOLD):
            bot.ask("deleteWebhook")
            channel.position = ""
        wanted = {"limit": AT_ONCE, "timeout": 0, "allowed_updates": ALLOWED}
        whose, _colon, offset = channel.position.partition(":")
        if whose == bot.number and offset:  # another bot counts by itself
            wanted["offset"] = int(offset)
        return sum(_take_next(channel, bot, one) for one in _updates(bot, wanted))

    def send(
        self, channel: Channel, conversation: Conversation, message: Message
    ) -> Mapping[str, Any]:
        bot, chat = bot_of(channel), conversation.customer.external_id
        files = [one.file for one in message.attachments.select_related("file").order_by("pk")]
        for file in files:
            _check_size(file)
        more = buttons(message)
        texts = [partial(_say, bot, chat, text, more) for text in pieces(message.text)]
        sent = send_parts(message, [*texts, *(partial(_give, bot, chat, one) for one in files)])
        return {"external_id": f"tg:{sent[-1]}"} if sent else {}


def bot_of(channel: Channel) -> Bot:
    """Raises NoSecret."""
    return Bot(secret_of(channel), channel.settings.get("address") or api.ADDRESS)


def hook_secret(channel: Channel) -> str:
    """What Telegram has to say with every call; it follows from the bot's key."""
    words = f"svod.telegram:{channel.token}".encode()
    return hmac.new(secret_of(channel).encode(), words, hashlib.sha256).hexdigest()


def take_update(channel: Channel, update: Mapping[str, Any]) -> bool:
    """One update, whichever way it came; whether it was a customer's message."""
    return _take(channel, bot_of(channel), update)


def _have_it_told(channel: Channel, bot: Bot) -> int:
    """Tell Telegram once where to call; one call at a time keeps the order."""
    url = settings.PORTAL_URL.rstrip("/") + reverse("chat_telegram", args=[channel.token])
    kinds = ",".join(ALLOWED)
    wanted = TOLD + hashlib.sha256(f"{url}:{channel.sealed}:{kinds}".encode()).hexdigest()
    if channel.position != wanted:
        bot.ask("setWebhook", {
            "url": url, "secret_token": hook_secret(channel), "max_connections": 1,
            "allowed_updates": ALLOWED,
        })  # fmt: skip
        _move(channel, wanted)
    return 0


def _updates(bot: Bot, wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What has come. Of more than can be read at once the first alone: the rest comes next."""
    try:
        found = bot.ask("getUpdates", wanted)
    except TooMuch:
        found = bot.ask("getUpdates", {**wanted, "limit": 1})
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and isinstance(one.get("update_id"), int):
            yield one


def _take_next(channel: Channel, bot: Bot, update: Mapping[str, Any]) -> int:
    """Taken first and passed over afterwards: what a crash repeats is known by its id."""
    taken = _take(channel, bot, update)
    _move(channel, f"{bot.number}:{update['update_id'] + 1}")
    return int(taken)


def _move(channel: Channel, position: str) -> None:
    channel.position = position
    Channel.objects.filter(pk=channel.pk).update(position=position)


def _take(channel: Channel, bot: Bot, update: Mapping[str, Any]) -> bool:
    if isinstance(update.get(QUERY), dict):
        return take_vote(channel, bot, update[QUERY])
    try:
        found = parse(update)
    except NotForUs:
        return False
    if found.start is not None:
        _greet(channel, bot, found)
        return False
    files, missing = _fetched(bot, found)
    text = "\n".join(filter(None, [found.inbound.text, *missing]))
    take_in(channel, replace(found.inbound, text=text, files=files))
    return True


def _greet(channel: Channel, bot: Bot, update: Update) -> None:
    """Whoever starts the bot has said nothing yet: they are greeted, nobody has to answer."""
    facts = {**update.inbound.facts, **({"start": update.start} if update.start else {})}
    make_known(channel, replace(update.inbound, facts=facts))
    text = channel.settings.get("start_text", "")
    try:
        for piece in pieces(text):
            _say(bot, update.inbound.customer, piece)
    except (SendRefused, TryLater, TelegramAway) as error:
        log.info("chat_start_unanswered", channel=channel.pk, error=type(error).__name__)


def _fetched(bot: Bot, update: Update) -> tuple[list[InboundFile], list[str]]:
    """The files, and a line for each that Telegram does not give to bots."""
    found, missing = [], []
    told = _("The file “%(name)s” was not taken: %(why)s")
    for file in update.files:
        try:
            found.append(InboundFile(file.name, _content(bot, file)))
        except SendRefused as error:
            missing.append(told % {"name": file.name[:100], "why": error})
    return found, missing


def _content(bot: Bot, file: Picked) -> bytes:
    """Raises SendRefused for what will never come, so that the messages after it are read."""
    if file.size > api.DOWNLOAD_BYTES:
        raise SendRefused(_("Telegram gives bots no files of more than 20 MB."))
    try:
        return bot.download(file.file_id)
    except TelegramAway as error:
        if failed_again(f"telegram:{file.file_id}", 3600) > FILE_TRIES:
            raise SendRefused(str(error)) from error
        raise


def _say(bot: Bot, chat: str, text: str, more: Mapping[str, Any] | None = None) -> str:
    return _number(bot.ask("sendMessage", {"chat_id": chat, "text": text, **(more or {})}))


def _give(bot: Bot, chat: str, file: StoredFile) -> str:
    """As a picture where it is one; one with odd measures goes as a file."""
    with file.content.open() as opened:
        content = opened.read()
    if file.mime in PHOTOS and file.size <= api.PHOTO_BYTES:
        try:
            return _sent(bot, "sendPhoto", chat, Upload("photo", file.name, file.mime, content))
        except SendRefused as error:
            if "PHOTO" not in str(error).upper():
                raise
    return _sent(bot, "sendDocument", chat, Upload("document", file.name, file.mime, content))


def _sent(bot: Bot, method: str, chat: str, upload: Upload) -> str:
    return _number(bot.ask(method, {"chat_id": chat}, upload))


def _number(message: Any) -> str:
    return str(message.get("message_id", "")) if isinstance(message, dict) else ""


def _check_size(file: StoredFile) -> None:
    if file.size > api.UPLOAD_BYTES:
        size = filesizeformat(api.UPLOAD_BYTES)
        told = _("Telegram takes no files of more than %(size)s: %(name)s")
        raise SendRefused(told % {"size": size, "name": file.name})


def pieces(text: str) -> Iterator[str]:
    """The text in pieces that Telegram takes, cut at the end of a line or of a word.

    It counts as UTF-16 does; a smiley is two.
    """
    rest = text.strip()
    while rest:
        end = _fitting(rest)
        if end < len(rest):
            cut = max(rest.rfind("\n", 0, end + 1), rest.rfind(" ", 0, end + 1))
            end = cut if cut > end // 2 else end
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()


def _fitting(text: str) -> int:
    """How many of its first characters are LONGEST units at most."""
    units = 0
    for place, sign in enumerate(text[: LONGEST + 1]):
        units += 2 if ord(sign) > 0xFFFF else 1  # noqa: PLR2004 - what UTF-16 writes as a pair
        if units > LONGEST:
            return place
    return min(len(text), LONGEST)
