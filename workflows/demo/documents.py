"""The list "Документы": incoming, outgoing, contracts, claims; registered, numbered, routed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from moneyed import Money

from lists_core.demo.loading import DemoField, DemoList, load_list, options
from lists_core.models import List
from lists_core.services.elements import create_element
from staff.models import Employee
from workflows.demo.document_process import publish_document_process
from workflows.demo.loading import option

CODE = "DEMO_DOCUMENTS"
KINDS = {"Входящее": "blue", "Исходящее": "teal", "Договор": "purple", "Рекламация": "red"}
STATES = {"Новый": "grey", "Зарегистрирован": "blue", "На рассмотрении": "amber",
          "Согласован": "green", "Отклонён": "red", "Исполнен": "teal"}  # fmt: skip
HIDDEN = {"show_in_list": False}


class Entry(NamedTuple):
    author: str
    kind: str
    name: str
    partner: str
    email: str
    amount: int | None
    text: str


ENTRIES = [
    Entry("marina.lebedeva", "Входящее", "Запрос документов по НДС за III квартал",
          "Инспекция № 17", "inspection@nalog.example", None, "Ответить за 10 рабочих дней."),
    Entry("artem.nikitin", "Договор", "Поставка упаковки на 2027 год", "ООО «Упакмастер»",
          "zakaz@upakmaster.example", 1_250_000, "Цены фиксируются на год."),
    Entry("dmitry.orlov", "Договор", "Обслуживание кондиционеров", "ИП Климов Р. А.",
          "klimov@service.example", 84_000, "Два выезда в год."),
    Entry("vera.egorova", "Рекламация", "Намокшие коробки по накладной 4512", "ООО «Янтарь»",
          "claims@yantar.example", 36_500, "Намокло 40 мест из 600, акт и фотографии приложены."),
    Entry("anna.smirnova", "Исходящее", "Предложение о совместной рассылке",
          "АО «Каталог»", "partners@katalog.example", None,
          "Предлагаем объединить рассылки весной."),
]  # fmt: skip


def load_documents(
    actor: Employee, people: Mapping[str, Employee], roles: List, numerators: List
) -> List:
    present = List.objects.filter(code=CODE).first()
    if present:
        return present
    list_ = load_list(_list(), actor=actor)
    publish_document_process(list_, roles, numerators, actor=actor)
    for entry in ENTRIES:
        create_element(list_.pk, _values(entry, list_), actor=people[entry.author])
    return list_


def _list() -> DemoList:
    rubles = {"currencies": ["RUB", "EUR", "CNY"], "currency": "RUB"}
    return DemoList(
        code=CODE,
        settings={
            "name": "Документы",
            "description": "Входящие, исходящие, договоры и рекламации: регистрация и движение.",
            "icon": "file-text",
            "color": "blue",
            "sort": 105,
            "captions": {
                "element_name": "Документ",
                "elements_name": "Документы",
                "element_add": "Зарегистрировать документ",
                "name_field": "О чём",
            },
        },
        fields=[
            DemoField("NUMBER", "string", "Номер", {"rows": 1}, {"readonly_in_edit": True,
                                                                 "show_in_add": False}),
            DemoField("KIND", "list", "Вид", options(**KINDS), {"required": True}),
            DemoField("STATE", "list", "Состояние", options(**STATES), {"show_in_add": False}),
            DemoField("PARTNER", "string", "Корреспондент", {"rows": 1}, {"required": True}),
            DemoField("AMOUNT", "money", "Сумма", rubles),
            DemoField("RESPONSIBLE", "employee", "Ответственный", {}, {"show_in_add": False}),
            DemoField("EMAIL", "email", "Почта", {}, HIDDEN),
            DemoField("REGISTERED", "datetime", "Зарегистрирован", {}, {"show_in_add": False,
                                                                        **HIDDEN}),
            DemoField("TEXT", "string", "Содержание", {"rows": 4}, HIDDEN),
            DemoField("ANSWER", "string", "Ответ", {"rows": 6}, HIDDEN),
            DemoField("FILES", "file", "Файлы", {}, {"multiple": True, **HIDDEN}),
        ],
        rows=(),
    )  # fmt: skip


def _values(entry: Entry, list_: List) -> dict[str, Any]:
    return {
        "NAME": entry.name,
        "KIND": int(option(list_, "KIND", entry.kind)),
        "STATE": int(option(list_, "STATE", "Новый")),
        "PARTNER": entry.partner,
        "EMAIL": entry.email,
        "AMOUNT": Money(entry.amount, "RUB") if entry.amount else None,
        "TEXT": entry.text,
    }
