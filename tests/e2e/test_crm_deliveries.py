"""The list of deliveries follows the deal: won, moved to another address, written into by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from crm_link.presets import FIELDS
from crm_link.services import setup
from staff.models import Employee
from tests.crm_link.crm_world import crm, stage
from tests.crm_link.feed_world import Feeds, feeds
from tests.e2e.conftest import SignIn
from tests.e2e.test_crm_booking import NEEDED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(portal: str, employee: Employee, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    few = {"deal": [one for one in FIELDS["deal"] if one.code in NEEDED]}
    monkeypatch.setattr(setup, "FIELDS", few)
    employee.is_superuser = True
    employee.save()
    crm(employee)
    return feeds(employee)


def test_the_delivery_follows_the_deal(
    portal: str, page: Page, sign_in: SignIn, world: Feeds
) -> None:
    deal = world.deal("Кухня", 90_000, won=False, ADDRESS="ул. Ленина, 1")
    sign_in(page, world.actor)
    deliveries = portal + reverse("list", args=[world.deliveries.pk])
    page.goto(deliveries)
    expect(page.get_by_text("ул. Ленина, 1")).to_have_count(0)

    # Won, by the form of the deal.
    edit = portal + reverse("element_edit", args=[world.deals.pk, deal.pk])
    page.goto(edit)
    page.locator('select[name="STAGE"]').select_option(str(stage("deal", "WON").pk), force=True)
    page.locator(".sv-form-foot .btn-primary").first.click()
    page.wait_for_url(f"**/crm/deal/{deal.pk}/**")
    world.follow()
    page.goto(deliveries)
    expect(page.get_by_role("gridcell", name="ул. Ленина, 1", exact=True)).to_be_visible()

    # A driver is written into the delivery by hand, then the address changes in the deal.
    world.write(world.rows()[0], DRIVER="Петров")
    page.goto(edit)
    page.get_by_label("Address").fill("пр. Мира, 5")
    page.locator(".sv-form-foot .btn-primary").first.click()
    page.wait_for_url(f"**/crm/deal/{deal.pk}/**")
    world.follow()
    page.goto(deliveries)
    expect(page.get_by_role("gridcell", name="пр. Мира, 5", exact=True)).to_be_visible()
    expect(page.get_by_role("gridcell", name="ул. Ленина, 1", exact=True)).to_have_count(0)
    # Another address is another delivery; what was written by hand waits with the first in the bin.
    assert [row["DRIVER"] for row in world.rows()] == [None]
    assert [row["DRIVER"] for row in world.rows(binned=True)] == ["Петров"]
