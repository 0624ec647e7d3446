"""Shared credentials: everyone adds, authors keep what they added, each entry names its readers.

Three people to try it with: `anna.smirnova` (marketing), `nadezhda.frolova` (accounting) and
`dmitry.orlov` (IT).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction

from lists_core.access import ROLES, Right
from lists_core.demo.loading import DemoField, DemoList, load_list
from lists_core.models import List
from lists_core.services.elements import create_element
from lists_core.services.rights import set_element_rights, set_list_rights
from staff.models import Department, Employee
from staff.subjects import AUTHOR, EVERYONE, Subject

CODE = "DEMO_CREDENTIALS"
VIEW = ROLES["view"][1]
#: What the author of an entry may do with it: naming its readers is "manage access".
AUTHORS = frozenset({Right.VIEW, Right.CHANGE, Right.DELETE, Right.ACCESS})


class Entry(NamedTuple):
    """`readers` are names of departments, logins of people, or "*" for all employees."""

    author: str
    name: str
    site: str
    login: str
    secret: str
    note: str
    readers: tuple[str, ...]


ENTRIES = [
    Entry("anna.smirnova", "Рекламный кабинет", "https://ads.example/", "marketing@svod.example",
          "Kupol-71-Listva", "Оплата картой отдела", ("Маркетинг",)),
    Entry("anna.smirnova", "Рассылка клиентам", "https://mail.example/", "news@svod.example",
          "Vetka.Reka.402", "", ("Маркетинг", "artem.nikitin")),
    Entry("anna.smirnova", "Фотобанк", "https://photo.example/", "anna",
          "Okno-Polden-8", "Личная подписка Анны", ()),
    Entry("nadezhda.frolova", "Банк-клиент", "https://bank.example/", "frolova",
          "Rubin!Saldo!19", "Вход только с рабочего места", ("Бухгалтерия",)),
    Entry("nadezhda.frolova", "Кабинет налогоплательщика", "https://tax.example/", "7700000000",
          "Otchet-Kvartal-4", "", ("Бухгалтерия", "igor.vorontsov")),
    Entry("dmitry.orlov", "Wi-Fi для гостей", "https://portal.example/", "guest",
          "dobro-pozhalovat", "Меняется каждый месяц", ("*",)),
    Entry("dmitry.orlov", "Сервер резервных копий", "https://backup.example/", "root",
          "Granit-Sever-553", "", ("ИТ",)),
]  # fmt: skip


@transaction.atomic
def load_credentials(*, actor: Employee, people: Mapping[str, Employee]) -> List:
    """The list "Доступы и пароли" with the entries of its three authors."""
    present = List.objects.filter(code=CODE).first()
    if present:
        return present
    list_ = load_list(_list(), actor=actor)
    own = {Subject("U", actor.pk): ROLES["full"][1]}
    grants = {**own, EVERYONE: frozenset({Right.ADD}), AUTHOR: AUTHORS}
    set_list_rights(list_.pk, grants, actor=actor)
    for entry in ENTRIES:
        _add(list_, entry, people)
    return list_


def _list() -> DemoList:
    return DemoList(
        code=CODE,
        settings={
            "name": "Доступы и пароли",
            "description": "Каждый добавляет свои доступы и сам называет, кто их видит.",
            "icon": "key",
            "color": "red",
            "sort": 150,
            "captions": {
                "element_name": "Доступ",
                "elements_name": "Доступы",
                "element_add": "Добавить доступ",
                "name_field": "Сервис",
            },
        },
        fields=[
            DemoField("SITE", "url", "Адрес"),
            DemoField("LOGIN", "string", "Логин", {"rows": 1}),
            DemoField("SECRET", "secret", "Пароль"),
            DemoField("UNTIL", "date", "Действует до"),
            DemoField("NOTE", "string", "Примечание", {"rows": 3}),
        ],
        rows=(),
        everyone="none",
    )


def _add(list_: List, entry: Entry, people: Mapping[str, Employee]) -> None:
    author = people[entry.author]
    values = {
        "NAME": entry.name,
        "SITE": entry.site,
        "LOGIN": entry.login,
        "SECRET": entry.secret,
        "NOTE": entry.note or None,
    }
    row = create_element(list_.pk, values, actor=author)
    readers = {_subject(name, people): VIEW for name in entry.readers}
    set_element_rights(list_.pk, row.pk, readers, restricted=False, actor=author)


def _subject(name: str, people: Mapping[str, Employee]) -> Subject:
    if name == "*":
        return EVERYONE
    if name in people:
        return Subject("U", people[name].pk)
    return Subject("D", Department.objects.get(name=name).pk)
