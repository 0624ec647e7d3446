"""Quick replies in use: ranks, places, suggestions, keeping an answer, numbers, import."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lists_core.models import Element, List, Section
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.files import upload_file
from lists_core.services.lists import create_list
from openlines.models import Customer, Message, ReplyRank, ReplyUse
from openlines.placeholders.base import Scene, fill
from openlines.reply_offers import offers_of
from openlines.selectors.replies import search_replies
from openlines.selectors.reply_statistics import statistics_of
from openlines.selectors.reply_suggestions import suggest_replies
from openlines.services import desk
from openlines.services.reply_saving import save_as_reply
from svod.base.errors import Invalid
from tests.lists_core.transfer import run_import, upload
from tests.openlines.chat_world import Chat
from tests.openlines.replies_world import names, reply, seen_by, with_replies

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> tuple[Chat, List]:
    made = with_replies()
    made[0].write("Добрый день! Сколько стоит доставка в Тулу?", facts={"name": "Ирина"})
    return made


def use(chat: Chat, actor, *ids: int, text: str = "Текст") -> Message:
    return desk.say(chat.conversation().pk, text, actor=actor, reply_ids=ids)


def test_what_one_uses_recently_and_often_comes_first(world):
    chat, list_ = world
    often, lately, once = (reply(list_, chat.boss, name, "Мрамор") for name in "АБВ")
    assert names(chat, chat.anna, "мрамор") == ["А", "Б", "В"]
    start = timezone.now()
    with time_machine.travel(start - timedelta(days=60), tick=False):
        for _time in range(5):
            use(chat, chat.anna, often)
    with time_machine.travel(start - timedelta(days=1), tick=False):
        use(chat, chat.anna, lately, once)
        use(chat, chat.anna, once)
    assert names(chat, chat.anna, "мрамор") == ["В", "Б", "А"]
    # To a colleague those come first that anybody uses; to her, her own.
    assert names(chat, chat.petr, "мрамор") == ["В", "Б", "А"]
    with time_machine.travel(start, tick=False):
        use(chat, chat.anna, lately)
        use(chat, chat.anna, lately)
    assert names(chat, chat.anna, "")[:2] == ["Б", "В"]
    rank = ReplyRank.objects.get(element=often, employee=chat.anna)
    assert rank.uses == 5
    assert Message.objects.filter(reply=lately).count() == 3
    assert ReplyUse.objects.filter(element=once).count() == 2


def test_the_search_is_one_statement_however_many_there_are(world):
    chat, list_ = world
    seen = seen_by(chat, chat.anna)
    search_replies(seen, "доставка")
    with CaptureQueriesContext(connection) as few:
        search_replies(seen, "доставка")
    for number in range(12):
        reply(list_, chat.boss, f"Доставка {number}", "Доставка")
    with CaptureQueriesContext(connection) as many:
        assert len(search_replies(seen, "доставка")) > 12
    assert len(many) == len(few)
    found = [one["sql"] for one in many if "openlines_replytext" in one["sql"]]
    assert len(found) == 1


def test_replies_in_the_customers_language_come_first(world):
    chat, list_ = world
    field = seen_by(chat, chat.anna).fields.languages.field
    ids = {one.code: one.pk for one in field.options_by_id.values()}
    reply(list_, chat.boss, "A price", "Price list", LANGUAGES=[ids["en"]])
    reply(list_, chat.boss, "Цена price", "Прайс", LANGUAGES=[ids["ru"]])
    assert names(chat, chat.anna, "price", language="ru")[0] == "Цена price"
    assert names(chat, chat.anna, "price", language="en")[0] == "A price"


def test_places_are_filled_and_what_is_unknown_stays(world):
    chat, _list = world
    chat.anna.first_name, chat.anna.last_name = "Анна", "Смирнова"
    talk = chat.conversation()
    scene = Scene(talk, chat.anna)
    text = (
        "{{ Client.Name | друг}}, это {{operator.first_name}} ({{line.name}}). {{client.phone|—}}"
    )
    assert fill(text, scene).text == "Ирина, это Анна (Продажи). —"
    left = fill("{{deal.number}} {{x.y}} {{client.email}} {{client}} {{ }} {{a b}}", scene)
    assert left.left == ("{{deal.number}}", "{{x.y}}", "{{client.email}}", "{{client}}")
    assert left.text.startswith("{{deal.number}} {{x.y}}")
    Customer.objects.update(name="{{operator.email}}")
    again = fill("{{client.name}}", Scene(chat.conversation(), chat.anna))
    assert again.text == "{{operator.email}}"  # a value is no template


def test_places_of_a_deal_are_those_that_the_operator_may_read(world):
    chat, _list = world
    deals = create_list(actor=chat.boss, name="Сделки")
    create_field(deals.pk, "number", actor=chat.boss, name="Сумма", code="AMOUNT")
    deal = create_element(deals.pk, {"NAME": "Плита <b>", "AMOUNT": 1500}, actor=chat.boss)
    Customer.objects.update(deal=Element.objects.get(pk=deal.pk))
    talk, text = chat.conversation(), "№ {{deal.number}}: {{deal.title}} {{deal.amount}}"
    seen = fill(text, Scene(talk, chat.boss)).text.replace("\xa0", " ")
    assert seen == f"№ {deal.pk}: Плита <b> 1 500"
    closed = fill(text, Scene(talk, chat.anna))
    assert closed.left == ("{{deal.number}}", "{{deal.title}}", "{{deal.amount}}")


def test_the_customers_words_suggest(world):
    chat, list_ = world
    seen = seen_by(chat, chat.anna)
    said = "Добрый день! Сколько стоит доставка в Тулу?"
    assert suggest_replies(seen, said)[0].name == "Доставка: сроки и стоимость"
    assert suggest_replies(seen, "ок") == []
    # A like question is answered by what answered it before, whatever its words.
    other = reply(list_, chat.boss, "Регионы", "Возим по вторникам")
    use(chat, chat.anna, other)
    again = suggest_replies(seen, "Здравствуйте, а сколько стоит доставка в Тулу, скажите?")
    assert again[0].name == "Регионы"


def test_an_answer_is_kept_as_a_reply_with_its_files(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    chat, list_ = world
    file = upload_file(SimpleUploadedFile("price.txt", b"1 2 3"), actor=chat.anna)
    talk = chat.conversation()
    said = desk.say(talk.pk, "Прайс во вложении", actor=chat.anna, file_ids=[file.pk])
    own = Section.objects.get(list=list_, name="Личные").pk
    given = {"name": "Прайс", "text": said.text, "code": "/PRICE", "section": own}
    made = save_as_reply(talk.pk, said.seq, given, actor=chat.anna)
    found = search_replies(seen_by(chat, chat.anna), "price")
    assert [(one.id, one.code, one.files) for one in found] == [(made, "price", (file.pk,))]
    offer = offers_of(found, talk, chat.anna)[0]
    assert offer.files == [(file.pk, "price.txt")]
    again = desk.say(talk.pk, offer.text, actor=chat.anna, file_ids=[file.pk], reply_ids=[made])
    assert again.attachments.count() == 1
    with pytest.raises(Invalid) as told:  # the code is taken
        save_as_reply(talk.pk, said.seq, given, actor=chat.anna)
    assert set(told.value.errors) == {"code"}
    top = Section.objects.get(list=list_, name="Доставка").pk
    with pytest.raises(Invalid) as told:  # operators read the shared ones
        save_as_reply(talk.pk, said.seq, {**given, "section": top}, actor=chat.anna)
    assert set(told.value.errors) == {"section"}


def test_numbers_of_a_period(world):
    chat, list_ = world
    one, two = (reply(list_, chat.boss, name, "Текст") for name in ("Первый", "Второй"))
    use(chat, chat.anna, one, two)
    use(chat, chat.anna, one)
    use(chat, chat.anna)
    today = timezone.localdate()
    found = statistics_of(chat.line, chat.boss, since=today, until=today)
    assert [(row.name, row.uses) for row in found.used] == [("Первый", 2), ("Второй", 1)]
    assert (found.uses, found.answers, found.answers_by_reply, found.share) == (3, 3, 2, 67)
    assert "Способы оплаты" in {row.name for row in found.never}
    before = today - timedelta(days=2)
    assert statistics_of(chat.line, chat.boss, since=before, until=before).uses == 0
    client = Client()
    client.force_login(chat.boss)
    ends = {"since": "0001-01-01", "until": "9999-12-31"}
    for odd in ({"since": "вчера", "employee": "x"}, {"until": "9999-12-31"},
                {"until": "0001-01-01"}, {"employee": chat.anna.pk}, ends):  # fmt: skip
        page = client.get("/chat/replies/statistics/", {"line": chat.line.pk, **odd})
        assert "Первый" in page.content.decode()


def test_a_table_of_replies_is_imported(world, settings, tmp_path):
    """Columns find their fields by the headings; a category of the list, the code is the key."""
    settings.MEDIA_ROOT = tmp_path
    chat, list_ = world
    client = Client()
    client.force_login(chat.boss)
    table = (
        "Название;Текст;Короткий код;Категория;Языки;Для линий\n"
        "Режим работы;С 9 до 18;hours;Завершение;ru;Продажи\n"
        "Способы оплаты;Картой и по счёту;pay;Оплата;;\n"
    )
    job = run_import(client, upload(client, list_, table), mode="both", key_2="on")
    assert (job.result["created"], job.result["updated"]) == (1, 1), job.result
    assert names(chat, chat.anna, "hours") == ["Режим работы"]
    found = search_replies(seen_by(chat, chat.anna), "pay")[0]
    assert (found.text, found.category) == ("Картой и по счёту", "Оплата")
