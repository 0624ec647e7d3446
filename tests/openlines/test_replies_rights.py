"""Attacks A-74, A-41, A-44 on quick replies, and personal, team and shared ones."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lists_core.access import ROLES, Right
from lists_core.models import Field, List, Section
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from lists_core.services.rights import (
    set_element_rights,
    set_field_rights,
    set_section_rights,
)
from lists_core.services.sections import create_section
from openlines.listeners.replies import runs_script
from openlines.models import Message, ReplyUse
from openlines.selectors.replies import access_reply, categories_of, replies_for
from openlines.selectors.reply_statistics import statistics_of
from openlines.selectors.reply_suggestions import suggest_replies
from openlines.services import desk
from staff.subjects import Subject
from svod.base.errors import Invalid, NotFound
from tests.openlines.chat_world import Chat
from tests.openlines.replies_world import names, reply, seen_by, with_replies

pytestmark = pytest.mark.django_db
SCRIPTS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "\x01javascript:alert(1)",
    "java\nscript:alert(1)", "java\u200bscript:x", "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "Смотрите: javascript :alert(1)",
]  # fmt: skip
MARKUP = '<img src=x onerror=alert(1)>"><script>alert(2)</script>{{7*7}}'


@pytest.fixture
def world() -> tuple[Chat, List]:
    made = with_replies(queue="all")
    made[0].write("Сколько стоит секретная плита?", facts={"name": "Ирина"})
    return made


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def closed_section(world: Chat, list_: List) -> Section:
    """The category of another department: Petr's alone."""
    section = create_section(list_.pk, actor=world.boss, name="Бухгалтерия")
    grants = {Subject("U", world.petr.pk): ROLES["view"][1]}
    set_section_rights(list_.pk, section.pk, grants, restricted=True, actor=world.boss)
    return section


def test_a_reply_of_another_department_is_nowhere(world):
    chat, list_ = world
    section = closed_section(chat, list_)
    text = "Секретная плита стоит дорого"
    hidden = reply(list_, chat.boss, "СЕКРЕТ", text, CODE="topsecret", section="Бухгалтерия")
    own = reply(list_, chat.boss, "ОДИН", "Плита для одного", CODE="alone")
    set_element_rights(
        list_.pk, own, {Subject("U", chat.petr.pk): frozenset({Right.VIEW})},
        restricted=True, actor=chat.boss,
    )  # fmt: skip
    for words in ("topsecret", "секретноя", "плита"):
        assert not {"СЕКРЕТ", "ОДИН"} & set(names(chat, chat.anna, words))
        assert {"СЕКРЕТ", "ОДИН"} & set(names(chat, chat.petr, words))
    assert "Бухгалтерия" not in [one.name for one in categories_of(seen_by(chat, chat.anna))]
    said = "Сколько стоит секретная плита?"
    assert hidden not in {one.id for one in suggest_replies(seen_by(chat, chat.anna), said)}
    assert hidden in {one.id for one in suggest_replies(seen_by(chat, chat.petr), said)}
    with pytest.raises(NotFound):
        access_reply(replies_for(chat.line, chat.anna), hidden)
    # By its number it is neither noted nor learned of.
    talk = chat.conversation()
    base, anna = f"/chat/{talk.pk}/", of(chat.anna)
    assert (
        anna.post(f"{base}say/", {"text": "Моё", "reply": f"{hidden},{own},999999"}).status_code
        == 200
    )
    assert Message.objects.get(text="Моё").reply is None
    assert not ReplyUse.objects.exists()
    for path in ("replies/?q=секретная", "replies/?section=1", "replies/suggestions/"):
        assert "СЕКРЕТ" not in anna.get(base + path).content.decode()
    # What it was a like question's answer to before suggests it to those alone who see it.
    desk.invite(talk.pk, chat.petr, actor=chat.anna)
    desk.say(talk.pk, "Дорого", actor=chat.petr, reply_ids=[hidden])
    again = suggest_replies(seen_by(chat, chat.anna), said)
    assert hidden not in {one.id for one in again}
    # Rights that are given and taken act at once.
    for readers, sees in (([chat.petr, chat.anna], True), ([chat.petr], False)):
        grants = {Subject("U", one.pk): ROLES["view"][1] for one in readers}
        set_section_rights(list_.pk, section.pk, grants, restricted=True, actor=chat.boss)
        assert ("СЕКРЕТ" in names(chat, chat.anna, "topsecret")) is sees


def test_strangers_and_operators_are_kept_out(world):
    chat, _list = world
    talk = chat.conversation()
    desk.say(talk.pk, "Ответ", actor=chat.anna)
    seq = Message.objects.get(text="Ответ").seq
    other, anna = of(chat.other), of(chat.anna)
    for path in ("replies/", "replies/suggestions/", f"replies/save/{seq}/"):
        assert other.get(f"/chat/{talk.pk}/{path}").status_code == 404
        assert anna.get(f"/chat/{talk.pk}/{path}").status_code == 200
    line = f"/chat/lines/{chat.line.pk}/replies/"
    assert other.get(line).status_code == 404
    assert anna.get(line).status_code == 403
    for path in ("create/", "choose/", "off/"):
        assert other.post(line + path).status_code == 404
        assert anna.post(line + path).status_code == 403
    numbers = reverse("chat_reply_statistics")
    assert other.get(numbers, {"line": chat.line.pk}).status_code == 404
    assert anna.get(numbers, {"line": chat.line.pk}).status_code == 403
    assert "Показать нечего" in anna.get(numbers).content.decode()


def test_personal_team_and_shared_replies(world):
    chat, list_ = world
    # Each operator adds for themselves alone.
    own = reply(list_, chat.anna, "Моё личное", "Только я", section="Личные")
    assert "Моё личное" in names(chat, chat.anna)
    assert "Моё личное" not in names(chat, chat.petr)
    schema = schema_of(List.objects.get(pk=list_.pk))
    row = schema.model.objects.get(pk=own)
    update_element(list_.pk, own, {"TEXT": "Правлю сама"}, version=row.version, actor=chat.anna)
    assert names(chat, chat.anna, "правлю") == ["Моё личное"]
    assert names(chat, chat.petr, "правлю") == []
    # A closed text is no text: who may not read the field has no replies.
    text = Field.objects.get(list=list_, code="TEXT")
    readers = {Subject("U", chat.petr.pk): frozenset({Right.VIEW})}
    set_field_rights(
        list_.pk, text.pk, readers, view_restricted=True, change_restricted=False,
        actor=chat.boss,
    )  # fmt: skip
    assert replies_for(chat.line, chat.anna) is None
    assert names(chat, chat.petr)


def test_markup_in_a_reply_is_text_everywhere(world):
    chat, list_ = world
    made = reply(list_, chat.boss, MARKUP, MARKUP, CODE="xss")
    talk = chat.conversation()
    desk.say(talk.pk, MARKUP, actor=chat.anna, reply_ids=[made])
    seq = Message.objects.get(reply=made).seq
    anna, boss = of(chat.anna), of(chat.boss)
    base = f"/chat/{talk.pk}/"
    pages = [
        anna.get(f"{base}replies/?q=xss"),
        anna.get(base),
        anna.get(f"{base}replies/save/{seq}/"),
        boss.get(reverse("chat_reply_statistics"), {"line": chat.line.pk}),
    ]
    for page in pages:
        shown = page.content.decode()
        assert "onerror" in shown
        assert "<img src=x" not in shown
        assert "<script>alert" not in shown
        assert "49" not in shown.partition("onerror")[2][:60]


def test_a_link_that_runs_a_script_is_refused(world):
    chat, list_ = world
    assert all(map(runs_script, SCRIPTS))
    assert not any(map(runs_script, ("Дата: 12.01, data: нет", "https://a.example/javascript")))
    with pytest.raises(Invalid) as told:
        reply(list_, chat.boss, "Ссылка", SCRIPTS[2])
    assert set(told.value.errors) == {"TEXT"}
    assert reply(list_, chat.boss, "Ссылка", "Наш сайт: https://svod.example/?data=1")


def test_the_numbers_count_what_one_may_see(world):
    chat, list_ = world
    talk = chat.conversation()
    closed_section(chat, list_)
    hidden = reply(list_, chat.boss, "СЕКРЕТ", "Текст", section="Бухгалтерия")
    desk.take(talk.pk, actor=chat.petr)
    desk.say(talk.pk, "Раз", actor=chat.petr, reply_ids=[hidden])
    day = timezone.localdate()
    seen = statistics_of(chat.line, chat.petr, since=day, until=day)
    assert [one.name for one in seen.used] == ["СЕКРЕТ"]
    told = statistics_of(chat.line, chat.anna, since=day, until=day)
    assert (told.uses, list(told.used)) == (0, [])
