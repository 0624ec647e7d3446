"""Shipments and deliveries of the demo: two lists that won deals feed by day and place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from moneyed import Money

from crm_link.kinds import DEAL
from crm_link.models import FeedRule, Stage
from crm_link.selectors.kinds import list_of
from crm_link.services.feed_rules import save_feed_rule
from crm_link.services.feeds import carry_out
from crm_link.services.items import create_item
from lists_core.demo.loading import DemoField, DemoList, load_list, options
from lists_core.models import Field, FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.fields import create_field
from staff.models import Employee

SHIPMENTS, DELIVERIES = "DEMO_SHIPMENTS", "DEMO_DELIVERIES"
LINE, LINES = {"rows": 1}, {"rows": 3}
RUBLES = {"currencies": ["RUB"], "currency": "RUB"}
STORES = {"Склад «Химки»": "blue", "Склад «Юг»": "teal"}
SHIPPED = {"Новая": "grey", "Собирается": "amber", "Отгружена": "green", "Отменена": "red"}
DRIVEN = {"Новая": "grey", "В пути": "amber", "Доставлена": "green", "Отменена": "red"}
HIDDEN = {"show_in_list": False}


class Won(NamedTuple):
    """A won deal; `days` until its delivery."""

    name: str
    amount: int
    days: int
    address: str
    phone: str
    store: str


WON = (
    Won("Подоконники, 2 этаж", 74_000, 2, "Москва, ул. Подольская, 10", "+79030000209",
        "Склад «Юг»"),
    Won("Ступени в холл", 128_000, 2, "Москва, ул. Подольская, 10", "+79030000209", "Склад «Юг»"),
    Won("Столешница для бара", 92_000, 2, "Одинцово, Можайское ш., 71", "+79260000208",
        "Склад «Химки»"),
    Won("Раковины, 4 шт.", 61_000, 3, "Одинцово, Можайское ш., 71", "+79260000208",
        "Склад «Химки»"),
)  # fmt: skip


def load_deliveries(actor: Employee, people: Mapping[str, Employee]) -> None:
    """Nothing where the lists are there already."""
    if List.objects.filter(code=DELIVERIES).exists():
        return
    deals = list_of(DEAL)
    for place, (code, kind, name, settings) in enumerate(_of_deals()):
        create_field(deals.pk, kind, actor=actor, code=code, name=name, settings=settings,
                     sort=600 + place, **HIDDEN)  # fmt: skip
    shipments, deliveries = (load_list(one, actor=actor) for one in (_shipments(), _deliveries()))
    rules = [_shipping(deals, shipments, actor), _delivering(deals, deliveries, actor)]
    for won in WON:
        _deal(won, people["vera.egorova"], actor)
    ids = schema_of(List.objects.get(pk=deals.pk)).model.objects.values_list("pk", flat=True)
    for rule in rules:
        carry_out(rule, list(ids))


def _of_deals() -> list[tuple[str, str, str, dict[str, Any]]]:
    return [
        ("DELIVERY_DATE", "date", "Дата доставки", {}),
        ("DELIVERY_ADDRESS", "string", "Адрес доставки", LINE),
        ("DELIVERY_PHONE", "phone", "Телефон для доставки", {}),
        ("WAREHOUSE", "list", "Склад отгрузки", options(**STORES)),
    ]


def _shipments() -> DemoList:
    return DemoList(
        code=SHIPMENTS,
        settings={"name": "Отгрузки", "icon": "package", "color": "amber", "sort": 130,
                  "description": "Что отгрузить со склада: собирается из выигранных сделок.",
                  "captions": {"element": "Отгрузка", "elements": "Отгрузки"}},
        fields=[
            DemoField("DAY", "date", "День", {}),
            DemoField("WAREHOUSE", "list", "Склад", options(**STORES)),
            DemoField("WHAT", "string", "Что отгрузить", LINES),
            DemoField("COUNT", "number", "Сделок", {"precision": 0}),
            DemoField("STATUS", "list", "Статус", _first(SHIPPED)),
            DemoField("LOADER", "employee", "Кладовщик", {}),
            DemoField("COMMENT", "string", "Комментарий", LINES, HIDDEN),
            DemoField("DEALS", "crm", "Сделки", {"kinds": ["deal"], "visible": True},
                      {"multiple": True}),
        ],
        rows=(),
    )  # fmt: skip


def _deliveries() -> DemoList:
    return DemoList(
        code=DELIVERIES,
        settings={"name": "Доставки", "icon": "truck", "color": "teal", "sort": 131,
                  "description": "Что кому отвезти: по дню и адресу, из выигранных сделок.",
                  "captions": {"element": "Доставка", "elements": "Доставки"}},
        fields=[
            DemoField("DAY", "date", "День", {}),
            DemoField("ADDRESS", "string", "Адрес", LINE),
            DemoField("PHONE", "phone", "Телефон", {}, {"multiple": True}),
            DemoField("WHAT", "string", "Что везти", LINES),
            DemoField("SUM", "money", "Получить с клиента", RUBLES),
            DemoField("STATUS", "list", "Статус", _first(DRIVEN)),
            DemoField("DRIVER", "employee", "Водитель", {}),
            DemoField("TIME", "string", "Время", LINE),
            DemoField("COMMENT", "string", "Комментарий", LINES, HIDDEN),
            DemoField("DEALS", "crm", "Сделки", {"kinds": ["deal"], "visible": True},
                      {"multiple": True}),
        ],
        rows=(),
    )  # fmt: skip


def _first(tones: Mapping[str, str]) -> dict[str, Any]:
    """The options, the first of them chosen in new elements."""
    settings = options(**tones)
    settings["options"][0]["is_default"] = True
    return settings


def _shipping(deals: List, shipments: List, actor: Employee) -> FeedRule:
    return _rule("Отгрузки по складам", deals, shipments, actor,
                 keys={"DELIVERY_DATE": "day", "WAREHOUSE": "value"},
                 lines=[("DELIVERY_DATE", "copy", "DAY"), ("WAREHOUSE", "copy", "WAREHOUSE"),
                        ("", "all", "WHAT"), ("", "count", "COUNT")])  # fmt: skip


def _delivering(deals: List, deliveries: List, actor: Employee) -> FeedRule:
    return _rule("Доставки водителям", deals, deliveries, actor,
                 keys={"DELIVERY_DATE": "day", "DELIVERY_ADDRESS": "text"},
                 lines=[("DELIVERY_DATE", "copy", "DAY"), ("DELIVERY_ADDRESS", "copy", "ADDRESS"),
                        ("DELIVERY_PHONE", "all", "PHONE"), ("", "all", "WHAT"),
                        ("AMOUNT", "sum", "SUM")])  # fmt: skip


def _rule(
    name: str,
    deals: List,
    target: List,
    actor: Employee,
    *,
    keys: Mapping[str, str],
    lines: list[tuple[str, str, str]],
) -> FeedRule:
    """Codes instead of ids; "" is the name of the deal. The emptied element is cancelled."""
    own = dict(Field.objects.filter(list=deals).values_list("code", "pk"))
    into = {one.code: one for one in Field.objects.filter(list=target)}
    filled = {"and": [{"field": "DELIVERY_DATE", "op": "not_empty", "value": []}]}
    given = {
        "name": name, "source": deals, "target": target, "won": True, "run_as": actor,
        "condition": filled,
        "keys": [{"field": own[code], "by": by} for code, by in keys.items()],
        "mapping": [{"field": own.get(code, 0), "how": how, "into": into[to].pk}
                    for code, how, to in lines],
        "link": into["DEALS"],
        "empty": FeedRule.Empty.CANCEL,
        "cancel_field": into["STATUS"],
        "cancel_option": FieldOption.objects.get(field=into["STATUS"], name="Отменена"),
    }  # fmt: skip
    return save_feed_rule(None, given, actor=actor)


def _deal(won: Won, seller: Employee, actor: Employee) -> None:
    stage = Stage.objects.get(option__field__list__system=DEAL.system, code="WON")
    store = FieldOption.objects.get(
        field__list__system=DEAL.system, field__code="WAREHOUSE", name=won.store
    )
    values = {
        "NAME": won.name,
        "STAGE": stage.pk,
        "AMOUNT": Money(won.amount, "RUB"),
        "DELIVERY_DATE": timezone.localdate() + timedelta(days=won.days),
        "DELIVERY_ADDRESS": won.address,
        "DELIVERY_PHONE": won.phone,
        "WAREHOUSE": store.pk,
        "RESPONSIBLE": seller.pk,
    }
    create_item(DEAL, values, actor=actor)
