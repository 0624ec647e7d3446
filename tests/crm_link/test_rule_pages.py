"""Pages of bookings and consolidation: who gets in, what they offer, what they save."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from crm_link.models import Booking, BookingRule, FeedRule
from lists_core.access import ROLES, Right
from lists_core.models import Field, Job
from lists_core.services.fields import update_field
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from tests.crm_link.booking_world import estate, roubles
from tests.crm_link.crm_world import crm_manager, stage
from tests.crm_link.feed_world import feeds

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def get(client: Client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def let(employee, *lists, role: str = "edit", admin) -> None:
    for list_ in lists:
        grants = {Subject("U", admin.pk): {Right.FULL},
                  Subject("U", employee.pk): ROLES[role][1]}  # fmt: skip
        set_list_rights(list_.pk, grants, actor=admin)


# --- bookings -----------------------------------------------------------------------------


def test_a_rule_of_booking_is_made_and_changed_on_its_page(admin, admin_client):
    world = estate(admin)
    given = {
        "name": "Renamed", "free": world.rule.free_id, "booked": world.rule.booked_id,
        "sold": world.rule.sold_id, "holder": world.rule.holder_id, "days": "5",
        "is_active": "on", "copies-rows": ["0"],
        "copies-0-source": world.rule.copies[0][0], "copies-0-into": world.rule.copies[0][1],
        "shown": world.rule.shown,
    }  # fmt: skip
    address = reverse("crm_booking_rule", args=[world.rule.pk])
    assert "Flats" in get(admin_client, "crm_booking_rules")
    assert admin_client.post(address, {**given, "booked": world.rule.free_id}).status_code == 422
    assert admin_client.post(address, given).status_code == 302
    world.rule.refresh_from_db()
    assert (world.rule.name, world.rule.days) == ("Renamed", 5)
    assert world.rule.copies == [world.rule.copies[0]]
    admin_client.post(reverse("crm_booking_rule_delete", args=[world.rule.pk]))
    assert not BookingRule.objects.exists()
    page = get(admin_client, "crm_booking_rule_add")
    assert f'value="{world.rule.link_id}"' in page
    adding = reverse("crm_booking_rule_add") + f"?link={world.rule.link_id}"
    assert admin_client.post(adding, given).status_code == 302
    assert BookingRule.objects.get().name == "Renamed"


def test_settings_are_for_who_manages_crm(admin, employee, client):
    world, other = estate(admin), feeds(admin)
    client.force_login(employee)
    for name, args in (
        ("crm_booking_rules", []), ("crm_booking_rule_add", []),
        ("crm_booking_rule", [world.rule.pk]), ("crm_feed_rules", []), ("crm_feed_rule_add", []),
        ("crm_feed_rule", [other.rule.pk]),
    ):  # fmt: skip
        assert client.get(reverse(name, args=args)).status_code == 403
    for name, pk in (("crm_booking_rule_delete", world.rule.pk),
                     ("crm_feed_rule_delete", other.rule.pk),
                     ("crm_feed_rule_rebuild", other.rule.pk),
                     ("crm_feed_rule_again", other.rule.pk)):  # fmt: skip
        assert client.post(reverse(name, args=[pk])).status_code == 403
    assert BookingRule.objects.exists()
    assert FeedRule.objects.exists()


def test_the_deals_tab_shows_what_it_holds_and_leads_to_the_free_ones(admin, admin_client):
    world = estate(admin)
    taken, free = world.flat("Taken", AREA=Decimal("45.5")), world.flat("Still free")
    withdrawn = world.flat("Withdrawn", STATUS=world.state("Withdrawn"))
    deal, other = world.deal("Ivanov", taken), world.deal("Petrov")
    page = get(admin_client, "element_booking", world.deals.pk, deal.pk)
    assert "Taken" in page
    assert "45,5" in page
    assert reverse("booking_choose", args=[world.rule.pk, deal.pk]) in page
    table = get(admin_client, "booking_choose", world.rule.pk, other.pk)
    assert "Still free" in table
    assert f'data-id="{taken.pk}"' not in table
    assert f'data-id="{withdrawn.pk}"' not in table
    assert reverse("booking_book", args=[world.rule.pk]) in table
    answer = admin_client.post(
        reverse("booking_book", args=[world.rule.pk]),
        {"deal": other.pk, "object": free.pk, "stay": "1"}, headers=HTMX,
    )  # fmt: skip
    assert f"/crm/deal/{other.pk}/" in answer["HX-Location"]
    assert world.holder(free) == other.pk


def test_who_comes_second_is_told_and_the_table_is_drawn_anew(admin, admin_client):
    world = estate(admin)
    flat = world.flat()
    world.deal("Ivanov", flat)
    other = world.deal("Petrov")
    answer = admin_client.post(
        reverse("booking_book", args=[world.rule.pk]),
        {"deal": other.pk, "object": flat.pk, "stay": "1"}, headers=HTMX,
    )  # fmt: skip
    assert answer.status_code == 204
    assert "Ivanov" in json.dumps(json.loads(answer["HX-Trigger"]), ensure_ascii=False)
    assert world.get(other, "FLAT") is None


def test_a_lost_deal_offers_no_objects_and_is_told_that_it_books_nothing(admin, admin_client):
    world = estate(admin)
    flat, deal = world.flat(AREA=Decimal(40)), world.deal("Ivanov")
    world.change(deal, STAGE=stage("deal", "LOSE").pk)
    page = get(admin_client, "element_booking", world.deals.pk, deal.pk)
    assert reverse("booking_choose", args=[world.rule.pk, deal.pk]) not in page
    assert "Сделка проиграна" in page
    answer = admin_client.post(
        reverse("booking_book", args=[world.rule.pk]),
        {"deal": deal.pk, "object": flat.pk, "stay": "1"}, headers=HTMX,
    )  # fmt: skip
    assert "Сделка проиграна" in json.dumps(json.loads(answer["HX-Trigger"]), ensure_ascii=False)
    assert (world.get(deal, "FLAT"), world.get(deal, "AREA")) == (None, None)


def test_the_form_keeps_what_was_typed_when_the_flat_is_taken(admin, admin_client):
    world = estate(admin)
    flat = world.flat()
    world.deal("Ivanov", flat)
    page = admin_client.post(
        reverse("element_add", args=[world.deals.pk]),
        {"NAME": "Typed name", "FLAT": flat.pk, "version": ""},
    )
    assert page.status_code == 422
    assert "Typed name" in page.content.decode()
    assert "Ivanov" in page.content.decode()


def test_the_objects_page_names_the_deal_to_who_may_see_it(admin, employee, client):
    world = estate(admin)
    flat = world.flat()
    world.deal("Secret client", flat)
    let(employee, world.flats, role="view", admin=admin)
    client.force_login(employee)
    page = get(client, "element_booking", world.flats.pk, flat.pk)
    assert "Secret client" not in page
    assert client.post(
        reverse("booking_release", args=[world.flats.pk, flat.pk])
    ).status_code == 404  # fmt: skip
    client.force_login(admin)
    assert "Secret client" in get(client, "element_booking", world.flats.pk, flat.pk)
    client.post(reverse("booking_release", args=[world.flats.pk, flat.pk]))
    assert not Booking.objects.exists()


def test_booking_needs_the_deal_and_the_object(admin, employee, client):
    world = estate(admin)
    flat, deal = world.flat(), world.deal("Ivanov")
    client.force_login(employee)
    address = reverse("booking_book", args=[world.rule.pk])
    given = {"deal": deal.pk, "object": flat.pk}
    assert client.post(address, given).status_code == 404
    let(employee, world.deals, role="view", admin=admin)
    assert client.post(address, given).status_code == 403
    assert client.get(
        reverse("booking_choose", args=[world.rule.pk, deal.pk])
    ).status_code == 403  # fmt: skip
    let(employee, world.deals, admin=admin)
    client.post(address, given)  # an object that is not theirs to see
    assert not Booking.objects.exists()
    let(employee, world.flats, role="view", admin=admin)
    client.post(address, given)
    assert world.holder(flat) == deal.pk  # the status is the rule's to write, not theirs


def test_the_picker_offers_free_objects_first_with_their_data(admin, admin_client):
    world = estate(admin)
    world.deal("Ivanov", world.flat("A taken one"))
    world.flat("B free one", AREA=Decimal("45.5"), PRICE=roubles(9_000_000))
    world.flat("C withdrawn one", STATUS=world.state("Withdrawn"))
    found = admin_client.get(reverse("element_suggest", args=[world.flats.pk]), {"q": "one"})
    rows = found.json()["results"]
    assert [row["text"] for row in rows] == ["B free one", "A taken one", "C withdrawn one"]
    assert rows[0]["note"].startswith("Free · 45,5 · 9")
    assert rows[1]["note"] == "Booked"


# --- consolidation ------------------------------------------------------------------------


def form_of(rule: FeedRule) -> dict:
    data = {
        "name": rule.name, "won": "on", "condition": "{}", "link": rule.link_id,
        "run_as": rule.run_as_id, "empty": "delete", "is_active": "on",
        "keys-rows": [str(n) for n in range(len(rule.keys))],
        "mapping-rows": [str(n) for n in range(len(rule.mapping))],
    }  # fmt: skip
    for prefix, rows in (("keys", rule.keys), ("mapping", rule.mapping)):
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def test_a_consolidation_is_previewed_and_saved_on_its_page(admin, admin_client):
    world = feeds(admin)
    world.deal("One", 100)
    world.deal("Two", 50)
    address = reverse("crm_feed_rule", args=[world.rule.pk])
    assert "Deliveries" in get(admin_client, "crm_feed_rules")
    given = form_of(world.rule)
    shown = admin_client.post(address, {**given, "preview": "1"})
    assert shown.status_code == 200
    assert "150" in shown.content.decode()
    assert world.rows() == []
    wrong = admin_client.post(address, {**given, "keys-rows": []})
    assert wrong.status_code == 422
    day = Field.objects.get(list=world.deals, code="DAY")
    condition = {"and": [{"field": "DAY", "op": "not_empty", "value": []}]}
    Job.objects.all().delete()
    saved = admin_client.post(
        address, {**given, "name": "By day", "condition": json.dumps(condition),
                  "keys-rows": ["0"], "keys-0-field": day.pk, "keys-0-by": "day"},
    )  # fmt: skip
    assert saved.status_code == 302
    world.rule.refresh_from_db()
    assert world.rule.name == "By day"
    assert world.rule.condition == condition
    assert world.rule.keys == [{"field": day.pk, "by": "day"}]
    assert world.rebuild()["created"] == 1


def test_a_new_consolidation_asks_for_its_lists_first(admin, admin_client):
    world = feeds(admin)
    page = get(admin_client, "crm_feed_rule_add")
    assert f'value="{world.deals.pk}"' in page
    query = f"?source={world.deals.pk}&target={world.deliveries.pk}"
    adding = reverse("crm_feed_rule_add") + query
    assert admin_client.get(adding).status_code == 200
    assert admin_client.post(adding, {**form_of(world.rule), "name": "Second"}).status_code == 302
    assert FeedRule.objects.filter(name="Second", run_as=admin).exists()


def test_a_consolidation_by_who_is_no_administrator(admin, client):
    """It is saved as typed, and waits for the employee that an administrator names."""
    world, manager = feeds(admin), crm_manager("boss")
    for list_ in (world.deals, world.deliveries):
        grants = {Subject("U", one.pk): {Right.FULL} for one in (admin, manager)}
        set_list_rights(list_.pk, grants, actor=admin)
    client.force_login(manager)
    query = f"?source={world.deals.pk}&target={world.deliveries.pk}"
    adding = reverse("crm_feed_rule_add") + query
    assert "Администратор должен назначить сотрудника" in client.get(adding).content.decode()
    given = {**form_of(world.rule), "name": "Mine", "run_as": admin.pk}
    assert client.post(adding, given).status_code == 302
    made = FeedRule.objects.get(name="Mine")
    assert made.run_as is None
    address = reverse("crm_feed_rule", args=[made.pk])
    client.force_login(admin)
    client.post(address, given)
    client.force_login(manager)
    assert client.post(address, {**given, "name": "Ours"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.run_as) == ("Ours", admin)


def test_what_failed_is_told_without_what_may_not_be_seen(admin, admin_client):
    world = feeds(admin)
    address = Field.objects.get(list=world.deliveries, code="ADDRESS")
    update_field(address.pk, actor=admin, required=True)
    world.deal("Nameless place", ADDRESS=None)
    world.follow()
    page = get(admin_client, "crm_feed_rule", world.rule.pk)
    assert "Nameless place" in page
    world.rule.refresh_from_db()
    assert world.rule.error in page
    answer = admin_client.post(reverse("crm_feed_rule_again", args=[world.rule.pk]))
    assert answer.status_code == 302
