"""Leads and deals of the demo: on every stage, with every seller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from moneyed import Money

from crm_link.demo.people import FIRMS, HUMANS
from crm_link.kinds import COMPANY, CONTACT, DEAL, LEAD
from crm_link.models import Stage
from crm_link.selectors.kinds import list_of
from crm_link.services.items import create_item
from lists_core.models import FieldOption
from lists_core.schema.cache import schema_of
from staff.models import Employee

SELLERS = ("olga.petrova", "artem.nikitin", "vera.egorova")


class DemoDeal(NamedTuple):
    """`client` is a place among HUMANS; `days` until the expected closing, from today."""

    name: str
    client: int
    amount: int
    stage: str
    days: int


DEALS = (
    DemoDeal("Фасад из травертина, дом 3", 0, 4_850_000, "EXECUTING", 40),
    DemoDeal("Ступени и площадки, дом 3", 1, 1_240_000, "FINAL_INVOICE", 12),
    DemoDeal("Стойка ресепшен из оникса", 2, 920_000, "PREPAYMENT_INVOICE", 20),
    DemoDeal("Ванные комнаты, 24 номера", 2, 3_360_000, "PREPARATION", 55),
    DemoDeal("Образцы кварца для салона", 3, 86_000, "WON", -8),
    DemoDeal("Столешницы, партия на квартал", 3, 640_000, "NEW", 30),
    DemoDeal("Проект «Дача на Ладоге»: камин", 4, 415_000, "EXECUTING", 18),
    DemoDeal("Проект «Лофт»: подоконники", 5, 178_000, "WON", -15),
    DemoDeal("Кухонные столешницы, 12 комплектов", 7, 1_080_000, "EXECUTING", 9),
    DemoDeal("Витражная ниша, мрамор", 8, 260_000, "NEW", 25),
    DemoDeal("Пол в холле, керамогранит", 9, 1_730_000, "PREPARATION", 33),
    DemoDeal("Барная стойка", 10, 205_000, "PREPAYMENT_INVOICE", 6),
    DemoDeal("Столы для террасы, 10 шт.", 10, 390_000, "LOSE", -20),
    DemoDeal("Тёплый пол под камнем", 11, 148_000, "NEW", 14),
    DemoDeal("Кухня: кварц Calacatta", 12, 132_000, "WON", -3),
    DemoDeal("Лестница на второй этаж", 13, 540_000, "EXECUTING", 21),
    DemoDeal("Раковина из цельного камня", 14, 97_000, "FINAL_INVOICE", 4),
    DemoDeal("Подоконники в квартиру", 15, 64_000, "APOLOGY", -30),
)
#: Title, surname, first name, phone, amount, source, stage.
LEADS: Sequence[tuple[str, str, str, str, int, str, str]] = (
    ("Заявка: столешница на кухню", "Орлова", "Инна", "+79160000301", 120_000, "Веб-форма", "NEW"),
    ("Звонок: облицовка камина", "Дёмин", "Олег", "+79160000302", 300_000, "Звонок", "NEW"),
    ("Выставка MosBuild: дилер", "Шаров", "Глеб", "+79160000303", 0, "Выставка", "IN_PROCESS"),
    ("Мрамор для ванной", "Котова", "Юлия", "+79160000304", 210_000, "Сайт", "IN_PROCESS"),
    ("Ступени для школы", "Быкова", "Светлана", "+79030000209", 480_000,
     "Существующий клиент", "PROCESSED"),
    ("Плитка под дерево", "Ким", "Вадим", "+79160000306", 75_000, "Реклама", "NEW"),
    ("Спам про продвижение", "", "", "+79160000307", 0, "E-mail", "JUNK"),
    ("Стол-остров, кварц", "Лисина", "Вера", "+79160000308", 190_000,
     "По рекомендации", "IN_PROCESS"),
)  # fmt: skip


def load_items(people: Mapping[str, Employee]) -> None:
    """Nothing where there are items already."""
    if schema_of(list_of(DEAL)).model.objects.exists():
        return
    sellers = [people[login] for login in SELLERS]
    admin = people["admin"]
    firms = [_firm(number, sellers, admin) for number in range(len(FIRMS))]
    humans = [_human(number, firms, sellers, admin) for number in range(len(HUMANS))]
    for number, deal in enumerate(DEALS):
        _deal(deal, humans, firms, sellers[number % len(sellers)], admin)
    for number, lead in enumerate(LEADS):
        _lead(lead, sellers[number % len(sellers)], admin)


def _firm(number: int, sellers: Sequence[Employee], actor: Employee) -> int:
    firm = FIRMS[number]
    values = {
        "NAME": firm.name,
        "INN": firm.inn,
        "TYPE": option(COMPANY.system, "TYPE", firm.type),
        "INDUSTRY": option(COMPANY.system, "INDUSTRY", firm.industry),
        "PHONE": [firm.phone],
        "EMAIL": [firm.email],
        "ADDRESS": firm.address,
        "RESPONSIBLE": sellers[number % len(sellers)].pk,
    }
    return int(create_item(COMPANY, values, actor=actor).pk)


def _human(number: int, firms: Sequence[int], sellers: Sequence[Employee], actor: Employee) -> int:
    human = HUMANS[number]
    values = {
        "NAME": f"{human.last_name} {human.first_name} {human.patronymic}",
        "LAST_NAME": human.last_name,
        "FIRST_NAME": human.first_name,
        "SECOND_NAME": human.patronymic,
        "POST": human.post or None,
        "TYPE": option(CONTACT.system, "TYPE", "Клиент"),
        "COMPANIES": None if human.firm is None else [firms[human.firm]],
        "PHONE": [human.phone],
        "EMAIL": [f"client{number + 1}@mail.example"],
        "RESPONSIBLE": sellers[number % len(sellers)].pk,
    }
    return int(create_item(CONTACT, values, actor=actor).pk)


def _deal(
    deal: DemoDeal,
    humans: Sequence[int],
    firms: Sequence[int],
    seller: Employee,
    actor: Employee,
) -> None:
    firm = HUMANS[deal.client].firm
    today = timezone.localdate()
    values = {
        "NAME": deal.name,
        "STAGE": Stage.objects.get(option__field__list__system=DEAL.system, code=deal.stage).pk,
        "AMOUNT": Money(deal.amount, "RUB"),
        "CONTACTS": [humans[deal.client]],
        "COMPANY": None if firm is None else firms[firm],
        "BEGIN_DATE": today - timedelta(days=30),
        "CLOSE_DATE": today + timedelta(days=deal.days),
        "RESPONSIBLE": seller.pk,
    }
    create_item(DEAL, values, actor=actor)


def _lead(lead: tuple[Any, ...], seller: Employee, actor: Employee) -> None:
    title, last_name, first_name, phone, amount, source, stage = lead
    values = {
        "NAME": title,
        "LAST_NAME": last_name or None,
        "FIRST_NAME": first_name or None,
        "PHONE": [phone],
        "AMOUNT": Money(amount, "RUB") if amount else None,
        "SOURCE": option(LEAD.system, "SOURCE", source),
        "STAGE": Stage.objects.get(option__field__list__system=LEAD.system, code=stage).pk,
        "RESPONSIBLE": seller.pk,
    }
    create_item(LEAD, values, actor=actor)


def option(system: str, field: str, name: str) -> int | None:
    """The option of a choice by its name; None when somebody has renamed it."""
    rows = FieldOption.objects.filter(field__list__system=system, field__code=field, name=name)
    return rows.values_list("pk", flat=True).first()
