"""Two small working lists: contracts and a department's tasks. Their dates are near today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from lists_core.demo.loading import DemoField, DemoList, Row, load_list, options, table
from lists_core.models import List
from staff.demo import DOMAIN
from staff.models import Employee

HIDDEN = {"show_in_list": False}
STATUSES = {
    "Черновик": "grey",
    "На согласовании": "amber",
    "Действует": "green",
    "На продлении": "blue",
    "Завершён": "teal",
    "Расторгнут": "red",
}
PRIORITIES = {"Высокий": "red", "Обычный": "blue", "Низкий": "grey"}
STATES = {"Новая": "grey", "В работе": "blue", "Ждёт": "amber", "Готово": "green"}


def load_office(*, actor: Employee) -> tuple[List, List]:
    """The lists "Договоры" and "Задачи отдела"."""
    contracts = load_list(_contracts(), actor=actor)
    return contracts, load_list(_tasks(contracts), actor=actor)


def _contracts() -> DemoList:
    number = {"start": 1, "step": 1, "digits": 5, "before": "ДОГ-", "editable": False}
    return DemoList(
        code="DEMO_CONTRACTS",
        settings={
            "name": "Договоры",
            "description": "Договоры с поставщиками, арендодателями и подрядчиками.",
            "icon": "contract",
            "color": "green",
            "sort": 100,
            "captions": {
                "element_name": "Договор",
                "elements_name": "Договоры",
                "element_add": "Добавить договор",
                "name_field": "Предмет",
            },
        },
        fields=[
            DemoField("NUMBER", "counter", "Номер", number, {"unique": True}),
            DemoField("PARTNER", "string", "Контрагент", {"rows": 1}, {"required": True}),
            DemoField(
                "AMOUNT", "money", "Сумма", {"currencies": ["RUB", "EUR", "CNY"], "currency": "RUB"}
            ),
            DemoField("STATUS", "list", "Статус", options(**STATUSES)),
            DemoField("UNTIL", "date", "Действует до"),
            DemoField("MANAGER", "employee", "Ответственный"),
            DemoField("SIGNED", "date", "Подписан", {}, HIDDEN),
            DemoField("PREPAID", "boolean", "Предоплата", {}, HIDDEN),
            DemoField("PHONE", "phone", "Телефон", {}, HIDDEN),
            DemoField("EMAIL", "email", "Почта", {}, HIDDEN),
            DemoField("SITE", "url", "Сайт", {}, HIDDEN),
            DemoField("SCAN", "file", "Скан", {}, {"multiple": True, **HIDDEN}),
            DemoField("NOTE", "html", "Примечание", {}, HIDDEN),
        ],
        sections=["Поставка", "Аренда", "Услуги"],
        rows=_contract_rows(),
    )


def _contract_rows() -> Iterator[Row]:
    today = timezone.localdate()
    for row in table("contracts.csv"):
        yield {
            "NAME": row["subject"],
            "SECTION": row["section"],
            "PARTNER": row["partner"],
            "AMOUNT": f"{row['amount']} {row['currency']}",
            "STATUS": row["status"],
            "UNTIL": _day(today, row["until"]),
            "MANAGER": _address(row["manager"]),
            "SIGNED": _day(today, row["signed"]),
            "PREPAID": row["prepaid"],
            "PHONE": row["phone"],
            "EMAIL": row["email"],
            "SITE": row["site"],
            "NOTE": row["note"],
        }


def _tasks(contracts: List) -> DemoList:
    hours = {"precision": 1, "unit": "ч", "plain": False}
    return DemoList(
        code="DEMO_TASKS",
        settings={
            "name": "Задачи отдела",
            "description": "Что сделать, к какому сроку и кому.",
            "icon": "clipboard-check",
            "color": "orange",
            "sort": 110,
            "captions": {
                "element_name": "Задача",
                "elements_name": "Задачи",
                "element_add": "Добавить задачу",
                "name_field": "Задача",
            },
        },
        fields=[
            DemoField("ASSIGNEE", "employee", "Исполнитель"),
            DemoField("DUE", "datetime", "Срок"),
            DemoField("PRIORITY", "list", "Приоритет", options(**PRIORITIES)),
            DemoField("STATE", "list", "Состояние", options(**STATES)),
            DemoField("HOURS", "number", "Оценка", hours),
            DemoField("DONE", "boolean", "Готово"),
            DemoField("TAGS", "string", "Метки", {"rows": 1}, {"multiple": True}),
            DemoField("CONTRACT", "element", "Договор", {"list": contracts.pk, "look": "search"}),
            DemoField("TEXT", "html", "Описание", {}, HIDDEN),
        ],
        rows=_task_rows(),
    )


def _task_rows() -> Iterator[Row]:
    today = timezone.localdate()
    for row in table("tasks.csv"):
        yield {
            "NAME": row["name"],
            "ASSIGNEE": _address(row["assignee"]),
            "DUE": f"{_day(today, row['due_days'])} {row['due_time']}",
            "PRIORITY": row["priority"],
            "STATE": row["state"],
            "HOURS": row["hours"],
            "DONE": row["done"],
            "TAGS": row["tags"],
            "CONTRACT": row["contract"],
            "TEXT": row["text"],
        }


def _day(today: date, shift: str) -> str:
    """ISO text of the day so many days from today; "" for no shift."""
    return (today + timedelta(days=int(shift))).isoformat() if shift else ""


def _address(login: str) -> str:
    return f"{login}@{DOMAIN}"
