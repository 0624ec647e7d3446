"""A lead is qualified: asked for, too late, an incident, a report, filled in, and on it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from crm_link.kinds import LEAD
from crm_link.models import Asking
from crm_link.services.qualification import set_up_qualification
from crm_link.services.questionnaires import Group, save_questionnaire
from lists_core.models import Field
from staff.models import Employee
from tests.crm_link.crm_world import administrator, crm, item
from tests.crm_link.process_world import go
from tests.e2e.conftest import SignIn

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seller(page: Page, portal: str, sign_in: SignIn) -> Employee:
    """Whoever sells, in a portal whose questionnaire has three questions."""
    admin = administrator()
    crm(admin)
    questionnaire = set_up_qualification(actor=admin)
    ids = dict(Field.objects.filter(list__system="crm.lead").values_list("code", "pk"))
    groups = [
        Group("ПРОДУКТ", [(ids["PRODUCT_PLACE"], True), (ids["PRODUCT_SIZES"], True)]),
        Group("КЛИЕНТ", [(ids["CLIENT_CONTACTS"], False)]),
    ]
    save_questionnaire(questionnaire.pk, actor=admin, groups=groups)
    sign_in(page, admin)
    return admin


def drawer(page: Page) -> Locator:
    return page.locator("svod-drawer dialog[open]")


def move(page: Page, stage: str) -> None:
    page.locator(".crm-steps").get_by_role("button", name=stage, exact=True).click()


def test_from_a_new_lead_to_breach_incident_report_and_on(
    page: Page, portal: str, seller: Employee, axe: Axe
) -> None:
    lead = item("lead", seller, "Столешница на кухню")
    card = f"{portal}/crm/{LEAD.slug}/{lead.pk}/"
    page.goto(card)
    move(page, "Взят в работу")
    expect(page.locator(".crm-steps [aria-current]")).to_contain_text("Взят в работу")
    go()
    it_is_asked_and_saved_in_part(page, portal, axe)
    go(now=Asking.objects.get().due_at + timedelta(minutes=1))
    the_breach_shows_in_the_card_and_the_report(page, portal, card, axe)
    page.goto(card)
    move(page, "Обработан")
    dialog = page.get_by_role("dialog", name="На стадию")
    expect(dialog.get_by_label("Размеры")).to_be_visible()
    page.goto(card)
    expect(page.locator(".crm-steps [aria-current]")).to_have_text("Взят в работу")
    page.goto(f"{portal}/tasks/")
    page.get_by_role("link", name="Заполнить", exact=True).first.click()
    drawer(page).get_by_label("Размеры").fill("2400 × 600")
    drawer(page).get_by_role("button", name="Сохранить ответы").click()
    expect(drawer(page)).to_have_count(0)
    page.goto(card)
    move(page, "Обработан")
    expect(page.locator(".crm-steps [aria-current]")).to_have_text("Обработан")


def it_is_asked_and_saved_in_part(page: Page, portal: str, axe: Axe) -> None:
    page.goto(f"{portal}/tasks/")
    page.get_by_role("link", name="Заполнить", exact=True).click()
    task = drawer(page)
    expect(task.get_by_text("Заполнено 0 из 3")).to_be_visible()
    axe(page, "svod-drawer dialog[open]")
    task.get_by_label("Место применения").fill("Кухня")
    task.get_by_role("button", name="Сохранить ответы").click()
    expect(task).to_have_count(0)
    page.reload()
    expect(page.locator(".tk-meta")).to_contain_text("1/3")


def the_breach_shows_in_the_card_and_the_report(
    page: Page, portal: str, card: str, axe: Axe
) -> None:
    page.goto(card)
    page.locator(".sv-tab", has_text="Инциденты").click()
    expect(page.locator("tbody tr[data-id]")).to_contain_text("просрочена: Столешница")
    page.goto(f"{portal}/crm/reports/qualification/")
    people = page.get_by_role("region", name="По людям").get_by_role("row")
    expect(people.nth(1)).to_contain_text("33")
    expect(page.locator("svod-chart canvas")).to_have_count(2)
    axe(page)
