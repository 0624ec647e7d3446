"""The demo's line: a chat on the firm's site with people who answer and talks of two weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from lists_core.demo.parts import DemoPart, demo_parts
from openlines.chat_channels.base import Inbound
from openlines.models import Channel, Conversation, Line, Message, Participant
from openlines.services import desk
from openlines.services.inbox import take_in
from openlines.services.lines import create_channel, create_line, set_members
from openlines.services.reply_lists import create_replies
from openlines.services.votes import vote
from staff.models import Employee
from staff.services.calendars import portal_calendar

OPERATORS = ("artem.nikitin", "vera.egorova", "olga.petrova")
CUSTOMER, NOTE = "customer", "note"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Talk:
    """`said` are (who, what, minutes after the line before); who is a login, "customer" or
    "note" of whoever answers. `ago` is when it began."""

    name: str
    phone: str
    page: str
    ago: timedelta
    said: Sequence[tuple[str, str, int]]
    closed: bool = False
    vote: int = 0


TALKS = (
    Talk("Ольга", "+79261110021", "https://kamen.example/mramor/", timedelta(days=12, hours=3), (
        (CUSTOMER, "Здравствуйте! Делаете ли вы подоконники из мрамора?", 0),
        ("artem.nikitin", "Здравствуйте, Ольга! Да, под ваш размер. Какая нужна длина?", 2),
        (CUSTOMER, "Два по 1400 мм", 4),
        ("artem.nikitin", "Сделаем за 10 рабочих дней, с доставкой 38 400 ₽.", 6),
        (CUSTOMER, "Спасибо, подходит!", 1),
    ), closed=True, vote=5),
    Talk("Михаил", "+79161110022", "https://kamen.example/dostavka/", timedelta(days=9, hours=5), (
        (CUSTOMER, "Вы возите в Тулу?", 0),
        ("vera.egorova", "Возим по вторникам и пятницам. Что нужно привезти?", 11),
        (CUSTOMER, "Столешницу, 60 кг", 3),
        ("vera.egorova", "Доставка будет 4 500 ₽.", 2),
    ), closed=True, vote=4),
    Talk("", "", "https://kamen.example/", timedelta(days=6, hours=2), (
        (CUSTOMER, "Есть ли у вас шоурум?", 0),
        ("olga.petrova", "Да, на Ленинградском проспекте, 15, с 10 до 20.", 1),
    ), closed=True),
    Talk("Студия «Линия»", "+78121110023", "https://kamen.example/opt/", timedelta(days=3), (
        (CUSTOMER, "Нужен прайс для дизайнеров", 0),
        ("vera.egorova", "Прайс для партнёров отправлю на почту. Подскажите адрес?", 5),
        (CUSTOMER, "mail@liniya.example", 2),
        (NOTE, "Партнёр, скидка 12 %, согласовано с Ольгой Петровой", 1),
        ("vera.egorova", "Отправила!", 6),
    ), closed=True, vote=5),
    Talk("Ирина", "+79031110024", "https://kamen.example/granit/", timedelta(minutes=34), (
        (CUSTOMER, "Добрый день! Какой гранит лучше для крыльца?", 0),
        ("artem.nikitin", "Добрый день! Для улицы советую термообработанный: он не скользит.", 3),
        (CUSTOMER, "А сколько стоит квадратный метр?", 12),
    )),
    Talk("Денис", "", "https://kamen.example/kuhni/", timedelta(minutes=16), (
        (CUSTOMER, "Можно ли заказать замер кухни на субботу?", 0),
        ("vera.egorova", "Да, замерщик свободен с 12 до 15. Записать вас?", 4),
    )),
    Talk("Светлана", "+79091110025", "https://kamen.example/kontakty/", timedelta(minutes=7), (
        (CUSTOMER, "Здравствуйте, мне привезли плиту с трещиной. Что делать?", 0),
        (CUSTOMER, "Заказ был на прошлой неделе", 2),
    )),
)  # fmt: skip


def load(actor: Employee, people: Mapping[str, Employee]) -> None:
    if Line.objects.exists():
        return
    line = _line(actor, people)
    create_replies(line, actor=actor)
    channel = create_channel(
        line, "web", "Чат на сайте", actor=actor,
        settings={"title": "Каменный дом", "color": "#2b53c6", "origins": "https://kamen.example"},
    )  # fmt: skip
    for number, talk in enumerate(TALKS):
        _hold(channel, f"demo:{number}", talk, people)


def _line(actor: Employee, people: Mapping[str, Employee]) -> Line:
    line = create_line(
        actor=actor,
        name="Сайт",
        queue=Line.Queue.ALL,
        calendar=portal_calendar(),
        greeting="Здравствуйте! Оператор ответит через несколько минут.",
        away_text="Сейчас мы не работаем. Оставьте телефон или почту, и мы ответим утром.",
        no_answer_minutes=10,
        no_answer_text="Все операторы заняты, но о вас помнят.",
        close_after_minutes=24 * 60,
    )
    set_members(line, [people[login] for login in OPERATORS], [actor], actor=actor)
    return line


def _hold(channel: Channel, key: str, talk: Talk, people: Mapping[str, Employee]) -> None:
    """The talk by the services of people's own work, then moved to when it was held."""
    facts = {"name": talk.name, "phone": talk.phone, "page": talk.page}
    moments, now = [], timezone.now() - talk.ago
    last, conversation = "", None
    for number, (who, text, minutes) in enumerate(talk.said):
        now += minutes * MINUTE
        if who == CUSTOMER:
            message = take_in(channel, Inbound(key, f"{key}:{number}", text, facts=facts))
            conversation = message.conversation
        elif conversation is not None:
            last = last if who == NOTE else who
            message = desk.say(conversation.pk, text, actor=people[last], note=who == NOTE)
        moments.append((message.seq, now))
    if conversation is not None:
        _end(conversation, talk, people.get(last))
        _move(Conversation.objects.get(pk=conversation.pk), moments)


def _end(conversation: Conversation, talk: Talk, operator: Employee | None) -> None:
    if talk.closed and operator is not None:
        desk.close(conversation.pk, actor=operator)
    if talk.vote:
        vote(conversation.customer, talk.vote)


def _move(talk: Conversation, moments: Sequence[tuple[int, datetime]]) -> None:
    """Into the past: each message to its moment, what lies between them to the one before."""
    began, ended = moments[0][1], moments[-1][1]
    at = began
    said = dict(moments)
    for message in talk.messages.order_by("seq"):
        at = said.get(message.seq, at)
        Message.objects.filter(pk=message.pk).update(at=at)
    shift = timezone.now() - ended
    Participant.objects.filter(conversation=talk).update(joined_at=began)
    answers = talk.messages.filter(kind=Message.Kind.OPERATOR).order_by("seq")
    first = answers.values_list("at", flat=True).first()
    Conversation.objects.filter(pk=talk.pk).update(
        opened_at=began, last_at=ended, answered_at=first,
        given_at=F("given_at") - shift, waiting_since=F("waiting_since") - shift,
        closed_at=ended if talk.closed_at else None,
    )  # fmt: skip


def add_part() -> None:
    demo_parts.register(DemoPart("openlines", load))
