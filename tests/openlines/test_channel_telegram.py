"""A bot in Telegram: what it reads, what it sends, what it keeps to itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from lists_core.services.files import keep_file
from openlines.chat_channels.base import TryLater
from openlines.chat_channels.telegram import LONGEST, TelegramSettings, hook_secret, pieces
from openlines.models import Channel, Conversation, Customer, Line, Message
from openlines.services import desk, sending
from openlines.services.reading import read_channel
from tests.openlines.chat_world import chat
from tests.openlines.fake_servers import TOKEN, FakeTelegram, served
from tests.openlines.rigs import TelegramRig

pytestmark = pytest.mark.django_db


@pytest.fixture
def bot(settings: Any, tmp_path: Any, in_one_thread: None) -> Iterator[TelegramRig]:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    with served(FakeTelegram, settings) as fake:
        yield TelegramRig(chat(), fake)


def read(bot: TelegramRig) -> Channel:
    read_channel(bot.channel)
    bot.channel.refresh_from_db()
    return bot.channel


def said() -> list[str]:
    return [one.text for one in Message.objects.filter(kind="customer").order_by("pk")]


def send(later: int = 0) -> None:
    while sending.send_due(timezone.now() + timedelta(seconds=later)):
        pass


def test_updates_are_read_once_and_told_so(bot):
    first = bot.fake.write(text="Раз")["update_id"]
    bot.fake.write(chat=8, text="Два")
    assert read(bot).position == f"123456:{first + 2}"
    assert said() == ["Раз", "Два"]
    bot.fake.write(text="Три")
    read(bot)
    assert said() == ["Раз", "Два", "Три"]
    assert len(bot.fake.updates) == 1  # the others were confirmed by the offset
    customer = Customer.objects.get(external_id="7")
    assert (customer.name, customer.facts["nick"]) == ("Ирина Белова", "@irina")
    assert customer.facts["language"] == "ru"


def test_more_than_is_read_at_once_comes_one_by_one(bot, monkeypatch):
    texts = ["д" * 2000, "л" * 2000, "и" * 2000]
    for text in texts:
        bot.fake.write(text=text)
    monkeypatch.setattr("openlines.telegram.api.ANSWER_BYTES", 20_000)
    for _time in texts:
        assert not read(bot).error
    assert said() == texts


def test_a_crash_between_taking_and_noting_repeats_nothing(bot, monkeypatch):
    bot.fake.write(text="Раз")
    monkeypatch.setattr("openlines.chat_channels.telegram._move", lambda channel, place: 1 / 0)
    assert "division" in read(bot).error
    monkeypatch.undo()
    bot.channel.settings = {"address": bot.fake.url}
    read(bot)
    assert said() == ["Раз"]


def test_pictures_documents_and_what_is_too_large(bot):
    bot.fake.files = {"doc": "Смета".encode(), "voice": b"OggS"}
    bot.fake.write(
        caption="Смотрите",
        document={"file_id": "doc", "file_name": "../смета.txt", "file_size": 10},
    )
    bot.fake.write(voice={"file_id": "voice", "file_size": 4})
    bot.fake.write(video={"file_id": "big", "file_name": "дом.mp4", "file_size": 21 * 2**20})
    bot.fake.write(document={"file_id": "gone", "file_name": "нет.txt"})
    assert read(bot).error == ""
    rows = Message.objects.filter(kind="customer").order_by("pk")
    names = [[one.file.name for one in row.attachments.all()] for row in rows]
    assert names == [["смета.txt"], ["voice.ogg"], [], []]
    with rows[0].attachments.get().file.content.open() as kept:
        assert kept.read().decode() == "Смета"
    assert "дом.mp4" in rows[2].text
    assert "20" in rows[2].text
    assert "нет.txt" in rows[3].text


def test_a_file_that_is_away_is_waited_for_but_not_for_ever(bot, monkeypatch):
    bot.fake.files = {"doc": b"x"}
    bot.fake.write(text="До")
    bot.fake.write(document={"file_id": "doc", "file_name": "a.txt"})
    bot.fake.write(text="После")
    bot.fake.on_getFile = lambda values: bot.fake.refusal(502, "Bad Gateway")
    assert read(bot).error
    assert said() == ["До"]
    monkeypatch.setattr("openlines.chat_channels.telegram.FILE_TRIES", 1)
    read(bot)
    assert said()[0] == "До"
    assert said()[2] == "После"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"sticker": {"emoji": "😀"}}, "😀"),
        ({"location": {"latitude": 55.7, "longitude": 37.6}}, "55.7, 37.6"),
        ({"contact": {"phone_number": "79160000000", "first_name": "Пётр"}}, "Пётр +79160000000"),
        ({"poll": {}}, "A message that the portal cannot show"),
        ({"text": "я\x00\ud83d"}, "я"),
        ({"text": "новый", "kind": "edited_message", "edit_date": 5}, "Changed: новый"),
    ],
)
def test_whatever_a_customer_sends_is_told_in_words(bot, settings, message, text):
    settings.LANGUAGE_CODE = "en"
    bot.fake.write(**message)
    assert read(bot).error == ""
    assert text in said()[0]


def test_a_changed_message_is_told_once_each_time(bot):
    bot.fake.write(message_id=5, text="Пять")
    for date in (1, 1, 2):
        bot.fake.write(message_id=5, kind="edited_message", edit_date=date, text="Шесть")
    read(bot)
    assert len(said()) == 3


def test_ones_own_phone_is_kept_and_anothers_is_not(bot):
    bot.fake.write(chat=1, contact={"phone_number": "79160000001", "user_id": 1})
    bot.fake.write(chat=2, contact={"phone_number": "79160000002", "user_id": 9})
    read(bot)
    phones = Customer.objects.order_by("external_id").values_list("phone", flat=True)
    assert list(phones) == ["+79160000001", ""]


@pytest.mark.parametrize(
    "update",
    [
        {"message": None},
        {"message": {"message_id": 1}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "x"}},
        {"message": {"message_id": "x", "date": 1e99, "chat": {"id": 5, "type": "private"}}},
        {"message": {"message_id": 1, "date": 1, "chat": [], "from": 5}},
        {"callback_query": {"id": "5"}},
    ],
)
def test_what_is_no_customers_message_holds_nothing_up(bot, update):
    bot.fake.updates.append({"update_id": 5, **update})
    bot.fake.write(text="Ау")
    assert read(bot).error == ""
    assert said() == ["Ау"]


def test_a_start_begins_no_conversation(bot):
    bot.channel.settings["start_text"] = "Здравствуйте! Напишите нам."
    bot.channel.save()
    bot.fake.write(text="/start spring")
    read(bot)
    assert not Conversation.objects.exists()
    assert bot.fake.got == [("7", "sendMessage", "Здравствуйте! Напишите нам.")]
    assert Customer.objects.get().facts["start"] == "spring"
    bot.fake.blocked.add("7")
    bot.fake.write(text="/start")
    bot.fake.write(text="Ау")
    assert read(bot).error == ""
    assert said() == ["Ау"]


def test_texts_files_and_pictures_go_out_piece_by_piece(bot, settings):
    bot.fake.write(text="Пришлите")
    read(bot)
    anna = bot.world.anna
    files = [
        keep_file(ContentFile(b"PNG"), 'план "1".png', actor=anna, mime="image/png"),
        keep_file(ContentFile(b"PDF"), "смета.pdf", actor=anna, mime="application/pdf"),
    ]
    text = ("слово " * 1000).strip()
    desk.say(Conversation.objects.get().pk, text, actor=anna, file_ids=[one.pk for one in files])
    send()
    methods = [method for _chat, method, _what in bot.fake.got]
    assert methods == ["sendMessage", "sendMessage", "sendPhoto", "sendDocument"]
    assert " ".join(what for _chat, method, what in bot.fake.got[:2]) == text
    assert bot.fake.got[2][2] == ("план _1_.png", b"PNG")
    assert bot.fake.got[3][2] == ("смета.pdf", b"PDF")


def test_a_failure_between_two_pieces_repeats_none(bot):
    bot.fake.write(text="Ау")
    read(bot)
    desk.say(Conversation.objects.get().pk, "а" * 5000, actor=bot.world.anna)
    say, calls = bot.fake.on_sendMessage, iter(range(9))

    def second_fails(values: Any) -> Any:
        return bot.fake.refusal(500, "Internal") if next(calls) == 1 else say(values)

    bot.fake.on_sendMessage = second_fails
    send()
    assert len(bot.fake.got) == 1
    send(later=3)
    assert [len(what) for _chat, _method, what in bot.fake.got] == [4096, 904]


def test_a_limit_is_kept_and_counts_as_no_try(bot):
    bot.fake.write(text="Ау")
    read(bot)
    desk.say(Conversation.objects.get().pk, "Ответ", actor=bot.world.anna)
    bot.fake.trouble = [(429, {"parameters": {"retry_after": 40}})] * 2
    send()
    talk = Conversation.objects.get()
    assert talk.send_tries == 0
    assert 35 < (talk.send_at - timezone.now()).total_seconds() <= 40
    send(later=30)
    assert bot.fake.got == []
    Conversation.objects.update(send_at=timezone.now())
    bot.fake.trouble.clear()
    send()
    assert [what for _chat, _method, what in bot.fake.got] == ["Ответ"]


def test_a_limit_on_reading_is_kept_too(bot):
    bot.fake.trouble = [(429, {"parameters": {"retry_after": 40}})]
    channel = read(bot)
    assert channel.read_at > timezone.now() + timedelta(seconds=30)
    assert TryLater(10**9).seconds == 3600


def test_who_blocked_the_bot_is_told_to_the_operator(bot):
    bot.fake.write(text="Ау")
    read(bot)
    bot.fake.blocked.add("7")
    desk.say(Conversation.objects.get().pk, "Ответ", actor=bot.world.anna)
    send()
    failed = Message.objects.get(text="Ответ")
    assert failed.state == "failed"
    assert "blocked" in failed.error or "заблокировал" in failed.error


@pytest.mark.parametrize("trouble", [(401, {}), (404, {}), (500, {})])
def test_the_key_is_in_no_error_and_no_log(bot, caplog, trouble):
    caplog.set_level(logging.DEBUG)
    bot.fake.write(text="Ау")
    read(bot)
    desk.say(Conversation.objects.get().pk, "Ответ", actor=bot.world.anna)
    bot.fake.trouble = [trouble] * 9
    read(bot)
    send()
    bot.fake.close()
    cache.clear()
    read(bot)
    bot.channel.settings["address"] = "http://10.0.0.1:8080"
    bot.channel.save()
    cache.clear()
    read(bot)
    assert bot.channel.error
    kept = json.dumps([list(Channel.objects.values()), list(Message.objects.values())], default=str)
    for secret in (TOKEN, TOKEN.partition(":")[2]):
        assert secret not in kept + caplog.text


def test_private_addresses_are_called_only_where_the_portal_allows(bot, settings):
    settings.OUTSIDE_ALLOWED = []
    bot.fake.write(text="Ау")
    assert read(bot).error
    assert bot.fake.calls == []
    for address in ("ftp://x", "https://a@b/", "http://h:22/", "https://portal.example/x", "no"):
        form = TelegramSettings({"secret": TOKEN, "address": address})
        assert "address" in form.errors
    assert "secret" in TelegramSettings({"secret": "12:short"}).errors


def test_told_by_telegram_itself(bot):
    bot.channel.settings["is_told"] = True
    bot.channel.save()
    read(bot)
    hook = bot.fake.hook
    assert hook["url"] == f"https://portal.example/chat/telegram/{bot.channel.token}/"
    assert hook["max_connections"] == 1
    read(bot)
    assert bot.fake.calls.count("setWebhook") == 1
    url = f"/chat/telegram/{bot.channel.token}/"
    update = bot.fake.write(text="Ау")

    def tell(secret: str, body: str = json.dumps(update)) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        client = Client(enforce_csrf_checks=True, headers=headers)
        return client.post(url, body, content_type="application/json").status_code

    assert hook["secret_token"] == hook_secret(bot.channel)
    assert [tell(""), tell("x"), tell("я")] == [404] * 3
    assert [tell(hook["secret_token"]) for _time in range(2)] == [200, 200]
    assert said() == ["Ау"]
    assert tell(hook["secret_token"], "[") == 400
    assert tell(hook["secret_token"], "x" * 300_000) == 413
    bot.channel.settings["is_told"] = False
    bot.channel.save()
    assert tell(hook["secret_token"]) == 404
    bot.fake.write(text="Ещё")
    read(bot)
    assert bot.fake.hook == {}
    assert said() == ["Ау", "Ещё"]


@pytest.mark.parametrize(
    "text", ["", " ", "а" * 4096, "а" * 4097, "😀" * 3000, "я " * 4000, "слово\n" * 1500]
)
def test_pieces_fit_and_lose_nothing(text):
    found = list(pieces(text))
    assert all(0 < len(one.encode("utf-16-le")) // 2 <= LONGEST for one in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_vote_is_asked_when_it_closes_and_taken_from_who_was_asked(bot):
    bot.fake.write(text="Ау")
    read(bot)
    talk = Conversation.objects.get()
    desk.close(talk.pk, actor=bot.world.anna)
    send()
    assert bot.got() == ["Как мы вам помогли?"]
    assert bot.fake.buttons == [f"vote:{talk.pk}:{value}" for value in range(1, 6)]
    bot.fake.write(chat=8, text="Я другой")
    for data in ("vote:1", "vote:x:5", f"vote:{talk.pk}:6", f"vote:{10**14}:5", "x", None, [1]):
        bot.fake.press(data)
    bot.fake.press(f"vote:{talk.pk}:1", chat=8)  # not asked
    assert not read(bot).error
    talk.refresh_from_db()
    assert (talk.vote, bot.fake.edited) == (None, [])
    bot.fake.press(f"vote:{talk.pk}:4")
    read(bot)
    Customer.objects.filter(pk=talk.customer_id).update(facts={"language": "en"})
    bot.fake.press(f"vote:{talk.pk}:5")
    read(bot)
    talk.refresh_from_db()
    thanks = ["Спасибо! Ваша оценка: 4 из 5", "Thank you! Your vote: 5 of 5"]
    assert (talk.vote, bot.fake.edited) == (5, thanks)


def test_no_vote_is_asked_where_the_line_wants_none(bot):
    Line.objects.update(asks_vote=False)
    bot.fake.write(text="Ау")
    read(bot)
    desk.close(Conversation.objects.get().pk, actor=bot.world.anna)
    send()
    assert bot.got() == []
