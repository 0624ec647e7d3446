"""A list of flats that deals book, and short ways to ask who holds what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moneyed import Money

from crm_link.models import Booking, BookingRule
from crm_link.services.booking_rules import save_booking_rule
from lists_core.models import Field, FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element, update_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee
from tests.crm_link.crm_world import item

STATES = ("Free", "Booked", "Sold", "Withdrawn")


@dataclass
class Estate:
    """`flats` and `deals` are the lists; fields of deals: FLAT, AREA, and AMOUNT from PRICE."""

    actor: Employee
    flats: List
    deals: List
    rule: BookingRule

    def flat(self, name: str = "Flat 1", **values: Any) -> Any:
        given = {"NAME": name, "STATUS": self.state("Free"), **values}
        return create_element(self.flats.pk, given, actor=self.actor)

    def deal(self, name: str = "Deal", flat: Any = None, **values: Any) -> Any:
        own = {"FLAT": flat.pk if flat else None, **values}
        return item("deal", self.actor, name, **own)

    def state(self, name: str) -> int:
        rows = FieldOption.objects.filter(field__list=self.flats, field__code="STATUS", name=name)
        return int(rows.get().pk)

    def change(self, row: Any, actor: Employee | None = None, **values: Any) -> Any:
        """Write a deal or a flat as it stands now."""
        list_ = self.deals if self.is_deal(row) else self.flats
        now = self.now(row)
        return update_element(
            list_.pk, row.pk, values, version=now.version, actor=actor or self.actor
        )

    def is_deal(self, row: Any) -> bool:
        return bool(schema_of(self.fresh(self.deals)).model.objects.filter(pk=row.pk).exists())

    def now(self, row: Any) -> Any:
        list_ = self.deals if self.is_deal(row) else self.flats
        return schema_of(self.fresh(list_)).model.objects.get(pk=row.pk)

    def get(self, row: Any, code: str) -> Any:
        list_ = self.deals if self.is_deal(row) else self.flats
        return schema_of(self.fresh(list_))[code].read(self.now(row))

    def status(self, flat: Any) -> str:
        return FieldOption.objects.get(pk=self.get(flat, "STATUS")).name

    def holder(self, flat: Any) -> int | None:
        return Booking.objects.filter(element=flat.pk).values_list("deal", flat=True).first()

    @staticmethod
    def fresh(list_: List) -> List:
        return List.objects.get(pk=list_.pk)


def estate(actor: Employee, *, multiple: bool = False, **more: Any) -> Estate:
    flats = create_list(actor=actor, name="Flats")
    deals = List.objects.get(system="crm.deal")
    options = [{"id": None, "name": name, "color": "blue"} for name in STATES]
    status = create_field(
        flats.pk, "list", actor=actor, code="STATUS", name="Status",
        settings={"look": "select", "options": options},
    )  # fmt: skip
    area = create_field(flats.pk, "number", actor=actor, code="AREA", name="Area",
                        settings={"precision": 1})  # fmt: skip
    price = create_field(flats.pk, "money", actor=actor, code="PRICE", name="Price")
    holder = create_field(flats.pk, "element", actor=actor, code="DEAL", name="Deal",
                          settings={"list": deals.pk, "look": "search"})  # fmt: skip
    link = create_field(
        deals.pk, "element", actor=actor, code="FLAT", name="Flat", multiple=multiple,
        settings={"list": flats.pk, "look": "search"},
    )  # fmt: skip
    own = create_field(deals.pk, "number", actor=actor, code="AREA", name="Area of the flat",
                       settings={"precision": 1})  # fmt: skip
    amount = Field.objects.get(list=deals, code="AMOUNT")
    states = {one.name: one for one in FieldOption.objects.filter(field=status)}
    given = {
        "name": "Flats", "link": link, "status": status, "holder": holder,
        "free": states["Free"], "booked": states["Booked"], "sold": states["Sold"],
        "copies": [[area.pk, own.pk], [price.pk, amount.pk]], "shown": [area.pk, price.pk],
    }  # fmt: skip
    rule = save_booking_rule(None, {**given, **more}, actor=actor)
    return Estate(actor, Estate.fresh(flats), Estate.fresh(deals), rule)


def roubles(amount: int) -> Money:
    return Money(amount, "RUB")
