"""A lead becomes a contact, a company and a deal: once, with its values, by the rights."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from moneyed import Money

from crm_link.models import ProductRow, TimelineNote
from crm_link.services.conversion import AlreadyConverted, convert_lead
from crm_link.services.products import replace_rows
from lists_core.access import Right
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.services.fields import create_field, update_field
from lists_core.services.rights import set_list_rights
from staff.subjects import AUTHOR, Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item, stage

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PHONE, MAIL = "+74951234567", "ivan@romashka.example"


def values(kind: str, element_id: int) -> dict:
    schema = schema_of(List.objects.get(system=f"crm.{kind}"))
    row = schema.model.objects.get(pk=element_id)
    return {field.code: field.read(row) for field in schema.editable} | {"SECTION": row.section}


def full_lead(admin, **more):
    given = {
        "LAST_NAME": "Петров", "FIRST_NAME": "Иван", "COMPANY_TITLE": "ООО «Ромашка»",
        "PHONE": [PHONE], "EMAIL": [MAIL], "WEB": ["https://romashka.example/"],
        "AMOUNT": Money(1500, "RUB"), "COMMENTS": "Нужны окна", "UTM_SOURCE": "yandex",
        "ADDRESS": "Москва",
    }  # fmt: skip
    return item("lead", admin, "Окна", **{**given, **more})


def source_of(kind: str) -> int:
    """The first of the sources, a call."""
    return Field.objects.get(list__system=f"crm.{kind}", code="SOURCE").options.first().pk


def test_everything_is_carried_over(admin, lists, employee):
    create_field(lists["lead"].pk, "string", actor=admin, name="Город", code="CITY")
    create_field(lists["deal"].pk, "string", actor=admin, name="Город", code="CITY")
    create_field(lists["contact"].pk, "number", actor=admin, name="Город", code="CITY")
    source = source_of("lead")
    lead = full_lead(admin, RESPONSIBLE=employee.pk, SOURCE=source, CITY="Тула")
    done = convert_lead(lead.pk, actor=admin)
    assert done.made == ("company", "contact", "deal")
    assert not done.left
    company, contact = values("company", done.company), values("contact", done.contact)
    deal, after = values("deal", done.deal), values("lead", lead.pk)
    assert company["NAME"] == "ООО «Ромашка»"
    assert company["WEB"] == ["https://romashka.example/"]
    assert company["PHONE"] is None
    assert company["ADDRESS"] == "Москва"
    assert contact["NAME"] == "Петров Иван"
    assert contact["PHONE"] == [PHONE]
    assert contact["EMAIL"] == [MAIL]
    assert contact["COMPANIES"] == [done.company]
    assert contact["CITY"] is None
    assert contact["SOURCE"] == source_of("contact")
    assert deal["AMOUNT"] == Money(1500, "RUB")
    assert deal["CITY"] == "Тула"
    assert deal["UTM_SOURCE"] == "yandex"
    assert deal["COMMENTS"] == "Нужны окна"
    assert deal["SOURCE"] == source_of("deal")
    assert (deal["LEAD"], deal["CONTACTS"], deal["COMPANY"]) == (
        lead.pk, [done.contact], done.company,
    )  # fmt: skip
    assert {row["RESPONSIBLE"] for row in (company, contact, deal)} == {employee.pk}
    assert after["STAGE"] == stage("lead", "CONVERTED").pk
    assert after["CONVERTED_AT"]
    assert (after["CONTACT"], after["COMPANY"]) == (done.contact, done.company)


def test_products_and_timelines_go_along(admin, lists):
    lead = full_lead(admin)
    replace_rows(lead.pk, [{"name": "Окно", "quantity": 2, "price": 500}], actor=admin)
    done = convert_lead(lead.pk, actor=admin)
    row = ProductRow.objects.get(element=done.deal)
    assert (row.name, row.quantity, row.price) == ("Окно", 2, 500)
    assert values("deal", done.deal)["AMOUNT"] == Money(1000, "RUB")
    notes = set(TimelineNote.objects.values_list("element", "kind"))
    assert {(lead.pk, "converted"), (done.deal, "from_lead"), (done.contact, "from_lead")} <= notes


def test_the_dialog(admin, lists, admin_client):
    known = item("contact", admin, "Петров", PHONE=[PHONE])
    lead = full_lead(admin)
    address = f"/crm/lead/{lead.pk}/convert/"
    page = admin_client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Петров (найдено: 8 (495) 123-45-67)" in page
    assert "Новый элемент: ООО «Ромашка»" in page
    wrong = admin_client.post(address, {"contact": "other", "company": "none", "deal": "on"})
    assert wrong.status_code == 422
    given = {"contact": str(known.pk), "company": "new", "deal": "on"}
    assert admin_client.post(address, given).url.startswith("/crm/deal/")
    assert values("lead", lead.pk)["CONTACT"] == known.pk
    assert "уже сконвертирован" in admin_client.get(address).content.decode()
    assert admin_client.post(address, given).status_code == 409


def put(client, kind, row, code, **query):
    """The answers of the card's bar and of the board to a move onto the stage."""
    there, list_ = stage(kind, code).pk, List.objects.get(system=f"crm.{kind}")
    asked = {"lane": there, **query}
    board = reverse("list_kanban_move", args=[list_.pk, row.pk], query=asked)
    card = reverse("crm_card_stage", args=[kind, row.pk])
    answers = [client.post(card, {"stage": there}, headers=HTMX), client.post(board, headers=HTMX)]
    assert [one.status_code for one in answers] == [204, 204]
    return [json.loads(one.get("HX-Trigger", "{}")) for one in answers]


def test_who_puts_a_lead_on_success_is_asked_what_it_became(admin, lists, admin_client):
    lead = full_lead(admin)
    dialog = reverse("crm_lead_convert", args=[lead.pk])
    card, board = put(admin_client, "lead", lead, "CONVERTED")
    assert (card["svod:dialog"]["url"], board["board:ask"]["url"]) == (dialog, dialog)
    plain = {"stage": stage("lead", "CONVERTED").pk}
    place = reverse("crm_card_stage", args=["lead", lead.pk])
    assert admin_client.post(place, plain).url == dialog
    page = reverse("crm_card", args=["lead", lead.pk])
    assert dialog in admin_client.get(page).content.decode()  # also for who closed the dialog
    convert_lead(lead.pk, actor=admin)
    assert dialog not in admin_client.get(page).content.decode()
    card, board = put(admin_client, "lead", lead, "CONVERTED")
    assert "svod:dialog" not in card
    assert "board:ask" not in board


def test_no_other_move_asks_for_a_conversion(admin, lists, admin_client):
    deal = item("deal", admin)
    moves = [
        *put(admin_client, "lead", full_lead(admin), "JUNK"),
        *put(admin_client, "lead", full_lead(admin), "IN_PROCESS"),
        *put(admin_client, "deal", deal, "WON", section=deal.section),
    ]
    assert not {"svod:dialog", "board:ask"} & {event for one in moves for event in one}


def test_a_second_conversion_is_told(admin, lists):
    lead = full_lead(admin)
    done = convert_lead(lead.pk, actor=admin)
    with pytest.raises(AlreadyConverted) as told:
        convert_lead(lead.pk, actor=admin)
    assert told.value.details == {"contact": done.contact, "company": done.company}


def test_somebody_known_is_linked_not_made_again(admin, lists):
    company = item("company", admin, "Ромашка")
    contact = item("contact", admin, "Петров", EMAIL=[MAIL])
    lead = full_lead(admin)
    known = values("lead", lead.pk)  # recognised when it was made
    assert (known["CONTACT"], known["COMPANY"]) == (contact.pk, company.pk)
    done = convert_lead(lead.pk, actor=admin)
    assert done.made == ("deal",)
    assert (done.contact, done.company) == (contact.pk, company.pk)
    assert values("contact", contact.pk)["COMPANIES"] == [company.pk]


def test_of_two_alike_none_is_linked_by_itself(admin, lists):
    first, _second = (
        item("contact", admin, "A", PHONE=[PHONE]),
        item("contact", admin, PHONE=[PHONE]),
    )
    lead = full_lead(admin)
    assert values("lead", lead.pk)["CONTACT"] is None
    assert convert_lead(lead.pk, actor=admin, deal=False).contact == first.pk


def test_one_chooses_what_is_made(admin, lists):
    lead = full_lead(admin)
    other = item("contact", admin, "Other")
    done = convert_lead(lead.pk, actor=admin, contact=other.pk, company=False, deal=False)
    assert (done.contact, done.company, done.deal, done.made) == (other.pk, None, None, ())
    with pytest.raises(Invalid):
        convert_lead(full_lead(admin).pk, actor=admin, contact=False, company=False, deal=False)
    with pytest.raises(Invalid) as refused:
        convert_lead(full_lead(admin).pk, actor=admin, contact=987654)
    assert set(refused.value.errors) == {"contact"}


def allow(lists, admin, person, **rights: set[Right]) -> None:
    for kind, held in rights.items():
        who = Subject("U", person.pk)
        set_list_rights(lists[kind].pk, {who: frozenset(held)}, actor=admin)


def test_rights(admin, lists, employee):
    lead = full_lead(admin)
    with pytest.raises(NotFound):
        convert_lead(lead.pk, actor=employee)
    allow(lists, admin, employee, lead={Right.VIEW})
    with pytest.raises(Forbidden):
        convert_lead(lead.pk, actor=employee)
    both = {Right.VIEW, Right.ADD}
    allow(lists, admin, employee, lead={Right.CHANGE}, contact=both, company={Right.VIEW})
    with pytest.raises(Forbidden):
        convert_lead(lead.pk, actor=employee)
    assert values("lead", lead.pk)["CONVERTED_AT"] is None  # all or nothing
    assert schema_of(lists["contact"]).model.objects.count() == 0
    allow(lists, admin, employee, company=both, deal=both)
    assert convert_lead(lead.pk, actor=employee).made == ("company", "contact", "deal")


def test_a_contact_one_may_not_see_is_no_duplicate(admin, lists, employee):
    """He makes a new one: that there is another is told to nobody who may not know it."""
    hidden = item("contact", admin, "Secret", PHONE=[PHONE])
    both = {Right.VIEW, Right.ADD}
    allow(lists, admin, employee, lead={Right.CHANGE, Right.ADD}, deal=both)
    set_list_rights(
        lists["contact"].pk,
        {Subject("U", employee.pk): frozenset({Right.ADD}), AUTHOR: frozenset({Right.VIEW})},
        actor=admin,
    )
    lead = item("lead", employee, "Окна", PHONE=[PHONE], LAST_NAME="Петров")
    assert values("lead", lead.pk)["CONTACT"] is None
    done = convert_lead(lead.pk, actor=employee)
    assert done.made == ("contact", "deal")
    assert done.contact != hidden.pk


def test_what_a_new_item_asks_for_is_told_by_its_name(admin, lists):
    post = Field.objects.get(list=lists["contact"], code="POST")
    update_field(post.pk, actor=admin, required=True)
    with pytest.raises(Invalid) as refused:
        convert_lead(full_lead(admin).pk, actor=admin)
    assert refused.value.errors == {"": ["Контакт, Должность: Обязательное поле."]}
