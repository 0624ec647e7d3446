"""The customer beside the chat: found, linked, made, changed, and what a timeline tells."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from crm_link.kinds import CONTACT, DEAL, LEAD
from crm_link.refs import CrmRef
from crm_link.services.merging import merge_items
from crm_link.timeline.page import timeline_of
from lists_core.access import Right
from lists_core.element_tabs import open_target
from lists_core.schema.cache import schema_of
from lists_core.services.rights import set_list_rights
from openlines.models import Customer
from openlines.selectors.customers import customer_card
from openlines.services import customers, desk, recognition
from openlines.services.lines import create_channel
from staff.subjects import Subject
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item, stage
from tests.openlines.chat_world import Chat, chat_of

pytestmark = pytest.mark.django_db
PHONE = "+79161234567"
HTMX: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def world(admin) -> Chat:
    """Anna answers the customer and sees nothing of CRM yet."""
    made = chat_of(admin, leads="never")
    made.write("Есть мрамор?", facts={"name": "Ирина", "phone": "8 916 123-45-67"})
    return made


def sees(person, *lists, rights=(Right.VIEW, Right.ADD, Right.CHANGE), actor):
    for one in lists:
        set_list_rights(one.pk, {Subject("U", person.pk): frozenset(rights)}, actor=actor)


def card(world: Chat, person=None):
    return customer_card(person or world.anna, world.conversation())


def page(world: Chat, person) -> str:
    client = Client()
    client.force_login(person)
    return client.get(f"/chat/{world.conversation().pk}/").content.decode()


def customer() -> Customer:
    return Customer.objects.get(external_id="c1")


def test_who_is_alike_is_offered_to_whoever_may_see_them(world, lists, admin):
    item("contact", admin, "Ирина Тайная", PHONE=[PHONE])
    item("lead", admin, "Ирина Л.", PHONE=[PHONE])
    assert card(world).alike == []
    shown = page(world, world.anna)
    assert "Ирина Тайная" not in shown
    assert "Message object" not in shown  # what was said is no toast
    sees(world.anna, lists["contact"], actor=admin)
    assert [one.name for one in card(world).alike] == ["Ирина Тайная"]
    assert "Ирина Тайная" in page(world, world.anna)
    assert [one.name for one in card(world, admin).alike] == ["Ирина Л.", "Ирина Тайная"]


def test_a_link_shows_its_title_to_those_who_may_see_it_alone(world, lists, admin):
    lead = item("lead", admin, "СЕКРЕТ")
    customers.link_item(world.conversation().pk, CrmRef("lead", lead.pk), actor=admin)
    shown = page(world, world.anna)
    assert "СЕКРЕТ" not in shown
    assert f"/crm/lead/{lead.pk}/" not in shown
    assert "вам не виден" in shown
    sees(world.anna, lists["lead"], rights=[Right.VIEW], actor=admin)
    assert "СЕКРЕТ" in page(world, world.anna)
    (slot,) = card(world).slots
    assert (slot.may_make, slot.is_closed) == (False, False)


def test_linking_goes_by_both_rights(world, lists, admin):
    talk = world.conversation().pk
    lead = CrmRef("lead", item("lead", admin, "Л").pk)
    with pytest.raises(NotFound):  # the item
        customers.link_item(talk, lead, actor=world.anna)
    with pytest.raises(NotFound):  # the conversation
        customers.link_item(talk, lead, actor=world.other)
    sees(world.anna, lists["lead"], actor=admin)
    sees(world.petr, lists["lead"], actor=admin)
    desk.transfer(talk, actor=world.anna, to=world.petr)
    with pytest.raises(Forbidden):  # she only looks now
        customers.link_item(talk, lead, actor=world.anna)
    company = CrmRef("company", item("company", admin, "К").pk)
    with pytest.raises(NotFound):
        customers.link_item(talk, company, actor=admin)
    customers.link_item(talk, lead, actor=world.petr)
    assert customer().lead_id == lead.id
    customers.unlink_item(talk, LEAD, actor=world.petr)
    assert customer().lead_id is None


def test_a_linked_deal_brings_its_contact_and_the_others_at_work(world, admin):
    contact = item("contact", admin, "Ирина")
    deals = [item("deal", admin, name, CONTACTS=[contact.pk]) for name in ("Кухня", "Ванная")]
    item("deal", admin, "Прошлая", CONTACTS=[contact.pk], STAGE=stage("deal", "LOSE").pk)
    item("deal", admin, "Чужая")
    customers.link_item(world.conversation().pk, CrmRef("deal", deals[0].pk), actor=admin)
    assert customer().contact_id == contact.pk
    assert [one["name"] for one in card(world, admin).deals] == ["Ванная"]


def test_made_in_one_click_with_what_is_known(world, lists, admin):
    talk = world.conversation().pk
    with pytest.raises(NotFound):
        customers.make_linked(talk, LEAD, actor=world.anna)
    sees(world.anna, lists["lead"], lists["contact"], lists["deal"], actor=admin)
    assert [one.may_make for one in card(world).slots] == [True, True, True]
    for kind in (CONTACT, LEAD, DEAL):
        customers.make_linked(talk, kind, actor=world.anna)
    with pytest.raises(Conflict):  # a second click
        customers.make_linked(talk, LEAD, actor=world.anna)
    known = customer()
    rows = {
        kind: schema_of(lists[kind]).model.objects.get(pk=getattr(known, f"{kind}_id"))
        for kind in ("lead", "contact", "deal")
    }
    read = {
        (kind, code): schema_of(lists[kind])[code].read(rows[kind])
        for kind, code in (
            ("contact", "PHONE"), ("contact", "NAME"), ("lead", "CONTACT"), ("lead", "RESPONSIBLE"),
            ("deal", "CONTACTS"), ("deal", "LEAD"), ("deal", "NAME"),
        )
    }  # fmt: skip
    assert read == {
        ("contact", "PHONE"): [PHONE], ("contact", "NAME"): "Ирина",
        ("lead", "CONTACT"): known.contact_id, ("lead", "RESPONSIBLE"): world.anna.pk,
        ("deal", "CONTACTS"): [known.contact_id], ("deal", "LEAD"): known.lead_id,
        ("deal", "NAME"): "Сайт: Ирина",
    }  # fmt: skip
    assert rows["lead"].created_by == world.anna.pk


def test_what_is_known_of_them_is_corrected(world, admin):
    talk = world.conversation().pk
    contact = item("contact", admin, "Ирина", EMAIL=["irina@b.example"])
    for wrong in ({"email": "no"}, {"name": "x" * 201}):
        with pytest.raises(Invalid):
            customers.change_customer(talk, wrong, actor=world.anna)
    given = {"name": " Ирина Белова ", "phone": "", "email": "irina@b.example"}
    customers.change_customer(talk, given, actor=world.anna)
    recognition.look()
    known = customer()
    assert (known.name, known.phone, known.contact_id) == ("Ирина Белова", "", contact.pk)
    with pytest.raises(NotFound):
        customers.change_customer(talk, given, actor=world.other)


def test_history_across_channels_of_one_contact_by_the_rights_of_each(world, admin):
    contact = item("contact", admin, "Ирина", PHONE=[PHONE])
    first = world.conversation()
    recognition.look()
    desk.close(first.pk, actor=world.anna)
    world.channel = create_channel(world.line, "web", "Второй сайт", actor=admin)
    world.write("Это снова я", "elsewhere", facts={"phone": PHONE})
    recognition.look()
    now = world.conversation("elsewhere")
    assert now.customer.contact_id == contact.pk == customer().contact_id
    assert [one.pk for one in customer_card(admin, now).earlier] == [first.pk]
    assert customer_card(world.petr, now).earlier == []  # he was not in the first, nor sees Irina
    client = Client()
    client.force_login(admin)
    assert "Есть мрамор?" in client.get(f"/chat/{first.pk}/transcript/").content.decode()
    client.force_login(world.petr)
    assert client.get(f"/chat/{first.pk}/transcript/").status_code == 404


def test_a_timeline_tells_of_it_and_opens_it_to_its_people_alone(world, lists, admin):
    lead = item("lead", admin, "Ирина", RESPONSIBLE=admin.pk)
    talk = world.conversation()
    customers.link_item(talk.pk, CrmRef("lead", lead.pk), actor=admin)
    desk.close(talk.pk, actor=world.anna)
    desk.close(talk.pk, actor=world.anna)
    sees(world.other, lists["lead"], rights=[Right.VIEW], actor=admin)
    for person, is_open in ((admin, True), (world.other, False)):
        target = open_target(person, Right.VIEW, lists["lead"].pk, lead.pk)
        told = [one for one in timeline_of(target).entries if one.icon == "message-circle"]
        assert [(one.actor, one.data["is_open"]) for one in told] == [(world.anna, is_open)]
        client = Client()
        client.force_login(person)
        shown = client.get(f"/crm/lead/{lead.pk}/timeline/", **HTMX).content.decode()
        assert "Диалог в открытой линии" in shown
        assert (f"/chat/{talk.pk}/transcript/" in shown) is is_open
        assert "мрамор" not in shown


def test_links_follow_a_merge(world, lists, admin):
    rows = [item("contact", admin, name, PHONE=[PHONE]) for name in ("Ирина", "Ира")]
    talk = world.conversation()
    customers.link_item(talk.pk, CrmRef("contact", rows[1].pk), actor=admin)
    desk.close(talk.pk, actor=world.anna)
    merge_items(CONTACT, rows[0].pk, [rows[1].pk], actor=admin)
    assert customer().contact_id == rows[0].pk
    target = open_target(admin, Right.VIEW, lists["contact"].pk, rows[0].pk)
    assert "message-circle" in [one.icon for one in timeline_of(target).entries]


def test_the_pages(world, lists, admin):
    sees(world.anna, lists["lead"], lists["contact"], actor=admin)
    lead = item("lead", admin, "Ирина Л.", PHONE=[PHONE])
    client, base = Client(), f"/chat/{world.conversation().pk}/customer/"
    client.force_login(world.anna)
    assert "Ирина Л." in client.get(base).content.decode()
    assert client.get(f"{base}edit/").status_code == 200
    assert client.post(f"{base}edit/", {"name": "И", "email": "no"}).status_code == 422
    client.post(f"{base}edit/", {"name": "Ирина Б.", "phone": PHONE})
    assert customer().name == "Ирина Б."
    assert client.post(f"{base}link/", {"item": "L_999999"}).status_code == 422
    assert client.post(f"{base}link/", {"item": "nonsense"}).status_code == 422
    client.post(f"{base}link/", {"item": f"L_{lead.pk}"})
    assert customer().lead_id == lead.pk
    client.post(f"{base}make/contact/", **HTMX)
    made = customer().contact_id
    assert made
    again = client.post(f"{base}make/contact/", **HTMX)  # the card as it stands, and a toast
    assert (again.status_code, customer().contact_id) == (200, made)
    assert "toasts" in again.headers["HX-Trigger"]
    client.post(f"{base}unlink/lead/", **HTMX)
    assert customer().lead_id is None
    client.force_login(world.other)
    for path in ("", "edit/", "link/"):
        assert client.get(base + path).status_code == 404
    for path in ("edit/", "link/", "make/lead/", "unlink/contact/"):
        assert client.post(base + path, {"item": f"L_{lead.pk}"}).status_code == 404
    assert customer().contact_id


def test_the_desk_asks_the_same_however_much_there_is(world, admin, django_assert_max_num_queries):
    contact = item("contact", admin, "Ирина", PHONE=[PHONE])
    for number in range(6):
        item("deal", admin, f"Сделка {number}", CONTACTS=[contact.pk])
        item("lead", admin, f"Лид {number}", PHONE=[PHONE])
    customers.link_item(world.conversation().pk, CrmRef("contact", contact.pk), actor=admin)
    for number in range(8):
        world.write("Ау", f"d{number}")
    client = Client()
    client.force_login(admin)
    address = f"/chat/{world.conversation().pk}/"
    client.get(address)
    with django_assert_max_num_queries(60):
        client.get(address)
