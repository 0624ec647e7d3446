"""A mailbox: what is read, what is passed over, and answers in their thread."""

from __future__ import annotations

import datetime
import ssl
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from lists_core.services.files import keep_file
from openlines.chat_channels import email as kind
from openlines.chat_channels.email import EmailSettings
from openlines.mail import box
from openlines.models import Channel, Conversation, Customer, Line, Message
from openlines.services import desk, sending
from openlines.services.reading import read_channel
from tests.openlines.chat_world import chat
from tests.openlines.fake_mail import LOGIN, PASSWORD, FakeMail, certificate, letter
from tests.openlines.fake_servers import served
from tests.openlines.rigs import EmailRig

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: Any, tmp_path: Path, in_one_thread: None) -> Iterator[EmailRig]:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    with served(FakeMail, settings) as fake:
        yield EmailRig(chat(), fake)


def read(mail: EmailRig, *raw: bytes) -> Channel:
    for one in raw:
        mail.fake.imap.put(one)
    mail.channel.refresh_from_db()
    read_channel(mail.channel)
    mail.channel.refresh_from_db()
    return mail.channel


def said() -> list[str]:
    return [one.text for one in Message.objects.filter(kind="customer").order_by("pk")]


def send(later: int = 0) -> None:
    while sending.send_due(timezone.now() + datetime.timedelta(seconds=later)):
        pass


def answer(mail: EmailRig, text: str, **more: Any) -> EmailMessage:
    desk.say(Conversation.objects.latest("pk").pk, text, actor=mail.world.anna, **more)
    send()
    return mail.fake.smtp.letters[-1][1]


def test_letters_from_now_on_each_once(mail):
    old = letter("Старое")
    mail.channel.position = ""
    mail.channel.save()
    assert read(mail, old).position == "1:1"
    assert said() == []
    assert read(mail, letter("Раз"), letter("Два")).position == "1:3"
    read(mail)
    assert said() == ["Раз", "Два"]
    message = Message.objects.filter(kind="customer").earliest("pk")
    assert message.data == {"subject": "Плитка"}
    assert message.at.isoformat() == "2026-11-20T10:00:00+00:00"  # the server's word
    customer = Customer.objects.get()
    assert (customer.external_id, customer.name) == ("irina@client.example", "Ирина")
    assert not any("STORE" in one for one in mail.fake.imap.said)  # nothing is changed there


def test_a_server_that_counts_anew_repeats_nothing_and_loses_nothing(mail):
    read(mail, letter("Раз"), letter("Два"))
    mail.fake.imap.validity = 2
    mail.fake.imap.letters = {10: letter("Два"), 11: letter("Три")}
    assert read(mail).position == "2:11"
    assert said() == ["Раз", "Два", "Три"]
    assert any("SINCE" in one for one in mail.fake.imap.said)


def test_an_answer_belongs_to_its_thread(mail):
    read(mail, letter("Раз", Message_ID="<one@client.example>"))
    first = answer(mail, "Ответ")
    assert str(first["To"]) == "irina@client.example"
    assert str(first["From"]) == f"Продажи <{LOGIN}>"
    assert first["Subject"].startswith("Re: Плитка [#")
    assert first["In-Reply-To"] == first["References"] == "<one@client.example>"
    assert first["Auto-Submitted"] is None
    own = str(first["Message-ID"])
    read(mail, letter("Два", Message_ID="<two@client.example>", In_Reply_To=own, References=own))
    second = answer(mail, "Ещё")
    assert second["In-Reply-To"] == "<two@client.example>"
    assert str(second["References"]).split() == [
        "<one@client.example>",
        own,
        "<two@client.example>",
    ]
    assert Message.objects.get(text="Ответ").external_id == f"mail:{own}"
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("by", ["References", "Subject"])
def test_a_colleague_of_the_customer_writes_into_the_same_conversation(mail, by):
    read(mail, letter("Раз"))
    first = answer(mail, "Ответ")
    marks = {
        "References": {"References": f"<x@y> {first['Message-ID']} <z@y>"},
        "Subject": {"Subject": f"Fwd: {first['Subject']}"},
    }
    read(mail, letter("Два", From="Пётр <petr@client.example>", **marks[by]))
    assert Conversation.objects.count() == 1
    assert said()[1].endswith("Пётр <petr@client.example>\n\nДва")
    assert str(answer(mail, "И вам")["To"]) == "irina@client.example"


def test_a_thread_that_somebody_made_up_is_none(mail):
    read(mail, letter("Раз"))
    talk, first = Conversation.objects.get(), answer(mail, "Ответ")
    number = Message.objects.get(text="Ответ").pk
    forged = f"<chat.{number}.{'0' * 20}@firm.example>"
    subject = f"Re: [#{talk.pk}-{'0' * 10}]"
    read(mail, letter("Чужое", From="evil@x.example", References=forged, Subject=subject))
    assert Conversation.objects.count() == 2
    assert str(first["Message-ID"]) not in forged


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Loop": "help@firm.example"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<news.example>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@mx.example"},
        {"From": LOGIN},
        {"From": "nobody"},
    ],
)
def test_machines_get_no_answer_and_hold_nothing_up(mail, headers):
    assert read(mail, letter("Робот", **headers), letter("Человек")).error == ""
    assert said() == ["Человек"]


def test_two_lines_never_answer_each_other(mail):
    read(mail, letter("Раз"))
    own = answer(mail, "Ответ")
    del own["From"]
    own["From"] = "other@firm.example"
    read(mail, own.as_bytes())
    assert said() == ["Раз"]
    mail.world.line.greeting = "Здравствуйте!"
    mail.world.line.save()
    read(mail, letter("Другой", From="b@x.example"))
    send()
    assert mail.fake.smtp.letters[-1][1]["Auto-Submitted"] == "auto-replied"


def test_a_letter_that_comes_back_is_told_to_the_operator(mail):
    read(mail, letter("Раз"))
    own = answer(mail, "Ответ")
    bounce = (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nSorry\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; irina@client.example\r\nAction: failed\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {own['Message-ID']}\r\n\r\n"
        "--B--\r\n"
    ).encode()
    read(mail, bounce.replace(b"chat.", b"chat.9"), bounce)
    message = Message.objects.get(text="Ответ")
    assert (message.state, message.error) == ("failed", "smtp; 550 no such user")
    assert said() == ["Раз"]


def test_html_attachments_and_letters_in_letters(mail):
    made = EmailMessage()
    made["From"], made["Message-ID"] = "a@b.example", "<h@b>"
    made.set_content("<script>alert(1)</script><p>Привет, <b>мир</b><img src='https://e/x'></p>"
                     "<p><a href='https://shop.example/1'>Товар</a></p>"
                     "<div class='gmail_quote'>20.11, Анна пишет:<blockquote>Было</div>",
                     subtype="html")  # fmt: skip
    made.add_attachment(
        b"PDF", maintype="application", subtype="octet-stream", filename="../см.txt"
    )
    inner = EmailMessage()
    inner["Subject"] = "inside"
    inner.set_content("CANARY")
    made.add_attachment(inner)
    read(mail, made.as_bytes())
    assert said() == ["Привет, мир\n\nТовар (https://shop.example/1)"]
    names = [
        one.file.name for one in Message.objects.get(kind="customer").attachments.order_by("pk")
    ]
    assert names == ["см.txt", "letter.eml"]


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\r\nContent-Type: text/plain; charset=no-such\r\n\r\nTEXT",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTEXT\xff\xfe",
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\nVEVYVA",
        b"From: a@b.example\r\nSubject: =?utf-8?b?%%%?=\r\n\r\nTEXT",
        b"From: a@b.example\r\nTo: <<>>,;:@\r\nMessage-ID: <<<>>\r\n\r\nTEXT\x00",
        b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nTEXT",
        b"From: =?utf-8?q?=F0?= <a@b.example>\r\nDate: never\r\n\r\nTEXT",
    ],
)
def test_odd_letters_are_taken_somehow(mail, raw):
    assert read(mail, raw, letter("После")).error == ""
    assert said()[1] == "После"
    kept = Message.objects.filter(kind="customer").earliest("pk")
    assert "TEXT" in kept.text or kept.attachments.exists()


def test_what_the_parser_chokes_on_is_attached_as_it_came(mail, monkeypatch):
    monkeypatch.setattr("openlines.mail.letters._subject", lambda message: 1 / 0)
    read(mail, letter("Раз"))
    assert Message.objects.get(kind="customer").attachments.get().file.name == "letter.eml"


def test_too_large_too_long_and_gone(mail):
    uid = mail.fake.imap.put(letter("Большое"))
    mail.fake.imap.sizes[uid] = 31 * 2**20
    long = "слово " * 5000
    assert read(mail, letter(long, From="b@x.example")).error == ""
    assert "Большое" not in said()[0]
    assert "30" in said()[0]
    kept = Message.objects.filter(kind="customer").latest("pk")
    file = kept.attachments.get().file
    with file.content.open() as opened:
        assert len(opened.read().decode().split()) == 5000
    mail.fake.imap.search = lambda rest: [1, 50, 2**33]
    assert read(mail).position == "1:50"


@pytest.mark.parametrize(
    ("refused", "tries", "texts"), [("[]", kind.WHOLE_TRIES, 2), ("BODY", kind.TRIES, 1)]
)
def test_a_letter_that_is_not_given_keeps_no_other_back(mail, monkeypatch, refused, tries, texts):
    imap, usual = mail.fake.imap, mail.fake.imap.fetch
    bad = imap.put(letter("Сломано"))

    def fetch(uid: int, rest: str) -> Iterator[bytes]:
        if uid == bad and refused in rest:
            imap.said.append("REFUSED")
            return iter(())
        return usual(uid, rest)

    monkeypatch.setattr(imap, "fetch", fetch)
    imap.put(letter("После", From="b@x.example"))
    for _time in range(tries):
        assert read(mail).error
    assert said() == []
    assert read(mail).error == ""
    assert len(said()) == texts
    assert said()[-1] == "После"
    assert "Сломано" not in said()[0]


def test_the_letter_of_farewell_leads_to_a_vote(mail):
    Line.objects.update(close_text="До свидания")
    read(mail, letter("Раз"))
    talk = Conversation.objects.get()
    desk.close(talk.pk, actor=mail.world.anna)
    send()
    (text,) = mail.got()
    address = text.rpartition("https://portal.example")[2]
    assert text.splitlines()[:3] == ["До свидания", "", "Как мы вам помогли?"]
    client = Client(enforce_csrf_checks=True)
    assert "5 из 5" in client.get(address).content.decode()
    talk.refresh_from_db()
    assert talk.vote is None  # programs open links by themselves
    for value in ("", "0", "6", "²", "x"):
        refused = client.post(address, {"vote": value, "text": "<b>Слова"})
        assert refused.status_code == 422
        assert "&lt;b&gt;Слова" in refused.content.decode()
    assert "Ваша оценка: 4 из 5" in client.post(address, {"vote": "4"}).content.decode()
    talk.refresh_from_db()
    assert talk.vote == 4
    forged = address.replace(f"/{talk.pk}:", f"/{talk.pk + 1}:")
    for wrong in (f"/chat/vote/{talk.pk}/", forged, "/chat/vote/x:y:z/"):
        assert client.get(wrong).status_code == 404


def test_files_go_with_the_answer_and_too_many_do_not(mail, monkeypatch):
    read(mail, letter("Раз"))
    anna = mail.world.anna
    file = keep_file(ContentFile(b"PDF"), "смета.pdf", actor=anna, mime="application/pdf")
    sent = answer(mail, "Вот", file_ids=[file.pk])
    (part,) = sent.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("смета.pdf", b"PDF")
    monkeypatch.setattr(kind, "ANSWER_BYTES", 2)
    answer(mail, "И ещё", file_ids=[file.pk])
    assert Message.objects.get(text="И ещё").state == "failed"


def test_headers_are_one_line_whatever_a_customer_calls_the_letter(mail):
    evil = "=?utf-8?q?a=0D=0ABcc=3A_evil=40x.example?="
    raw = letter("Раз").replace(b"Subject: ", b"Subject: " + evil.encode() + b"\r\nX-Old: ")
    read(mail, raw)
    sent = answer(mail, "Ответ")
    assert sent["Bcc"] is None
    assert [to for to, _letter in mail.fake.smtp.letters] == [["irina@client.example"]]


def test_trouble_is_told_without_the_password_and_left_alone_for_a_while(mail):
    Channel.objects.update(sealed="")
    assert read(mail, letter("Раз")).error
    channel = EmailRig(mail.world, mail.fake).channel
    mail.fake.imap.greeting = b"* BYE full of people\r\n"
    read_channel(channel)
    channel.refresh_from_db()
    assert channel.error
    assert PASSWORD not in channel.error
    assert channel.read_at > timezone.now() + datetime.timedelta(minutes=2)


def test_a_wrong_password_is_told(mail):
    mail.fake.imap.answer = lambda verb, *rest: iter([b"* BAD"]) if verb == "X" else iter([])
    assert read(mail).error


def test_inner_servers_and_strange_certificates_are_not_spoken_to(mail, settings, tmp_path):
    settings.OUTSIDE_ALLOWED = []
    connections = mail.fake.imap.connections
    assert read(mail).error
    assert mail.fake.imap.connections == connections
    settings.OUTSIDE_ALLOWED = mail.fake.places
    for one in (mail.fake.imap, mail.fake.smtp):
        one.tls = certificate(tmp_path)
    mail.channel.settings |= {"imap_security": "tls", "smtp_security": "tls"}
    mail.channel.save()
    assert "CERTIFICATE" in read(mail).error.upper()
    assert not any("LOGIN" in one or "AUTH" in one for one in mail.fake.imap.said[-1:])


def test_with_a_certificate_that_is_trusted_all_goes_encrypted(mail, tmp_path, monkeypatch):
    context = certificate(tmp_path)
    mail.fake.imap.tls = mail.fake.smtp.tls = context
    trusted = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusted)
    mail.channel.settings |= {"imap_security": "tls", "smtp_security": "tls"}
    mail.channel.save()
    assert read(mail, letter("Раз")).error == ""
    assert str(answer(mail, "Ответ")["To"]) == "irina@client.example"
    mail.channel.settings |= {"imap_security": "starttls"}
    mail.channel.save()
    mail.fake.imap.tls = None
    mail.fake.imap.said.clear()
    assert read(mail).error  # no STARTTLS there: the password is not sent in the clear
    assert not any("AUTH" in one for one in mail.fake.imap.said if one.startswith("AUTH"))


def test_a_server_that_drips_is_cut(mail, monkeypatch):
    monkeypatch.setattr(box, "WHOLE", 0.3)

    def drip(lines: Any, say: Any) -> None:
        say(b"* OK ")
        while True:
            say(b".")
            time.sleep(0.02)

    monkeypatch.setattr(mail.fake.imap, "talk", drip)
    began = time.monotonic()
    assert read(mail).error
    assert time.monotonic() - began < 3


def test_forms_tell_what_is_wrong():
    good = {
        "address": "Help@Firm.example", "secret": " x ", "imap_host": "imap.x", "imap_port": 993,
        "imap_security": "tls", "folder": "INBOX", "smtp_host": "smtp.x", "smtp_port": 465,
        "smtp_security": "tls",
    }  # fmt: skip
    form = EmailSettings(good)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["address"] == "help@firm.example"
    assert form.cleaned_data["secret"] == " x "
    bad = {"address": "x", "secret": "a\r\nb", "imap_host": "a b", "imap_port": 0, "folder": "я",
           "imap_security": "no", "login": "a\nb", "from_name": "a\r\nBcc: x"}  # fmt: skip
    for name, value in bad.items():
        assert name in EmailSettings({**good, name: value}).errors, name
