"""The card of an item: what it shows, and editing it in place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from moneyed import Money

from crm_link.card_tabs import CardTab, CardTabProvider, card_tabs
from lists_core.access import ROLES, Right
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from lists_core.services.fields import create_field
from lists_core.services.listeners import listeners
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.subjects import Subject
from tests.crm_link.crm_world import item, stage

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def text(response) -> str:
    return response.content.decode()


def test_the_card_shows_head_stages_and_sections(admin, admin_client):
    company = item("company", admin, "Romashka", PHONE=["+74951234567"])
    deal = item("deal", admin, "Big sale", COMPANY=company.pk, AMOUNT=Money(100, "RUB"))
    page = text(admin_client.get(f"/crm/deal/{deal.pk}/"))
    assert "Big sale" in page
    assert "Romashka" in page
    assert "tel:+74951234567" in page
    assert 'aria-current="step"' in page
    assert "О сделке" in page
    part = text(admin_client.get(f"/crm/deal/{deal.pk}/", headers=HTMX))
    assert "<html" not in part
    assert "Big sale" in part


def test_a_company_shows_the_deals_that_link_to_it(admin, admin_client, lists):
    company = item("company", admin, "Romashka")
    item("deal", admin, "First", COMPANY=company.pk)
    item("contact", admin, "Ivanov", COMPANIES=[company.pk])
    page = text(admin_client.get(f"/crm/company/{company.pk}/"))
    assert "First" in page
    assert "Ivanov" in page


def test_a_section_is_edited_in_place(admin, admin_client):
    deal = item("deal", admin, AMOUNT=Money(100, "RUB"))
    url = f"/crm/deal/{deal.pk}/sections/first/edit/"
    form = text(admin_client.get(url, headers=HTMX))
    assert 'name="AMOUNT_amount"' in form or "AMOUNT" in form
    data = section_data(deal, admin)
    answer = admin_client.post(
        url, data | {"AMOUNT_amount": "250", "AMOUNT_currency": "RUB"}, headers=HTMX
    )
    assert answer.status_code == 200, text(answer)
    assert "crm:changed" in answer["HX-Trigger"]
    assert amount(deal.pk) == Money(250, "RUB")


def section_data(row, actor) -> dict[str, str]:
    return {"version": str(row.version), "RESPONSIBLE": str(actor.pk)}


def amount(pk: int):
    list_ = List.objects.get(system="crm.deal")
    schema = schema_of(list_)
    return schema["AMOUNT"].read(schema.model.objects.get(pk=pk))


def test_what_others_wrote_to_other_fields_stays(admin, admin_client, lists):
    deal = item("deal", admin)
    update_element(lists["deal"].pk, deal.pk, {"COMMENTS": "x"}, version=1, actor=admin)
    url = f"/crm/deal/{deal.pk}/head/NAME/"
    answer = admin_client.post(url, {"NAME": "Other", "version": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Other" in text(answer)


def test_a_conflict_keeps_what_was_typed(admin, admin_client, lists):
    deal = item("deal", admin)
    update_element(lists["deal"].pk, deal.pk, {"NAME": "Theirs"}, version=1, actor=admin)
    url = f"/crm/deal/{deal.pk}/head/NAME/"
    answer = admin_client.post(url, {"NAME": "Mine", "version": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Theirs" in text(answer)
    assert 'value="Mine"' in text(answer)
    again = admin_client.post(url, {"NAME": "Mine", "version": "2"}, headers=HTMX)
    assert again.status_code == 200


def test_a_stage_asks_for_its_fields(admin, admin_client, lists):
    deal = item("deal", admin)
    won = stage("deal", "WON")
    won.required.set(Field.objects.filter(list=lists["deal"], code="AMOUNT"))
    url = f"/crm/deal/{deal.pk}/stage/"
    asked = admin_client.post(url, {"stage": won.pk}, headers=HTMX)
    assert asked.status_code == 204
    assert f"?stage={won.pk}" in asked["HX-Trigger"]
    dialog = text(admin_client.get(f"{url}?stage={won.pk}", headers=HTMX))
    assert "AMOUNT" in dialog
    empty = admin_client.post(url, {"stage": won.pk, "asked": 1, "dialog": 1}, headers=HTMX)
    assert empty.status_code == 422
    data = {"stage": won.pk, "asked": 1, "dialog": 1, "version": deal.version}
    moved = admin_client.post(
        url, data | {"AMOUNT_amount": "5", "AMOUNT_currency": "RUB"}, headers=HTMX
    )
    assert moved.status_code == 204
    assert "svod:saved" in moved["HX-Trigger"]
    assert amount(deal.pk) == Money(Decimal(5), "RUB")


def test_a_stage_that_another_gave_is_asked_about(admin, admin_client, lists):
    """The bar tells which version it showed; moving once more is a decision."""
    deal, won, lost = item("deal", admin), stage("deal", "WON"), stage("deal", "LOSE")
    url = f"/crm/deal/{deal.pk}/stage/"
    assert 'name="version" value="1"' in text(admin_client.get(f"/crm/deal/{deal.pk}/"))
    write(deal, admin, STAGE=lost.pk)
    clicked = admin_client.post(url, {"stage": won.pk, "version": 1}, headers=HTMX)
    assert f"?stage={won.pk}&version=1" in clicked["HX-Trigger"].replace("\\u0026", "&")
    assert value(deal, "STAGE") == lost.pk
    asked = text(admin_client.get(f"{url}?stage={won.pk}&version=1", headers=HTMX))
    assert "crm-theirs" in asked
    assert str(lost) in asked
    data = {"stage": won.pk, "asked": 1, "dialog": 1}
    again = admin_client.post(url, data | {"version": 1}, headers=HTMX)
    assert again.status_code == 409
    assert 'value="2"' in text(again)
    assert admin_client.post(url, data | {"version": 2}, headers=HTMX).status_code == 204
    assert value(deal, "STAGE") == won.pk


def write(row, actor, **values):
    list_ = List.objects.get(system="crm.deal")
    version = schema_of(list_).model.objects.get(pk=row.pk).version
    update_element(list_.pk, row.pk, values, version=version, actor=actor)


def value(row, code):
    schema = schema_of(List.objects.get(system="crm.deal"))
    return schema[code].read(schema.model.objects.get(pk=row.pk))


def test_a_field_of_the_section_that_was_left_alone_keeps_theirs(admin, admin_client):
    deal = item("deal", admin, AMOUNT=Money(100, "RUB"))
    data = section_data(deal, admin) | {"AMOUNT_amount": "100", "AMOUNT_currency": "RUB"}
    write(deal, admin, AMOUNT=Money(200, "RUB"))
    url = f"/crm/deal/{deal.pk}/sections/first/edit/"
    assert admin_client.post(url, data | {"COMMENTS": "mine"}, headers=HTMX).status_code == 200
    assert amount(deal.pk) == Money(200, "RUB")


def test_a_rule_does_not_write_over_what_only_others_see(
    admin, employee, lists, client, monkeypatch
):
    """A listener fills a field that the person does not see, and somebody wrote to it."""
    deals = lists["deal"].pk
    hidden = create_field(deals, "string", actor=admin, name="Hidden", code="HIDDEN")
    set_list_rights(deals, {Subject("U", employee.pk): ROLES["edit"][1]}, actor=admin)
    closed = {"view_restricted": True, "change_restricted": True}
    set_field_rights(deals, hidden.pk, {}, **closed, actor=admin)
    deal = item("deal", admin)
    write(deal, admin, HIDDEN="written")
    client.force_login(employee)
    url = f"/crm/deal/{deal.pk}/head/NAME/"
    rule = listeners.get("crm.responsible")
    monkeypatch.setattr(rule, "before", lambda one: one.set("HIDDEN", "filled"))
    met = client.post(url, {"NAME": "Mine", "version": "1"}, headers=HTMX)
    assert met.status_code == 409
    assert "crm-theirs" in text(met)
    assert "written" not in text(met)
    assert value(deal, "HIDDEN") == "written"
    again = client.post(url, {"NAME": "Mine", "version": "2"}, headers=HTMX)
    assert again.status_code == 200


def test_a_reader_is_offered_nothing(admin, employee, lists, client):
    deal = item("deal", admin)
    set_list_rights(lists["deal"].pk, {Subject("U", employee.pk): {Right.VIEW}}, actor=admin)
    client.force_login(employee)
    page = text(client.get(f"/crm/deal/{deal.pk}/"))
    assert "/edit/" not in page.partition("<main")[2]
    assert client.post(f"/crm/deal/{deal.pk}/stage/", {"stage": 1}).status_code == 403
    assert client.get(f"/crm/deal/{deal.pk}/head/NAME/").status_code == 403
    assert client.get(f"/crm/deal/{deal.pk}/sections/first/edit/").status_code == 403


@pytest.mark.parametrize("path", ["", "head/", "timeline/", "stage/", "sections/first/"])
def test_a_stranger_finds_nothing(admin, employee, client, path):
    deal = item("deal", admin)
    client.force_login(employee)
    assert client.get(f"/crm/deal/{deal.pk}/{path}").status_code == 404


def test_a_closed_field_does_not_exist(admin, employee, lists, client):
    deal = item("deal", admin, AMOUNT=Money("98765.43", "RUB"))
    set_list_rights(lists["deal"].pk, {Subject("U", employee.pk): {Right.CHANGE}}, actor=admin)
    closed = Field.objects.get(list=lists["deal"], code="AMOUNT")
    set_field_rights(
        lists["deal"].pk, closed.pk, {}, view_restricted=True, change_restricted=False, actor=admin
    )
    client.force_login(employee)
    page = text(client.get(f"/crm/deal/{deal.pk}/"))
    assert "765,43" not in page
    assert "AMOUNT" not in page
    assert client.get(f"/crm/deal/{deal.pk}/head/AMOUNT/").status_code == 404


def test_other_tabs_stand_in_the_frame_of_the_card(admin, admin_client, lists):
    deal = item("deal", admin)
    page = text(admin_client.get(f"/lists/{lists['deal'].pk}/elements/{deal.pk}/history/"))
    assert "crm-bar" in page
    assert "sv-history" in page


def test_providers_add_tabs(admin, admin_client):
    class Extra(CardTabProvider):
        slug = "test"

        def tabs(self, target):
            return [CardTab("x", "Students", "/x/", 3, order=200)]

    card_tabs.register(Extra)
    try:
        deal = item("deal", admin)
        page = text(admin_client.get(f"/crm/deal/{deal.pk}/"))
    finally:
        card_tabs.unregister("test")
    assert "Students" in page
    assert '<span class="sv-count">3</span>' in page
