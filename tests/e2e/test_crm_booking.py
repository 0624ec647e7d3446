"""Two people in two browsers want one flat; losing the deal gives it back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from crm_link.kinds import DEAL
from crm_link.presets import FIELDS
from crm_link.services import setup
from crm_link.services.items import move_to_stage
from staff.models import Employee
from tests.crm_link.booking_world import Estate, estate, roubles
from tests.crm_link.crm_world import crm, stage
from tests.e2e.conftest import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
#: A deal of few fields: eighty columns only take time to make.
NEEDED = {"STAGE", "AMOUNT", "CLOSED_AT", "RESPONSIBLE"}


@pytest.fixture
def world(portal: str, employee: Employee, monkeypatch: pytest.MonkeyPatch) -> Estate:
    few = {"deal": [one for one in FIELDS["deal"] if one.code in NEEDED]}
    monkeypatch.setattr(setup, "FIELDS", few)
    employee.is_superuser = True
    employee.save()
    crm(employee)
    made = estate(employee)
    made.flat("Квартира 12", AREA=Decimal("45.5"), PRICE=roubles(9_000_000))
    made.flat("Квартира 13", AREA=Decimal(61), PRICE=roubles(12_000_000))
    return made


def pick(page: Page, words: str, name: str) -> None:
    """Choose a flat in the form by typing a part of its name."""
    control = page.locator("svod-select", has=page.locator('select[name="FLAT"]'))
    control.locator("input").first.click()
    control.locator("input").first.fill(words)
    page.get_by_role("option", name=name).first.click()


def test_one_wins_the_other_is_told_and_a_lost_deal_gives_the_flat_back(
    portal: str,
    page: Page,
    second: Page,
    sign_in: SignIn,
    world: Estate,
    axe: Callable[..., None],
) -> None:
    other = Employee.objects.create_superuser("boris", "boris@svod.example", "x")
    first_deal, second_deal = world.deal("Ивановы"), world.deal("Петровы")
    sign_in(page, world.actor)
    sign_in(second, other)

    # Both look at the same free flat: one in the table of free objects, one in the deal's form.
    page.goto(portal + reverse("element_booking", args=[world.deals.pk, first_deal.pk]))
    axe(page)
    page.get_by_role("link", name="Выбрать объект").click()
    expect(page.get_by_role("button", name="Забронировать «Квартира 13»")).to_be_visible()
    second.goto(portal + reverse("element_edit", args=[world.deals.pk, second_deal.pk]))
    second.get_by_label("Название").fill("Петровы, две комнаты")
    pick(second, "12", "Квартира 12")

    page.get_by_role("button", name="Забронировать «Квартира 12»").click()
    page.wait_for_url(f"**/crm/deal/{first_deal.pk}/**")
    second.locator("button[type=submit], .sv-form-foot .btn-primary").first.click()
    told = second.get_by_text("«Квартира 12» уже забронирован для сделки «Ивановы».")
    expect(told).to_be_visible()
    expect(second.get_by_label("Название")).to_have_value("Петровы, две комнаты")

    # The table of the second deal does not offer it any more.
    second.goto(portal + reverse("booking_choose", args=[world.rule.pk, second_deal.pk]))
    expect(second.get_by_role("button", name="Забронировать «Квартира 13»")).to_be_visible()
    expect(second.get_by_role("button", name="Забронировать «Квартира 12»")).to_have_count(0)
    axe(second)

    # The first deal is lost: its flat is free again, and the second deal takes it.
    move_to_stage(DEAL, first_deal.pk, stage("deal", "LOSE").pk, actor=world.actor)
    second.reload()
    second.get_by_role("button", name="Забронировать «Квартира 12»").click()
    second.wait_for_url(f"**/crm/deal/{second_deal.pk}/**")
    second.goto(portal + reverse("element_booking", args=[world.deals.pk, second_deal.pk]))
    expect(second.get_by_role("link", name="Квартира 12")).to_be_visible()
    expect(second.get_by_text("45,5").first).to_be_visible()
