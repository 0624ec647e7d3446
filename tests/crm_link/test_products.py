"""Product rows: what they cost, and the amount that follows them."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from moneyed import Money

from crm_link.models import ProductRow, TimelineNote
from crm_link.products import sums_of, total_of
from crm_link.services.conversion import convert_lead
from crm_link.services.products import copy_rows, replace_rows
from lists_core.access import Right
from lists_core.models import Field
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Conflict, Invalid, NotFound
from tests.crm_link.crm_world import item
from workflows.documents.data import gather
from workflows.documents.extra import extra_names
from workflows.documents.names import by_name, unknown

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def row(**values) -> ProductRow:
    return ProductRow(**{"quantity": D(1), "price": D(0), **values})


@pytest.mark.parametrize(
    ("values", "total", "tax"),
    [
        ({"price": D("100")}, "100.00", "0.00"),
        ({"price": D("100"), "quantity": D("2.5")}, "250.00", "0.00"),
        ({"price": D("100"), "discount_percent": D("33.33")}, "66.67", "0.00"),
        ({"price": D("100"), "discount_sum": D("150")}, "0.00", "0.00"),
        ({"price": D("120"), "tax_rate": D(20)}, "120.00", "20.00"),
        ({"price": D("100"), "tax_rate": D(20), "tax_included": False}, "120.00", "20.00"),
        ({"price": D("0.05"), "tax_rate": D(10), "tax_included": False}, "0.06", "0.01"),
        ({"price": D("9.99"), "quantity": D(3), "tax_rate": D(22)}, "29.97", "5.40"),
    ],
)
def test_sums_are_rounded_in_one_way(values, total, tax):
    sums = sums_of(row(**values))
    assert (str(sums.total), str(sums.tax)) == (total, tax)


def test_the_total_is_the_sum_of_the_lines():
    rows = [row(price=D("0.1"), quantity=D("1")) for _n in range(10)]
    assert total_of(rows).total == D("1.00")


@pytest.fixture
def deal(db, admin):
    return item("deal", admin, "Big sale", AMOUNT=Money(5, "USD"))


def amount(lists, deal):
    schema = schema_of(lists["deal"])
    return schema["AMOUNT"].read(schema.model.objects.get(pk=deal.pk))


def given(**values) -> dict:
    return {"name": "Brick", "quantity": D(2), "price": D("10"), **values}


@pytest.mark.django_db
class TestRows:
    def test_the_amount_follows_in_its_own_currency(self, admin, lists, deal):
        replace_rows(deal.pk, [given(), given(name="Sand")], actor=admin)
        assert amount(lists, deal) == Money(40, "USD")
        replace_rows(deal.pk, [], actor=admin)
        assert amount(lists, deal) == Money(40, "USD")

    def test_with_rows_nobody_types_the_amount(self, admin, lists, deal):
        replace_rows(deal.pk, [given()], actor=admin)
        now = schema_of(lists["deal"]).model.objects.get(pk=deal.pk)
        with pytest.raises(Invalid):
            update_element(
                lists["deal"].pk, deal.pk, {"AMOUNT": Money(1, "USD")},
                version=now.version, actor=admin,
            )  # fmt: skip

    def test_a_stale_form_is_told(self, admin, deal):
        replace_rows(deal.pk, [given()], actor=admin, seen=[])
        with pytest.raises(Conflict):
            replace_rows(deal.pk, [given(name="Other")], actor=admin, seen=[])

    def test_errors_name_row_and_field(self, admin, deal):
        with pytest.raises(Invalid) as refused:
            replace_rows(deal.pk, [given(), given(quantity=D(-1), name="")], actor=admin)
        assert set(refused.value.errors) == {"1.quantity", "1.name"}
        assert not ProductRow.objects.exists()

    def test_rows_are_hidden_with_the_amount(self, admin, lists, deal):
        person = Employee.objects.create_user("p", "p@svod.example", "x")
        with pytest.raises(NotFound):
            replace_rows(deal.pk, [given()], actor=person)

    def test_they_are_copied(self, admin, lists, deal):
        replace_rows(deal.pk, [given()], actor=admin)
        other = item("deal", admin)
        copy_rows(deal.pk, other.pk, actor=admin)
        assert ProductRow.objects.filter(element=other.pk).count() == 1
        assert amount(lists, other).amount == D(20)

    def test_a_leads_products_go_into_its_deal(self, admin, lists):
        lead = item("lead", admin, "Big lead", LAST_NAME="Ivanov", AMOUNT=Money(1, "RUB"))
        replace_rows(lead.pk, [given()], actor=admin)
        made = convert_lead(lead.pk, actor=admin)
        schema = schema_of(lists["deal"])
        deal = schema.model.objects.get(pk=made.deal)
        assert schema["AMOUNT"].read(deal) == Money(20, "RUB")
        kinds = TimelineNote.objects.filter(element=made.deal).values_list("kind", flat=True)
        assert "products" in kinds

    def test_documents_have_them(self, admin, lists, deal):
        replace_rows(deal.pk, [given(tax_rate=D(20))], actor=admin)
        schema = schema_of(lists["deal"])
        now = schema.model.objects.get(pk=deal.pk)
        values = gather(admin, schema=schema, row=now).values
        assert values["products"] == values["товары"]
        (first,) = values["products"]["v"]
        assert first["v"]["NAME"] == first["v"]["Название"] == "Brick"
        known = by_name(extra_names(lists["deal"]))
        assert not unknown("products.SUM", known)
        assert not unknown("товары.Сумма", known)
        assert unknown("products.NOTHING", known)

    def test_the_page_saves_and_counts(self, admin, lists, deal, admin_client):
        url = f"/crm/deal/{deal.pk}/products/"
        data = line(name="Brick", quantity="2", price="1 000,50", tax="20")
        shown = admin_client.post(f"{url}totals/", data, headers=HTMX)
        assert "2001" in shown.content.decode().replace("\xa0", "").replace(",", "")
        assert admin_client.post(url, data, headers=HTMX).status_code == 200
        assert amount(lists, deal) == Money(D("2001.00"), "USD")
        wrong = admin_client.post(url, line(name="", price="x"), headers=HTMX)
        assert wrong.status_code == 422
        assert 'value="x"' in wrong.content.decode()
        stale = admin_client.post(url, line(name="Brick", price="1"), headers=HTMX)
        assert stale.status_code == 409
        page = admin_client.get(url).content.decode()
        assert "Brick" in page

    def test_a_closed_amount_closes_the_tab(self, admin, lists, deal, employee, client):
        replace_rows(deal.pk, [given()], actor=admin)
        set_list_rights(
            lists["deal"].pk,
            {Subject("U", employee.pk): {Right.CHANGE}, Subject("U", admin.pk): {Right.FULL}},
            actor=admin,
        )
        field = Field.objects.get(list=lists["deal"], code="AMOUNT")
        set_field_rights(
            lists["deal"].pk, field.pk, {}, view_restricted=True, change_restricted=False,
            actor=admin,
        )  # fmt: skip
        client.force_login(employee)
        assert client.get(f"/crm/deal/{deal.pk}/products/").status_code == 404
        card = client.get(f"/crm/deal/{deal.pk}/").content.decode()
        assert "/products/" not in card
        assert "Изменены товары" not in card  # the timeline keeps silent of them, too
        client.force_login(admin)
        assert "Изменены товары" in client.get(f"/crm/deal/{deal.pk}/").content.decode()


def line(**values: str) -> dict[str, str]:
    start = {
        "name": "", "product": "", "quantity": "1", "unit": "", "price": "0", "discount": "",
        "discount_kind": "percent", "tax": "", "tax_included": "1",
    }  # fmt: skip
    return {**start, **values}
