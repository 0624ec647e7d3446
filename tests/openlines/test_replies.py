"""The list of quick replies: made by one button, chosen, shared; what is found in it by whom."""

from __future__ import annotations

import pytest

from lists_core.access import Right, list_rights, visible_lists
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors.rights import grants_on
from lists_core.services.elements import create_element, delete_elements, restore_elements
from lists_core.services.fields import create_field, delete_field, update_field
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights, set_section_rights
from openlines.models import ReplyText, ReplyWord
from openlines.reply_fields import PERSONAL
from openlines.selectors.replies import categories_of, replies_for
from openlines.services.lines import create_line, delete_line, restore_line, set_members
from openlines.services.reply_lists import choose_replies, create_replies, take_replies_off
from openlines.services.reply_texts import fill_words
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Conflict, Forbidden, Invalid
from tests.openlines.chat_world import person
from tests.openlines.replies_world import names, reply, seen_by, with_replies

pytestmark = pytest.mark.django_db


def test_one_button_makes_the_list_with_fields_categories_examples_and_rights():
    world, list_ = with_replies()
    schema = schema_of(List.objects.get(pk=list_.pk))
    assert [field.code for field in schema.fields] == [
        "TEXT",
        "CODE",
        "FILES",
        "LANGUAGES",
        "LINES",
    ]
    with pytest.raises(Conflict):  # the program reads it
        delete_field(schema["TEXT"].field.pk, actor=world.boss)
    assert create_replies(world.line, actor=world.boss).pk == list_.pk
    with pytest.raises(Forbidden):
        create_replies(world.line, actor=world.anna)
    top = [one.name for one in categories_of(seen_by(world, world.anna))]
    assert top == ["Приветствие", "Доставка", "Оплата", "Завершение"]
    assert "Способы оплаты" in names(world, world.anna)
    held = list_rights(world.anna, list_.pk).list
    assert Right.VIEW in held
    assert Right.CHANGE not in held
    with pytest.raises(Invalid):  # a code belongs to one reply
        reply(list_, world.boss, "Ещё", "Ещё", CODE="pay")
    # Who comes gets the rights, who goes loses them.
    head, vera = person("head"), person("vera")
    set_members(world.line, [world.anna, vera], [world.boss, head], actor=world.boss)
    assert not visible_lists(world.petr).exists()
    assert replies_for(world.line, world.petr) is None
    assert names(world, vera)
    assert Right.CHANGE in list_rights(head, list_.pk).list


def held(someone: Employee, list_: List) -> frozenset[Right]:
    return list_rights(someone, list_.pk).list


def test_a_line_that_lets_a_list_go_takes_the_rights_on_it_along():
    world, list_ = with_replies()
    boss, head = world.boss, person("head")
    second = create_line(actor=boss, name="Опт")
    set_members(second, [world.petr], [head], actor=boss)
    choose_replies(second, list_.pk, actor=boss)
    assert Right.CHANGE in held(head, list_)
    grants = {**grants_on(List, list_.pk), Subject("U", world.other.pk): frozenset({Right.RUN})}
    set_list_rights(list_.pk, grants, actor=boss)
    take_replies_off(world.line, actor=boss)
    assert [bool(held(one, list_)) for one in (world.anna, world.petr, head)] == [False, True, True]
    own = create_replies(world.line, actor=boss)
    choose_replies(second, own.pk, actor=boss)
    assert [bool(held(one, list_)) for one in (world.petr, head)] == [False, False]
    assert held(world.other, list_)  # by hand
    delete_line(second, actor=boss)
    assert [bool(held(one, own)) for one in (world.petr, head)] == [True, False]
    take_replies_off(world.line, actor=boss)
    restore_line(second, actor=boss)
    assert Right.CHANGE in held(head, own)
    assert ReplyText.objects.filter(element__list=own).exists()  # and it is searched again


def test_what_the_administrator_holds_in_personal_by_hand_stays():
    world, list_ = with_replies()
    section = Section.objects.get(list=list_, code=PERSONAL)
    own = Subject("U", world.boss.pk)
    assert Right.VIEW not in grants_on(Section, section.pk).get(own, ())  # made without asking
    grants = {**grants_on(Section, section.pk), own: frozenset({Right.VIEW, Right.CHANGE})}
    set_section_rights(list_.pk, section.pk, grants, restricted=True, actor=world.boss)
    set_members(world.line, [world.anna], [world.boss], actor=world.boss)
    assert {Right.VIEW, Right.CHANGE} <= grants_on(Section, section.pk)[own]


def test_what_was_typed_is_found_by_code_words_slips_and_the_other_layout():
    world, list_ = with_replies()
    boss = world.boss
    reply(list_, boss, "Прайс-лист", "Вот наши цены на мрамор", CODE="price", section="Оплата")
    reply(list_, boss, "Образцы", "Прайс на образцы пришлю отдельно", CODE="samples")
    reply(list_, boss, "Опт", "Скидка от десяти плит", CODE="wholeprice")
    anna = world.anna
    assert names(world, anna, "price")[:2] == ["Прайс-лист", "Опт"]  # beginning, then a part
    assert names(world, anna, "прайс")[:2] == ["Прайс-лист", "Образцы"]  # the name, then the text
    assert names(world, anna, "мрмор")[0] == "Прайс-лист"
    assert names(world, anna, "мармор плиты цены") == []
    assert names(world, anna, "ghfqc")[0] == "Прайс-лист"
    assert names(world, anna, "зкшсу")[0] == "Прайс-лист"
    assert names(world, anna, "obrazci")[0] == "Образцы"
    assert names(world, anna, "s")[0] == "Образцы"
    pay = Section.objects.get(list=list_, name="Оплата")
    assert "Образцы" not in names(world, anna, section=pay.pk)
    assert names(world, anna, "прайс", section=pay.pk) == ["Прайс-лист"]
    assert names(world, anna, "%") == names(world, anna, "") != []
    assert names(world, anna, "ъъъ нет такого") == []


def test_what_is_short_long_or_near_is_found_in_order():
    world, list_ = with_replies()
    boss, anna = world.boss, world.anna
    reply(list_, boss, "Вкладыш", "Плита под заказ", CODE="zqx")
    reply(list_, boss, "Опечатка", "Плитка и плинтус", CODE="other1")
    reply(list_, boss, "Ссылка", "я" * 5_000)
    assert names(world, anna, "qx") == ["Вкладыш"]  # two letters within a code
    assert names(world, anna, "вк")[0] == "Вкладыш"  # at the beginning of a word of the name
    assert names(world, anna, "яяяяя") == ["Ссылка"]
    assert names(world, anna, "плинтсу")[0] == "Опечатка"
    assert names(world, anna, "плтита заказ") == ["Вкладыш"]
    assert names(world, anna, "плита на заказ") == []
    made = set(ReplyWord.objects.filter(list=list_).values_list("word", flat=True))
    fill_words(schema_of(List.objects.get(pk=list_.pk)))
    assert set(ReplyWord.objects.filter(list=list_).values_list("word", flat=True)) == made
    take_replies_off(world.line, actor=boss)
    assert not ReplyWord.objects.exists()


def test_the_words_follow_the_bin_and_the_lines():
    world, list_ = with_replies()
    other = create_line(actor=world.boss, name="Сервис")
    mine = reply(list_, world.boss, "Только для сервиса", "Текст", LINES=[other.pk])
    assert "Только для сервиса" not in names(world, world.anna)
    both = reply(list_, world.boss, "Для обеих", "Текст", LINES=[other.pk, world.line.pk])
    assert "Для обеих" in names(world, world.anna)
    delete_elements(list_.pk, [both], actor=world.boss)
    assert not ReplyText.objects.filter(pk=both).exists()
    restore_elements(list_.pk, [both], actor=world.boss)
    assert "Для обеих" in names(world, world.anna, "обеих")
    assert choose_replies(other, list_.pk, actor=world.boss).pk == list_.pk
    assert "Только для сервиса" in {one.name for one in seen_rows(other, world.boss)}
    assert ReplyText.objects.filter(pk=mine).exists()
    take_replies_off(world.line, actor=world.boss)
    assert ReplyText.objects.filter(list=list_).exists()  # the other line still uses it
    take_replies_off(other, actor=world.boss)
    assert not ReplyText.objects.filter(list=list_).exists()


def seen_rows(line, actor):
    found = replies_for(line, actor)
    assert found is not None
    return list(found.rows())


def test_a_list_is_chosen_when_it_has_the_text():
    world, _own = with_replies()
    old = create_list(actor=world.boss, name="Старые ответы", has_sections=True)
    with pytest.raises(Invalid) as told:
        choose_replies(world.line, old.pk, actor=world.boss)
    assert "DETAIL_TEXT" in str(told.value.errors)
    create_field(old.pk, "html", actor=world.boss, name="Текст", code="TEXT")
    with pytest.raises(Invalid) as told:
        choose_replies(world.line, old.pk, actor=world.boss)
    assert "Текст" in str(told.value.errors)
    create_field(old.pk, "string", actor=world.boss, name="Подробно", code="DETAIL_TEXT")
    create_element(old.pk, {"NAME": "Режим", "DETAIL_TEXT": "С 9 до 18"}, actor=world.boss)
    choose_replies(world.line, old.pk, actor=world.boss, add_missing=True)
    assert names(world, world.anna, "режим") == ["Режим"]
    codes = {field.code for field in schema_of(List.objects.get(pk=old.pk)).fields}
    assert {"CODE", "FILES", "LANGUAGES", "LINES"} <= codes


def test_the_text_in_use_stays_whatever_field_comes():
    world, _own = with_replies()
    old = create_list(actor=world.boss, name="Старые ответы")
    create_field(old.pk, "string", actor=world.boss, name="Подробно", code="DETAIL_TEXT")
    choose_replies(world.line, old.pk, actor=world.boss)
    create_field(old.pk, "string", actor=world.boss, name="Другой текст", code="TEXT")
    values = {"NAME": "Режим", "DETAIL_TEXT": "Ежедневно с 9 до 18"}
    create_element(old.pk, values, actor=world.boss)
    assert names(world, world.anna, "режим") == ["Режим"]
    assert names(world, world.anna, "ежедневно") == ["Режим"]
    # A field that becomes the short code is searched at once, and one that is it no longer is not.
    key = create_field(old.pk, "string", actor=world.boss, name="Ключ", code="KEY")
    create_element(old.pk, {**values, "NAME": "Часы", "KEY": "hours"}, actor=world.boss)
    assert names(world, world.anna, "hours") == []
    update_field(key.pk, code="CODE", actor=world.boss)
    assert names(world, world.anna, "hours") == ["Часы"]
    update_field(key.pk, code="KEY", actor=world.boss)
    assert not ReplyText.objects.filter(code="hours").exists()
