"""The list "Сертификаты и полисы": a task some days before the end, reminders, escalation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from lists_core.demo.loading import DemoField, DemoList, load_list, options
from lists_core.models import List
from lists_core.services.elements import create_element
from staff.models import Employee
from workflows.demo.loading import equal, fork, loop, option, published, step

CODE = "DEMO_CERTIFICATES"
KINDS = {"Полис": "blue", "Сертификат": "teal", "Лицензия": "purple", "Электронная подпись": "grey"}
STATES = {"Действует": "green", "Продлевается": "amber", "Просрочен": "red", "Закрыт": "grey"}


class Entry(NamedTuple):
    """`until` and `before` are days: from today, and how long before the end to begin."""

    name: str
    kind: str
    owner: str
    number: str
    until: int
    before: int
    responsible: str


ENTRIES = [
    Entry("ОСАГО, «Газель» А123ВС", "Полис", "Транспорт", "ХХХ 0345127788", 12, 30,
          "yulia.semenova"),
    Entry("Страхование склада", "Полис", "Склад", "СКЛ-2026/118", 25, 30, "timur.akhmetov"),
    Entry("Лицензия на перевозку опасных грузов", "Лицензия", "Логистика", "АСС-77-019234", 3, 45,
          "sergey.belov"),
    Entry("Подпись директора для ЭДО", "Электронная подпись", "Дирекция", "01 9F 3C 77", 6, 14,
          "marina.lebedeva"),
    Entry("Домен и сертификат сайта", "Сертификат", "ИТ", "svod.example", 9, 21, "admin"),
    Entry("Лицензия на антивирус", "Лицензия", "ИТ", "KL-55120", 2, 30, "admin"),
    Entry("Сертификат ISO 9001", "Сертификат", "Дирекция", "РОСС RU.13ИФ", 200, 60,
          "anna.smirnova"),
    Entry("ДМС сотрудников", "Полис", "Дирекция", "ДМС-4471", 120, 45, "elena.kuznetsova"),
    Entry("Сертификат на гофрокартон", "Сертификат", "Склад", "ЕАЭС RU С-RU.АБ15", 75, 30,
          "timur.akhmetov"),
]  # fmt: skip


def load_certificates(actor: Employee, people: Mapping[str, Employee]) -> List:
    present = List.objects.filter(code=CODE).first()
    if present:
        return present
    list_ = load_list(_list(), actor=actor)
    _publish(list_, actor)
    for entry in ENTRIES:
        create_element(list_.pk, _values(entry, list_, people), actor=actor)
    return list_


def _list() -> DemoList:
    days = {"precision": 0, "unit": "дн.", "plain": False}
    return DemoList(
        code=CODE,
        settings={
            "name": "Сертификаты и полисы",
            "description": "Сроки действия; за сколько дней напоминать, у каждого своё.",
            "icon": "certificate",
            "color": "teal",
            "sort": 120,
            "captions": {
                "element_name": "Документ",
                "elements_name": "Документы",
                "element_add": "Добавить документ",
                "name_field": "Что",
            },
        },
        fields=[
            DemoField("KIND", "list", "Вид", options(**KINDS)),
            DemoField("OWNER", "string", "Владелец", {"rows": 1}),
            DemoField("NUMBER", "string", "Номер", {"rows": 1}),
            DemoField("UNTIL", "date", "Действует до", {}, {"required": True}),
            DemoField("BEFORE", "number", "Начать за", days, {"required": True}),
            DemoField("RESPONSIBLE", "employee", "Ответственный", {}, {"required": True}),
            DemoField("STATE", "list", "Состояние", options(**STATES)),
        ],
        rows=(),
    )  # fmt: skip


def _values(entry: Entry, list_: List, people: Mapping[str, Employee]) -> dict[str, Any]:
    return {
        "NAME": entry.name,
        "KIND": int(option(list_, "KIND", entry.kind)),
        "OWNER": entry.owner,
        "NUMBER": entry.number,
        "UNTIL": timezone.localdate() + timedelta(days=entry.until),
        "BEFORE": entry.before,
        "RESPONSIBLE": people[entry.responsible].pk,
        "STATE": int(option(list_, "STATE", "Действует")),
    }


def _publish(list_: List, actor: Employee) -> None:
    going = {"left": "{{Document.STATE}}", "op": "eq", "right": option(list_, "STATE", "Действует")}
    published(
        "demo-renewal", "Продление в срок",
        "Ждёт срока минус «Начать за», ставит задание ответственному, напоминает, зовёт "
        "руководителя, а после продления ждёт нового срока.",
        list_, [loop("round", "Пока действует", {"and": [going]}, _round())], actor=actor,
        triggers=[{"event": "created"}],
    )  # fmt: skip


def _round() -> list[dict[str, Any]]:
    renewed = {"title": "Новый срок", "fields": [
        {"code": "UNTIL", "label": "Действует до", "kind": "date", "required": True},
        {"code": "NUMBER", "label": "Номер", "kind": "string"},
    ]}  # fmt: skip
    return [
        step("wait", "wait_until", "Ждать срока", date="{{Document.UNTIL}}",
             shift={"amount": "{{Document.BEFORE}}", "unit": "days"}, direction="before"),
        step("begin", "element_update", "Пора продлевать", values={"STATE": "Продлевается"}),
        step("renew", "task", "Продлить", title="Продлить: {{Document.NAME}}",
             text="Действует до {{Document.UNTIL}}, номер {{Document.NUMBER}}.",
             people=["{{Document.RESPONSIBLE}}"], until="{{Document.UNTIL}}",
             remind={"amount": 7, "unit": "days"}, remind_again={"amount": 1, "unit": "days"},
             daily=True, late="add", late_period={"amount": 5, "unit": "days"},
             show=["OWNER", "NUMBER", "UNTIL"]),
        fork("renewed", "Продлили?",
             ("Да", equal("{{Step.renew.outcome}}", "done"), [
                 step("ask", "request_info", "Вписать новый срок",
                      title="Новый срок: {{Document.NAME}}", people=["{{Document.RESPONSIBLE}}"],
                      period={"amount": 5, "unit": "working_days"}, late="reassign",
                      groups=[renewed], write=True),
                 step("valid", "element_update", "Снова действует", values={"STATE": "Действует"}),
             ]),
             ("Нет", None, [
                 step("expired", "element_update", "Просрочен", values={"STATE": "Просрочен"}),
                 step("tell", "task", "Решить, что делать",
                      title="Просрочено: {{Document.NAME}}",
                      people=["manager_of:{{Document.RESPONSIBLE}}"],
                      observers=["{{Document.RESPONSIBLE}}"],
                      period={"amount": 2, "unit": "working_days"}, wait=False),
             ])),
    ]  # fmt: skip
