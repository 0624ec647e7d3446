"""A mailbox: letters are messages, answers are letters of the same thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import structlog
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlines.chat_channels.base import (
    ChannelKind,
    ChannelSettings,
    Inbound,
    InboundFile,
    SendRefused,
    channel_kinds,
)
from openlines.mail import box, letters, threads
from openlines.mail.box import Account, Folder, Stored, opened
from openlines.mail.letters import Bounce, Letter
from openlines.mail.outgoing import Server, hand_in
from openlines.mail.votes import with_question
from openlines.models import Channel, Conversation, Message
from openlines.sealed import secret_of
from openlines.services.failures import failed_again, failures
from openlines.services.inbox import take_in
from openlines.services.news import tell
from svod.base.letters import one_line

log = structlog.get_logger(__name__)
AT_ONCE = 20
LETTER_BYTES, ANSWER_BYTES = 30 * 2**20, 20 * 2**20
LAST_IDS = 15
#: How often a letter is asked for as a whole, and at all; some three minutes lie between.
WHOLE_TRIES, TRIES = 3, 10
#: What a message shows of a long letter; the whole of it is a file.
SHOWN = 9_000
KEY = "mail:"
HOST = RegexValidator(r"\A[A-Za-z0-9.:-]{1,253}\Z", gettext_lazy("This is no name of a server."))
PLAIN = RegexValidator(
    r"\A[^\x00-\x1f\x7f]*\Z", gettext_lazy("There are signs in it that cannot be kept.")
)
SECURITY = [
    (box.TLS, "SSL/TLS"),
    (box.STARTTLS, "STARTTLS"),
    (box.NONE, gettext_lazy("None (only inside one’s own network)")),
]


def _host(label: Any, example: str) -> forms.CharField:
    hint = {"placeholder": example, "spellcheck": "false"}
    widget = forms.TextInput(hint)
    return forms.CharField(label=label, max_length=253, validators=[HOST], widget=widget)


def _port(label: Any, usual: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=65535, initial=usual)


class EmailSettings(ChannelSettings):
    address = forms.EmailField(
        label=gettext_lazy("Address of the mailbox"),
        max_length=200,
        help_text=gettext_lazy(
            "Customers write there and get answers from there. Letters that came before the "
            "channel was made are not read; nothing in the mailbox is changed."
        ),
    )
    from_name = forms.CharField(
        label=gettext_lazy("Name of the sender"),
        required=False,
        max_length=100,
        validators=[PLAIN],
        help_text=gettext_lazy("Empty is the name of the line."),
    )
    login = forms.CharField(
        label=gettext_lazy("Login"),
        required=False,
        max_length=200,
        validators=[PLAIN],
        help_text=gettext_lazy("Empty is the address."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        validators=[PLAIN],
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Of the mailbox, or a password for programs where the provider gives such. It is "
            "sealed and never shown again."
        ),
    )
    imap_host = _host(gettext_lazy("Server of incoming mail (IMAP)"), "imap.example.com")
    imap_port = _port(gettext_lazy("Port of incoming mail"), 993)
    imap_security = forms.ChoiceField(
        label=gettext_lazy("Encryption of incoming mail"), choices=SECURITY
    )
    folder = forms.CharField(
        label=gettext_lazy("Folder"), initial="INBOX", max_length=200, validators=[PLAIN]
    )
    smtp_host = _host(gettext_lazy("Server of outgoing mail (SMTP)"), "smtp.example.com")
    smtp_port = _port(gettext_lazy("Port of outgoing mail"), 465)
    smtp_security = forms.ChoiceField(
        label=gettext_lazy("Encryption of outgoing mail"), choices=SECURITY
    )

    def clean_folder(self) -> str:
        given = str(self.cleaned_data["folder"])
        if not given.isascii():  # IMAP's own writing of other letters, as mail programs show it
            raise ValidationError(_("The folder’s name must be in Latin letters."))
        return given

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).lower()


@channel_kinds.register
class Email(ChannelKind):
    slug = "email"
    label = gettext_lazy("E-mail")
    about = gettext_lazy("Letters to a mailbox; answers go out in their threads.")
    icon = "mail"
    asks_vote_by = "farewell"
    SettingsForm = EmailSettings
    is_read = True
    read_every = timedelta(seconds=20)

    def read(self, channel: Channel) -> int:
        with opened(account_of(channel)) as folder:
            return sum(_take_next(channel, folder, uid) for uid in _new(channel, folder))

    def send(
        self, channel: Channel, conversation: Conversation, message: Message
    ) -> Mapping[str, Any]:
        letter = letter_of(channel, conversation, message)
        hand_in(server_of(channel), letter)
        return {"external_id": f"{KEY}{letter['Message-ID']}"}


def account_of(channel: Channel) -> Account:
    """Raises NoSecret."""
    given = channel.settings
    login = given.get("login") or given["address"]
    return Account(
        given["imap_host"], given["imap_port"], given["imap_security"], login,
        secret_of(channel), given.get("folder") or "INBOX",
    )  # fmt: skip


def server_of(channel: Channel) -> Server:
    """Raises NoSecret."""
    given = channel.settings
    login = given.get("login") or given["address"]
    own_name = given["address"].rpartition("@")[2]
    return Server(
        given["smtp_host"], given["smtp_port"], given["smtp_security"], login,
        secret_of(channel), own_name,
    )  # fmt: skip


# --- reading ----------------------------------------------------------------------------


def _new(channel: Channel, folder: Folder) -> list[int]:
    """What has not been read. At first nothing; where the server counts anew (UIDVALIDITY),
    what came since the last reading: letters known already are known by their ids."""
    validity, _colon, last = channel.position.partition(":")
    if not last:
        newest = folder.next_uid - 1 if folder.next_uid else max(folder.uids(), default=0)
        _move(channel, folder, newest)
        return []
    if validity == str(folder.validity):
        return folder.uids(after=int(last))[:AT_ONCE]
    since = (channel.read_at or timezone.now()) - timedelta(days=2)
    return folder.uids(since=since.date())[:AT_ONCE]


def _take_next(channel: Channel, folder: Folder, uid: int) -> int:
    stored = _stored(channel, folder, uid)
    taken = stored is not None and _take(channel, stored)
    _move(channel, folder, uid)
    return int(taken)


def _stored(channel: Channel, folder: Folder, uid: int) -> Stored | None:
    """A letter that the server fails to give comes as its head, at last not at all: it must not
    keep back those after it."""
    what = f"mail:{channel.pk}:{folder.validity}:{uid}"
    failed = failures(what)
    if failed >= TRIES:
        log.warning("chat_letter_passed_over", channel=channel.pk, uid=uid)
        return None
    try:
        return folder.letter(uid, most=LETTER_BYTES if failed < WHOLE_TRIES else 0)
    except Exception:
        failed_again(what, 24 * 3600)
        raise


def _move(channel: Channel, folder: Folder, uid: int) -> None:
    channel.position = f"{folder.validity}:{uid}"
    Channel.objects.filter(pk=channel.pk).update(position=channel.position)


def _take(channel: Channel, stored: Stored) -> bool:
    try:
        letter = letters.parse(stored.raw)
    except ValueError:
        return False
    if isinstance(letter, Bounce):
        _returned(channel, letter)
        return False
    if letter.is_machine or _is_own(channel, letter):
        return False
    take_in(channel, _inbound(channel, letter, stored))
    return True


def _is_own(channel: Channel, letter: Letter) -> bool:
    """A letter of this portal's lines: two of them would answer each other for ever."""
    own = Channel.objects.filter(kind=channel.kind, settings__address=letter.address)
    return letter.sent_by == threads.portal_mark() or own.exists()


def _inbound(channel: Channel, letter: Letter, stored: Stored) -> Inbound:
    thread = threads.conversation_of(channel, letter)
    customer = thread.customer.external_id if thread else letter.address
    facts = {"name": letter.name, "email": letter.address} if customer == letter.address else {}
    said = [_whose(letter, customer), letter.text[:SHOWN], _missing(letter, stored)]
    whole = [InboundFile("letter.txt", letter.text.encode())] if letter.text[SHOWN:] else []
    return Inbound(
        customer,
        f"{KEY}{letter.key}",
        "\n\n".join(filter(None, said)),
        [*whole, *letter.files],
        {name: value for name, value in facts.items() if value},
        stored.at,
        letters.bare_subject(threads.bare_of_mark(letter.subject)),
    )


def _whose(letter: Letter, customer: str) -> str:
    if letter.address == customer:
        return ""
    return _("Written by %(who)s") % {"who": f"{letter.name} <{letter.address}>".strip()}


def _missing(letter: Letter, stored: Stored) -> str:
    if stored.is_head and stored.size <= LETTER_BYTES:
        return _("The letter could not be read; it stays in the mailbox.")
    if stored.is_head:
        return _("The letter is larger than %(size)s and stays in the mailbox.") % {
            "size": filesizeformat(LETTER_BYTES)
        }
    if not (letter.text or letter.subject) and letter.files:
        return _("The letter is attached.")
    return "" if letter.text or letter.files else _("A letter without text")


def _returned(channel: Channel, bounce: Bounce) -> None:
    """The operator sees that an answer was not delivered."""
    found = threads.conversation_of(channel, Letter("", "", "", "", "", answers=bounce.about))
    keys = [f"{KEY}{one}" for one in bounce.about]
    message = found.messages.filter(external_id__in=keys).first() if found else None
    if found is None or message is None:
        return
    message.state = Message.State.FAILED
    message.error = bounce.reason[:300] or _("The letter came back.")
    message.save(update_fields=["state", "error"])
    tell(found, "sent", {"seq": message.seq})


# --- answering --------------------------------------------------------------------------


def letter_of(channel: Channel, conversation: Conversation, message: Message) -> EmailMessage:
    """The answer as a letter. Raises SendRefused for one that no server would take."""
    address = channel.settings["address"]
    letter = EmailMessage(policy=SMTP)
    name = one_line(channel.settings.get("from_name") or conversation.line.name)
    user, _at, domain = address.rpartition("@")
    letter["From"] = Address(name, user, domain)
    letter["To"] = conversation.customer.external_id
    letter["Subject"] = _subject(conversation)
    letter["Date"] = timezone.now()
    letter["Message-ID"] = threads.message_id(message, address)
    letter[letters.LOOP] = threads.portal_mark()
    if message.kind == Message.Kind.AUTO:
        letter["Auto-Submitted"] = "auto-replied"
    if ids := _ids(conversation):
        letter["In-Reply-To"] = ids[-1]
        letter["References"] = " ".join(ids)
    letter.set_content(with_question(conversation, message) or " ")
    _attach(letter, message)
    return letter


def _subject(conversation: Conversation) -> str:
    named = conversation.messages.filter(kind=Message.Kind.CUSTOMER, data__has_key="subject")
    first = named.order_by("seq").first()
    given = first.data["subject"] if first else _("Your letter")
    return f"Re: {one_line(given)} {threads.subject_mark(conversation)}"


def _ids(conversation: Conversation) -> list[str]:
    """Of the letters of the conversation, the oldest first; the last one is the customer's."""
    rows = conversation.messages.filter(external_id__startswith=f"{KEY}<").order_by("-seq")
    found = list(rows.values_list("kind", "external_id")[:LAST_IDS])[::-1]
    last = next((one for one in reversed(found) if one[0] == Message.Kind.CUSTOMER), None)
    ordered = [one for one in found if one is not last] + ([last] if last else [])
    return [key.removeprefix(KEY) for _kind, key in ordered]


def _attach(letter: EmailMessage, message: Message) -> None:
    files = [one.file for one in message.attachments.select_related("file").order_by("pk")]
    if sum(file.size for file in files) > ANSWER_BYTES:
        told = _("The files of a letter may have %(size)s at most.")
        raise SendRefused(told % {"size": filesizeformat(ANSWER_BYTES)})
    for file in files:
        kind, _slash, subkind = (file.mime or "application/octet-stream").partition("/")
        with file.content.open() as opened_file:
            content = opened_file.read()
        letter.add_attachment(content, maintype=kind, subtype=subkind or "octet-stream",
                              filename=one_line(file.name))  # fmt: skip
