"""An item of CRM that goes for good: what is its own goes along, what is others' goes on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_link.kinds import DEAL
from crm_link.models import Activity, MergedItem, PhoneCall, ProductRow, TimelineNote
from crm_link.services import activities
from crm_link.services.merging import merge_items
from crm_link.services.products import replace_rows
from crm_link.services.timeline import note
from lists_core.models import Element
from lists_core.schema.cache import schema_of
from lists_core.services.element_bin import empty_element_bins
from lists_core.services.elements import delete_elements
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db
BRICK = {"name": "Brick", "quantity": Decimal(2), "price": Decimal(10)}


def time_is_up(list_: Any, admin: Any) -> int:
    rows = schema_of(list_).model.objects.exclude(deleted_at=None)
    rows.update(deleted_at=timezone.now() - timedelta(days=31))
    return empty_element_bins()


def test_what_hangs_on_it_goes_and_what_names_it_goes_on(
    admin: Any, lists: Any, client: Client
) -> None:
    client.force_login(admin)
    contact, deal = item("contact", admin, "Ирина"), item("deal", admin, "Big sale")
    other = item("deal", admin, "Small sale", CONTACTS=[contact.pk])
    note(deal.pk, "note", "From a form", actor=admin)
    kept = note(other.pk, "note", "Stays", actor=admin)
    activities.create_activity(deal.pk, actor=admin, kind="call", subject="Call")
    PhoneCall.objects.create(external_id="1", element_id=deal.pk, number="1", at=timezone.now())
    replace_rows(deal.pk, [BRICK], actor=admin)
    for one, list_ in ((deal, "deal"), (contact, "contact")):
        delete_elements(lists[list_].pk, [one.pk], actor=admin)
        assert time_is_up(lists[list_], admin) == 1
    assert set(Element.objects.filter(list=lists["deal"])) == {Element.objects.get(pk=other.pk)}
    assert not Activity.objects.exists()
    assert not ProductRow.objects.exists()
    assert not PhoneCall.objects.exists(), "at no item it would be for other people"
    assert list(TimelineNote.objects.filter(kind="note")) == [kept]
    page = client.get(f"/crm/deal/{other.pk}/")
    assert page.status_code == 200, "its link leads to nobody"
    assert "Ирина" not in page.content.decode()
    assert client.get("/crm/deal/kanban/").status_code == 200


def test_the_one_that_is_left_of_a_merge_stays(admin: Any, lists: Any, client: Client) -> None:
    client.force_login(admin)
    winner, loser = item("deal", admin, "One"), item("deal", admin, "Two")
    merge_items(DEAL, winner.pk, [loser.pk], actor=admin)
    assert client.get(f"/crm/deal/{loser.pk}/").status_code in {200, 302}
    assert time_is_up(lists["deal"], admin) == 1
    assert not MergedItem.objects.exists()
    assert client.get(f"/crm/deal/{loser.pk}/").status_code == 404
    assert client.get(f"/crm/deal/{winner.pk}/").status_code == 200
