"""Pages of lines: for whom they open, what they keep of bad input, what supervisors read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openlines.chat_channels.base import ChannelKind, ChannelSettings, channel_kinds
from openlines.models import Channel, Conversation, Line, LineMember
from openlines.selectors.line_statistics import Period, statistics_of
from openlines.selectors.supervision import moment_of
from openlines.services import desk, lines
from openlines.services.votes import vote
from staff.models import Employee
from tests.openlines.chat_world import Chat, chat, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Chat:
    return chat(queue="all")


def of(someone: Employee) -> Client:
    client = Client()
    client.force_login(someone)
    return client


def settings(**changed: object) -> dict[str, object]:
    return {
        "name": "Опт", "is_active": "on", "queue": "strictly", "at_once": "3", "calendar": "",
        "no_answer_minutes": "7", "no_answer_to": "supervisors", "close_after_minutes": "0",
        "leads": "never", "greeting": "Здравствуйте!", **changed,
    }  # fmt: skip


def supervisor(world: Chat) -> Client:
    LineMember.objects.create(line=world.line, employee=world.other, role="supervisor")
    return of(world.other)


def test_pages_open_to_whom_they_are_for(world):
    line, channel = f"/chat/lines/{world.line.pk}/", f"channels/{world.channel.pk}/"
    member = LineMember.objects.get(employee=world.anna).pk
    managed = ["", "hours/", "people/", "channels/", "channels/add/web/", channel]
    watched = ["now/", "statistics/", "statistics/table/"]
    posts = ["delete/", "people/order/", f"people/{member}/role/", f"people/{member}/remove/",
             f"{channel}switch/", f"{channel}address/", f"{channel}delete/"]  # fmt: skip
    stranger = of(person("stranger"))
    for who, sees, watches in ((stranger, 404, 404), (of(world.anna), 403, 403),
                               (supervisor(world), 403, 200)):  # fmt: skip
        assert {who.get(line + page).status_code for page in managed} == {sees}
        assert {who.post(line + page).status_code for page in posts} == {sees}
        assert {who.get(line + page).status_code for page in watched} == {watches}
        assert who.post("/chat/lines/add/", settings()).status_code == 403
    boss = of(world.boss)
    assert {boss.get(line + page).status_code for page in [*managed, *watched]} == {200}
    assert of(world.boss).get("/chat/lines/999/").status_code == 404
    assert [who.get("/chat/lines/").status_code for who in (stranger, of(world.anna), boss)] == [
        404, 403, 200,
    ]  # fmt: skip
    assert Line.objects.filter(name="Опт").count() == 0


def test_the_menu_shows_chats_to_their_people(world):
    world.write("Привет")
    assert 'href="/chat/"' not in of(person("stranger")).get("/tasks/").content.decode()
    page = of(world.anna).get("/tasks/").content.decode()
    assert 'href="/chat/"' in page
    assert "svod:live:chat from:body" in page


def test_a_supervisor_sees_their_own_lines_alone(world):
    lines.create_line(actor=world.boss, name="Чужая")
    page = supervisor(world).get("/chat/lines/").content.decode()
    assert "Продажи" in page
    assert "Чужая" not in page
    assert "/chat/lines/add/" not in page


def test_a_line_is_made_changed_deleted_and_restored(world):
    boss = of(world.boss)
    sent = settings(service_employee=world.boss.pk, calendar="portal", only_online="on")
    made = boss.post("/chat/lines/add/", sent)
    line = Line.objects.get(name="Опт")
    assert made.headers["Location"] == f"/chat/lines/{line.pk}/people/"
    assert (line.queue, line.at_once, line.only_online) == ("strictly", 3, True)
    assert (line.calendar.is_default, line.asks_vote, line.leads) == (True, False, "never")
    base = f"/chat/lines/{line.pk}/"
    changed = boss.post(base, settings(service_employee=world.anna.pk, asks_vote="on", name="О"))
    assert changed.status_code == 302
    line.refresh_from_db()
    assert (line.service_employee, line.calendar, line.asks_vote) == (world.anna, None, True)
    boss.post(f"{base}delete/")
    assert boss.get(base).status_code == 404
    assert "1 удалённая линия" in boss.get("/chat/lines/").content.decode()
    boss.post(f"{base}restore/")
    assert boss.get(base).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [{"name": " "}, {"queue": "x"}, {"at_once": "0"}, {"at_once": "9" * 30}, {"calendar": "99"},
     {"service_employee": ""}, {"service_employee": "999"}, {"service_employee": "x"},
     {"greeting": "я" * 2001}, {"greeting": "a\0"}, {"no_answer_minutes": "-1"}],
)  # fmt: skip
def test_bad_settings_are_told_and_nothing_is_lost(world, bad):
    sent = settings(**{"service_employee": world.boss.pk, "away_text": "Ночью спим", **bad})
    answer = of(world.boss).post(f"/chat/lines/{world.line.pk}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ночью спим" in page
    assert f'id="id_{next(iter(bad))}_error"' in page
    assert Line.objects.get().name == "Продажи"


def test_hours_of_its_own(world):
    sent = {"country": "", "weekdays": ["1", "7"], "opens": "10:00", "closes": "22:00"}
    address = f"/chat/lines/{world.line.pk}/hours/"
    assert of(world.boss).post(address, {**sent, "closes": "x"}).status_code == 422
    assert of(world.boss).post(address, sent).status_code == 302
    assert Line.objects.get().calendar.weekdays == [1, 7]


def test_people_of_a_line(world):
    boss, base = of(world.boss), f"/chat/lines/{world.line.pk}/people/"
    assert boss.post(base, {"people": [], "role": "operator"}).status_code == 422
    assert boss.post(base, {"people": ["x"], "role": "king"}).status_code == 422
    boss.post(base, {"people": [world.other.pk], "role": "operator"})
    rows = list(LineMember.objects.filter(role="operator").order_by("-pk"))
    assert rows[0].employee == world.other
    assert boss.post(f"{base}order/", {"ids": [row.pk for row in rows]}).status_code == 204
    assert LineMember.objects.filter(role="operator").first() == rows[0]
    assert boss.post(f"{base}{rows[0].pk}/role/", {"role": "king"}).status_code in {400, 422}
    boss.post(f"{base}{rows[0].pk}/pause/", {"paused": "1"})
    assert "на перерыве" in boss.get(base).content.decode()
    boss.post(f"{base}{rows[0].pk}/remove/")
    assert boss.post(f"{base}{rows[0].pk}/remove/").status_code == 404


class Bot(ChannelKind):
    slug, label, is_read = "bot", "Бот", True

    class SettingsForm(ChannelSettings):
        secret = forms.CharField(label="Ключ")
        city = forms.CharField(label="Город", max_length=10)


@pytest.fixture
def bot():
    channel_kinds.register(Bot)
    yield
    channel_kinds.unregister("bot")


def test_a_kind_of_channel_brings_its_own_form(world, bot):
    boss, base = of(world.boss), f"/chat/lines/{world.line.pk}/channels/"
    assert "Бот" in boss.get(base).content.decode()
    bad = boss.post(f"{base}add/bot/", {"name": "Б", "secret": "ТАЙНА", "city": "я" * 11})
    assert bad.status_code == 422
    assert "ТАЙНА" not in bad.content.decode()
    boss.post(f"{base}add/bot/", {"name": "Б", "secret": "ТАЙНА", "city": "Тула"})
    made = Channel.objects.get(kind="bot")
    assert made.settings == {"city": "Тула"}
    Channel.objects.update(error="HTTP 401 <b>")
    page = boss.get(f"{base}{made.pk}/").content.decode()
    assert "ТАЙНА" not in page
    assert "HTTP 401 &lt;b&gt;" in page
    sealed = made.sealed
    boss.post(f"{base}{made.pk}/", {"name": "Б2", "secret": "", "city": "Омск"})
    made.refresh_from_db()
    assert (made.sealed, made.settings, made.is_active) == (sealed, {"city": "Омск"}, False)
    boss.post(f"{base}{made.pk}/switch/", {"active": "1"})
    assert Channel.objects.get(pk=made.pk).is_active
    boss.post(f"{base}{made.pk}/delete/")
    assert boss.get(f"{base}{made.pk}/").status_code == 404
    assert boss.get(f"{base}add/pigeon/").status_code == 404


@pytest.mark.parametrize("kind", channel_kinds.slugs())
def test_every_kind_has_its_pages(world, kind):
    boss, base = of(world.boss), f"/chat/lines/{world.line.pk}/channels/"
    page = boss.get(f"{base}add/{kind}/").content.decode()
    assert str(channel_kinds.get(kind).about) in page
    made = lines.create_channel(world.line, kind, "К", actor=world.boss, secret="ТАЙНА")
    page = boss.get(f"{base}{made.pk}/").content.decode()
    assert "ТАЙНА" not in page
    assert channel_kinds.get(kind).public_path(made) in page
    assert made.token in page or not channel_kinds.get(kind).public_path(made)
    assert boss.post(f"{base}add/{kind}/", {"name": ""}).status_code == 422


def test_the_code_of_the_web_chat_and_its_preview(world):
    boss = of(world.boss)
    base = f"/chat/lines/{world.line.pk}/channels/{world.channel.pk}/"
    sent = {"name": "Сайт", "is_active": "on", "title": 'Дом "А"<', "color": "#AA0011",
            "origins": "https://Shop.example/ https://магазин.рф"}  # fmt: skip
    assert boss.post(base, sent).status_code == 302
    stored = Channel.objects.get()
    assert stored.settings["origins"] == "https://shop.example\nhttps://xn--80aairftm.xn--p1ai"
    page = boss.get(base).content.decode()
    token = stored.token
    assert f"/chat/w/{token}/chat.js&quot; data-color=&quot;#aa0011&quot;" in page
    assert "Дом &amp;quot;А&amp;quot;&amp;lt;" in page
    shown = boss.get(f"{base}preview/")
    assert f'src="/chat/w/{token}/chat.js"' in shown.content.decode()
    for bad in ("https://a.example/x", "javascript://x", "https://a;script-src", "http://a'b"):
        answer = boss.post(base, {**sent, "origins": bad})
        assert (answer.status_code, bad in answer.content.decode() or "'" in bad) == (422, True)
    assert boss.post(base, {**sent, "color": "red;"}).status_code == 422
    boss.post(f"{base}address/")
    assert Channel.objects.get().token != token


def test_what_goes_on_now(world):
    for number in range(3):
        world.write(f"Вопрос {number}", f"c{number}")
    waiting = timezone.now() - timedelta(hours=2)
    first = world.conversation("c0")
    Conversation.objects.filter(pk=first.pk).update(waiting_since=waiting)
    desk.say(world.conversation("c1").pk, "Ответ", actor=world.anna)
    web = of(world.anna)
    web.post("/chat/seen/")
    moment = moment_of(world.line)
    assert (moment.open, moment.queued, moment.waiting, moment.online) == (3, 2, 2, 1)
    assert moment.waiting_from == waiting
    assert moment.talks[0] == first
    assert {one.employee.username: one.open_talks for one in moment.members}["anna"] == 1
    address = f"/chat/lines/{world.line.pk}/now/"
    page = of(world.boss).get(address).content.decode()
    assert "2 ч" in page
    assert "Вопрос 0" in page
    web.post("/chat/lines/pause/", {"paused": "1"})
    assert moment_of(world.line).online == 0
    assert "Вернуться к работе" in web.get("/chat/").content.decode()


def test_a_long_page_costs_as_much_as_a_short_one(world):
    boss = of(world.boss)
    pages = [f"/chat/lines/{world.line.pk}/{page}" for page in ("now/", "statistics/", "people/")]
    pages.append("/chat/lines/")

    def counted() -> list[int]:
        found = []
        for page in pages:
            boss.get(page)
            with CaptureQueriesContext(connection) as queries:
                boss.get(page)
            found.append(len(queries))
        return found

    world.write("Привет")
    desk.take(world.conversation().pk, actor=world.petr)
    few = counted()
    for number in range(5):
        world.write("Привет", f"d{number}")
        desk.take(world.conversation(f"d{number}").pk, actor=world.petr)
        LineMember.objects.create(line=world.line, employee=person(f"p{number}"))
        lines.create_channel(world.line, "web", f"К{number}", actor=world.boss)
        lines.create_line(actor=world.boss, name=f"Л{number}")
    assert counted() == few
    assert max(few) <= 30


def test_statistics_of_a_period(world):
    today = timezone.now()
    for number, minutes in enumerate((2, 4, 30)):
        world.write("Привет", f"c{number}")
        talk = world.conversation(f"c{number}")
        desk.say(talk.pk, "Ответ", actor=world.anna if number else world.petr)
        answered = talk.opened_at + timedelta(minutes=minutes)
        Conversation.objects.filter(pk=talk.pk).update(answered_at=answered)
    vote(world.conversation("c1").customer, 5)
    vote(world.conversation("c2").customer, 2)
    desk.close(world.conversation("c2").pk, actor=world.anna)
    world.write("Никто не ответил", "c3")
    world.write("Давно", "c4")
    old = today - timedelta(days=40)
    Conversation.objects.filter(pk=world.conversation("c4").pk).update(opened_at=old)
    found = statistics_of(world.line, Period(today - timedelta(days=2), today + timedelta(days=1)))
    total = found.total
    assert (total.number, total.closed, total.unanswered, total.votes) == (4, 1, 1, 2)
    assert (total.first, float(total.average)) == (timedelta(minutes=4), 3.5)
    assert [(row.what, row.figures.number) for row in found.by_operator] == [
        (world.anna, 2), (world.petr, 1), (None, 1),
    ]  # fmt: skip
    assert found.by_operator[0].figures.first == timedelta(minutes=17)
    assert sum(row.figures.number for row in found.by_day) == 4
    boss, base = of(world.boss), f"/chat/lines/{world.line.pk}/statistics/"
    page = boss.get(base).content.decode()
    assert "4 мин" in page
    assert boss.get(base, {"since": "вчера", "until": "0001-01-01"}).status_code == 200
    assert "никто не писал" in boss.get(base, {"until": "2020-01-01"}).content.decode()
    table = boss.get(f"{base}table/").content.decode("utf-8-sig")
    assert "Итого;;4;1;1;4,0;2;3,5" in table
    assert "Оператор;anna;2;1;0;17,0;2;3,5" in table


def test_csv_begins_no_formula(world):
    world.write("Привет")
    Channel.objects.update(name="=1+1")
    table = of(world.boss).get(f"/chat/lines/{world.line.pk}/statistics/table/")
    assert "Канал;'=1+1;1" in table.content.decode("utf-8-sig")
