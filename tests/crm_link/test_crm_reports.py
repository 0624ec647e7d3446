"""Reports over CRM: stages with their colours and order, people, sums; what is bound to items."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from moneyed import Money

from crm_link.refs import CrmRef
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.reports import create_report
from staff.subjects import EVERYONE
from tests.crm_link.crm_world import item, stage

pytestmark = pytest.mark.django_db


def test_deals_by_stage_and_by_responsible(admin, employee, admin_client, client, lists) -> None:
    won = stage("deal", "WON").option
    for amount, who, at in ((100, admin, None), (50, employee, None), (25, employee, won)):
        values = {"AMOUNT": Money(Decimal(amount), "RUB"), "RESPONSIBLE": who.pk}
        item("deal", admin, **(values | ({"STAGE": at.pk} if at else {})))
    asked = {"groups": ["STAGE:value", "RESPONSIBLE:value"], "measures": ["sum:AMOUNT", "count"]}
    report = create_report(lists["deal"].pk, "Воронка", asked, actor=admin, readers=[EVERYONE])
    table = admin_client.get(reverse("report", args=[report.pk])).context["table"]
    new, last = table.lines
    assert (new.name, last.name) == (str(stage("deal", "NEW").option), str(won))
    assert (new.tone, last.tone) == (stage("deal", "NEW").option.color, won.color)
    assert [cell.value for cell in table.totals] == ["100.0000", "75.0000", "175.0000", "3"]
    opened = admin_client.get(new.cells[0].url or new.cells[1].url, follow=True)
    assert opened.status_code == 200
    client.force_login(employee)  # has no right on deals: to them the report is not there
    assert client.get(reverse("report", args=[report.pk])).status_code == 404


def test_what_is_bound_to_items_is_grouped_by_them(admin, admin_client, lists) -> None:
    list_ = create_list(actor=admin, name="Ученики")
    settings = {"kinds": ["deal"], "visible": True}
    create_field(list_.pk, "crm", actor=admin, name="Сделка", code="TO", settings=settings)
    deal = item("deal", admin, "Обучение")
    for name in ("Аня", "Боря"):
        create_element(list_.pk, {"NAME": name, "TO": CrmRef("deal", deal.pk)}, actor=admin)
    create_element(list_.pk, {"NAME": "Вера"}, actor=admin)
    assert schema_of(List.objects.get(pk=list_.pk))["TO"].type.groupings
    report = create_report(list_.pk, "По сделкам", {"groups": ["TO:value"]}, actor=admin)
    table = admin_client.get(reverse("report", args=[report.pk])).context["table"]
    assert [(line.name, line.cells[0].texts) for line in table.lines] == [
        ("Обучение", ["2"]), ("(не заполнено)", ["1"]),
    ]  # fmt: skip
    found = admin_client.get(table.lines[0].url, follow=True).content.decode()
    assert "Боря" in found
    assert "Вера" not in found
