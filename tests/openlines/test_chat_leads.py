"""Leads that lines make by themselves: of whom, once, in whose name, with what in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from crm_link.kinds import LEAD
from crm_link.selectors.kinds import list_of
from crm_link.services.conversion import convert_lead
from lists_core.schema.cache import schema_of
from lists_core.services.elements import delete_elements, update_element
from openlines.models import Customer, Line, Message, Recognition
from openlines.services import desk, recognition, visitors
from openlines.services.automatic import lead_of
from staff.models import Employee
from tests.crm_link.crm_world import adds_own, ask_more_of_leads, item, stage
from tests.openlines.chat_world import Chat, chat_of

pytestmark = pytest.mark.django_db
PAGE = "https://shop.example/slabs?utm_source=yandex&utm_campaign=spring"


@pytest.fixture
def world(admin) -> Chat:
    return chat_of(admin, leads=Line.Leads.UNKNOWN)


def leads() -> list[Any]:
    return list(schema_of(list_of(LEAD)).model.objects.filter(deleted_at=None).order_by("pk"))


def value(row: Any, code: str) -> Any:
    return schema_of(list_of(LEAD))[code].read(row)


def write(world: Chat, customer: str = "c1", **facts: str) -> None:
    world.write("Есть мрамор?", customer, facts=facts)
    while recognition.look():
        pass


def test_a_stranger_becomes_a_lead_of_whoever_answers(world):
    write(world, name="Ирина", phone="8 916 123-45-67", email="irina@b.example", page=PAGE)
    (lead,) = leads()
    assert value(lead, "NAME") == "Сайт: Ирина"
    assert value(lead, "PHONE") == ["+79161234567"]
    assert value(lead, "EMAIL") == ["irina@b.example"]
    assert value(lead, "RESPONSIBLE") == world.anna.pk
    assert value(lead, "SOURCE_INFO") == PAGE
    assert (value(lead, "UTM_SOURCE"), value(lead, "UTM_CAMPAIGN")) == ("yandex", "spring")
    source = schema_of(list_of(LEAD))["SOURCE"].field.options.get(pk=value(lead, "SOURCE"))
    assert source.name == "Открытая линия"
    assert lead.created_by == world.boss.pk  # the line's service employee
    assert Customer.objects.get().lead_id == lead.pk


def test_what_they_mistyped_costs_no_lead(world):
    write(world, phone="звоните", email="not an address")
    (lead,) = leads()
    assert value(lead, "PHONE") is None
    assert value(lead, "EMAIL") is None


def test_what_leads_have_to_have_costs_no_lead(world, admin):
    ask_more_of_leads(admin)
    write(world)
    (lead,) = leads()
    assert value(lead, "AMOUNT") is None
    assert not Recognition.objects.get().error


def test_an_operator_for_whom_the_service_employee_adds_no_leads(world, admin):
    """The lead is the service employee's own."""
    service = adds_own(Employee.objects.create_user("service", "service@svod.example", "x"))
    Line.objects.update(service_employee=service)
    write(world)
    (lead,) = leads()
    assert value(lead, "RESPONSIBLE") == service.pk


def test_once_a_conversation_and_of_unknown_ones_only(world):
    write(world)
    write(world)
    world.write("Ещё")
    recognition.look()
    assert len(leads()) == 1
    desk.close(world.conversation().pk, actor=world.anna)
    write(world)  # the same person comes back: they are a lead already
    assert len(leads()) == 1


@pytest.mark.parametrize(("setting", "made"), [("never", 0), ("unknown", 0), ("always", 2)])
def test_of_a_known_contact(admin, setting, made):
    world = chat_of(admin, leads=setting)
    contact = item("contact", admin, "Ирина Белова", PHONE=["+79161234567"])
    for customer in ("c1", "c2"):
        write(world, customer, phone="8(916)1234567")
    assert len(leads()) == made
    assert set(Customer.objects.values_list("contact", flat=True)) == {contact.pk}
    assert [value(lead, "CONTACT") for lead in leads()] == [contact.pk] * made


def test_an_open_lead_is_taken_up_and_a_bad_one_is_not(admin):
    world = chat_of(admin, leads="unknown")
    item("lead", admin, "Был", EMAIL=["a@b.example"], STAGE=stage("lead", "JUNK").pk)
    write(world, email="A@b.example")
    assert len(leads()) == 2
    write(world, "c2", email="a@b.example")
    assert len(leads()) == 2
    assert Customer.objects.get(external_id="c2").lead_id == leads()[1].pk


def to_junk(lead: Any, admin: Any) -> None:
    update_element(list_of(LEAD).pk, lead.pk, {"STAGE": stage("lead", "JUNK").pk},
                   version=lead.version, actor=admin)  # fmt: skip


def to_the_bin(lead: Any, admin: Any) -> None:
    delete_elements(list_of(LEAD).pk, [lead.pk], actor=admin)


@pytest.mark.parametrize("ends", [to_junk, to_the_bin])
def test_whose_lead_is_over_is_a_stranger_when_they_come_back(world, admin, ends):
    write(world)
    (first,) = leads()
    ends(first, admin)
    desk.transfer(world.conversation().pk, actor=world.anna, to=world.petr)
    recognition.look()
    assert Customer.objects.get().lead_id == first.pk  # of the same talk it stays
    desk.close(world.conversation().pk, actor=world.petr)
    write(world)
    second = Customer.objects.get().lead_id
    assert second == leads()[-1].pk != first.pk
    ends(leads()[-1], admin)
    talk = world.conversation().pk
    pk, made = lead_of(talk, actor=admin)
    assert (made, pk in {first.pk, second}) == (True, False)
    assert lead_of(talk, actor=admin) == (pk, False)


def test_of_two_contacts_a_person_chooses(admin):
    world = chat_of(admin, leads="unknown")
    for name in ("Ирина", "Пётр"):
        item("contact", admin, name, PHONE=["+79161234567"])
    write(world, phone="+79161234567")
    assert leads() == []
    assert Customer.objects.get().contact_id is None


def test_who_takes_it_later_answers_for_the_lead(admin):
    world = chat_of(admin, leads="unknown", queue="all")
    write(world)
    assert value(leads()[0], "RESPONSIBLE") == world.boss.pk
    desk.take(world.conversation().pk, actor=world.petr)
    recognition.look()
    assert value(leads()[0], "RESPONSIBLE") == world.petr.pk
    desk.transfer(world.conversation().pk, actor=world.petr, to=world.anna)
    recognition.look()
    assert value(leads()[0], "RESPONSIBLE") == world.petr.pk


def test_whom_a_person_made_responsible_stays(admin):
    world = chat_of(admin, leads="unknown", queue="all")
    write(world)
    lead = leads()[0]
    update_element(list_of(LEAD).pk, lead.pk, {"RESPONSIBLE": world.other.pk}, version=1,
                   actor=admin)  # fmt: skip
    desk.take(world.conversation().pk, actor=world.petr)
    recognition.look()
    assert value(leads()[0], "RESPONSIBLE") == world.other.pk


def test_what_is_told_later_completes_the_lead(world):
    write(world)
    visitors.introduce(Customer.objects.get(), {"name": "Ира", "phone": "+7 916 123-45-67"})
    recognition.look()
    (lead,) = leads()
    assert value(lead, "PHONE") == ["+79161234567"]


def test_what_keeps_the_line_from_it_is_told_and_the_message_is_kept(world):
    """The service employee may add no leads."""
    nobody = Employee.objects.create_user("nobody", "nobody@svod.example", "x")
    Line.objects.update(service_employee=nobody)
    write(world)
    assert leads() == []
    row = Recognition.objects.get()
    assert (row.due_at, bool(row.error)) == (None, True)
    assert world.conversation().messages.filter(text="Есть мрамор?").exists()


def test_without_a_service_employee_nobody_makes_one(world):
    Line.objects.update(service_employee=None)
    write(world)
    assert leads() == []
    assert "служебного сотрудника" in Recognition.objects.get().error


def test_a_fault_that_passes_is_tried_again(world, monkeypatch):
    world.write("Ау")
    real, calls = recognition.make_item, []

    def failing(*args: Any, **more: Any) -> Any:
        calls.append(real(*args, **more))
        raise OperationalError("gone")

    monkeypatch.setattr(recognition, "make_item", failing)
    recognition.look()
    assert (len(calls), leads()) == (1, [])
    monkeypatch.setattr(recognition, "make_item", real)
    assert recognition.look() == 0  # after a pause
    recognition.look(timezone.now() + timedelta(seconds=5))
    assert len(leads()) == 1


def test_of_two_workers_one_makes_it(world):
    world.write("Ау")
    for _worker in range(2):  # both have read that it is due
        recognition._recognise(world.conversation().pk, timezone.now())
    assert len(leads()) == 1


def test_the_customer_follows_a_lead_that_is_converted(world):
    write(world, name="Ирина", phone="+79161234567")
    made = convert_lead(leads()[0].pk, actor=world.boss)
    customer = Customer.objects.get()
    assert (customer.contact_id, customer.deal_id) == (made.contact, made.deal)
    assert None not in (made.contact, made.deal)


def test_the_offline_form_makes_a_lead_and_wants_a_way_to_answer(world):
    client = Client(headers={"x-svod-visitor": "a" * 40})
    address = f"/chat/w/{world.channel.token}/messages/"
    form = {"offline": "1", "key": "k", "text": "Перезвоните", "name": "Ирина", "page": PAGE}
    assert client.post(address, form).status_code == 422
    assert client.post(address, {**form, "email": "нет"}).status_code == 422
    assert not Customer.objects.exists()
    for _time in range(2):  # a lost answer is sent again under its key
        assert client.post(address, {**form, "phone": "8 916 123-45-67"}).status_code == 200
    recognition.look()
    (lead,) = leads()
    assert value(lead, "PHONE") == ["+79161234567"]
    assert (value(lead, "NAME"), value(lead, "UTM_SOURCE")) == ("Сайт: Ирина", "yandex")
    assert Message.objects.filter(kind="customer").count() == 1
