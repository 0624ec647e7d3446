"""The timeline: all sources in one order, page by page, as far as the reader may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from moneyed import Money

from crm_link.card_parts import card_context
from crm_link.kinds import DEAL
from crm_link.models import TimelineNote
from crm_link.selectors.items import open_item
from crm_link.services import activities
from crm_link.services.items import move_to_stage
from crm_link.services.timeline import note
from crm_link.timeline.base import PAGE, Place
from crm_link.timeline.page import parse_place, timeline_of
from lists_core.access import Right, remembering
from lists_core.models import Field
from lists_core.services.comments import add_comment
from lists_core.services.elements import update_element
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.subjects import Subject
from tests.crm_link.crm_world import item, stage

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
pytestmark = pytest.mark.django_db


def opened(actor, row):
    return open_item(actor, Right.VIEW, DEAL, row.pk)


def titles(target, **asked) -> list[str]:
    return [entry.template for entry in timeline_of(target, **asked).entries]


@pytest.fixture
def deal(admin):
    return item("deal", admin, "Big sale")


def test_everything_stands_in_one_order(admin, deal, lists):
    move_to_stage(DEAL, deal.pk, stage("deal", "EXECUTING").pk, actor=admin)
    add_comment(lists["deal"].pk, deal.pk, "Hello", actor=admin)
    activities.create_activity(
        deal.pk, actor=admin, kind="call", subject="Call", done_at=timezone.now()
    )
    note(deal.pk, "note", "From a form", actor=admin)
    found = titles(opened(admin, deal))
    assert found[:3] == ["crm/timeline/note.html", "crm/timeline/activity.html",
                         "crm/timeline/comment.html"]  # fmt: skip
    assert "crm/timeline/stage.html" in found
    assert titles(opened(admin, deal), group="comments") == ["crm/timeline/comment.html"]


def test_pages_neither_repeat_nor_lose(admin, deal):
    at = timezone.now() - timedelta(days=1)
    TimelineNote.objects.bulk_create(
        TimelineNote(element_id=deal.pk, kind="note", text=str(n), at=at) for n in range(50)
    )
    target, seen, before = opened(admin, deal), [], None
    while True:
        page = timeline_of(target, before=before)
        seen += [entry.data["note"].text for entry in page.entries if "note" in entry.data]
        if not page.before:
            break
        before = parse_place(page.before)
        note(deal.pk, "note", "came meanwhile", actor=admin)
    assert seen == [str(n) for n in reversed(range(50))]


@pytest.mark.parametrize("text", ["", "x", "2026-01-01~notes~1", "2026-01-01T00:00:00Z~no~1",
                                  "2026-01-01T00:00:00Z~notes~'; DROP"])  # fmt: skip
def test_a_damaged_place_is_none(text):
    assert parse_place(text) is None


def test_a_place_survives_the_address():
    place = Place(timezone.now(), "notes", 5)
    assert parse_place(str(place)) == place


def test_changes_of_closed_fields_are_not_told(admin, deal, employee, lists):
    set_list_rights(
        lists["deal"].pk,
        {Subject("U", employee.pk): {Right.VIEW}, Subject("U", admin.pk): {Right.FULL}},
        actor=admin,
    )
    field = Field.objects.get(list=lists["deal"], code="AMOUNT")
    set_field_rights(
        lists["deal"].pk, field.pk, {}, view_restricted=True, change_restricted=False, actor=admin
    )
    amount = {"AMOUNT": Money(777, "RUB")}
    update_element(lists["deal"].pk, deal.pk, amount, version=1, actor=admin)
    assert "crm/timeline/change.html" in titles(opened(admin, deal))
    assert "crm/timeline/change.html" not in titles(opened(employee, deal))


def test_the_card_costs_the_same_for_much_and_little(
    admin, deal, lists, admin_client, django_assert_max_num_queries
):
    def cost(row) -> int:
        with django_assert_max_num_queries(200) as asked:
            assert admin_client.get(f"/crm/deal/{row.pk}/").status_code == 200
        return len(asked)

    contact = item("contact", admin, "Ivanov", PHONE=["+74951234567"])
    small = item("deal", admin, "Small", CONTACTS=[contact.pk])
    add_comment(lists["deal"].pk, small.pk, "Hello", actor=admin)
    activities.create_activity(small.pk, actor=admin, kind="call", subject="One")
    few = cost(small)
    others = [item("contact", admin, f"Person {n}").pk for n in range(5)]
    large = item("deal", admin, "Large", CONTACTS=[contact.pk, *others], COMMENTS="Much",
                 AMOUNT=Money(5, "RUB"))  # fmt: skip
    for n in range(8):
        add_comment(lists["deal"].pk, large.pk, f"Comment {n}", actor=admin)
        activities.create_activity(large.pk, actor=admin, kind="call", subject=f"Call {n}")
    for code in ("PREPARATION", "EXECUTING"):
        move_to_stage(DEAL, large.pk, stage("deal", code).pk, actor=admin)
    assert cost(large) <= few + 1
    assert few < 90


def test_the_first_page_is_bounded(admin, deal):
    with remembering():
        context = card_context(opened(admin, deal))
    assert len(context["timeline"].entries) <= PAGE


def test_ones_words_are_edited_in_their_place(admin, deal, lists, admin_client):
    words = add_comment(lists["deal"].pk, deal.pk, "Hello", actor=admin)
    url = f"/crm/deal/{deal.pk}/timeline/comment/{words.pk}/"
    assert "Hello</textarea>" in admin_client.get(url, headers=HTMX).content.decode()
    assert admin_client.post(url, {"text": " "}, headers=HTMX).status_code == 422
    changed = admin_client.post(url, {"text": "Good bye"}, headers=HTMX).content.decode()
    assert "Good bye" in changed
    assert "textarea" not in changed
    gone = admin_client.post(url, {"delete": "1"}, headers=HTMX)
    assert "crm:timeline" in gone["HX-Trigger"]
    assert admin_client.get(url, headers=HTMX).status_code == 404


def test_news_leave_as_many_entries_as_were_shown(admin, deal, lists, admin_client):
    for number in range(PAGE + 3):
        add_comment(lists["deal"].pk, deal.pk, f"Comment {number}", actor=admin)
    url = f"/crm/deal/{deal.pk}/timeline/?group=comments"
    shown = [admin_client.get(url + more, headers=HTMX).content.decode().count("crm-entry-head")
             for more in ("", f"&shown={PAGE}&shown=3", "&shown=-5&shown=x")]  # fmt: skip
    assert shown == [PAGE, PAGE + 3, PAGE]
