"""Requisites: numbers with their check digits, rights, documents that they go into."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm_link import requisite_checks as checks
from crm_link.kinds import COMPANY
from crm_link.models import DealParties, OwnCompany, Requisite
from crm_link.selectors.points import find_by_points
from crm_link.services.merging import merge_items
from crm_link.services.requisites import (
    add_account,
    add_requisite,
    change_requisite,
    choose_parties,
    delete_requisite,
    make_main,
    set_own_companies,
)
from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item
from tests.workflows.docx_files import docx, texts, upload
from workflows.services.document_templates import BadTemplate, create_document_template
from workflows.services.documents import Wanted, make

pytestmark = pytest.mark.django_db
#: The real ones of Sberbank, and of the Treasury's account in Moscow.
FIRM = {
    "name": "ПАО Сбербанк", "inn": "7707083893", "kpp": "773601001", "ogrn": "1027700132195",
    "address": "117312, Москва, ул. Вавилова, 19", "director": "Греф Герман Оскарович",
    "director_post": "Президент", "basis": "Устава",
}  # fmt: skip
ACCOUNT = {
    "bank": "ПАО Сбербанк", "bik": "044525225", "account": "40702810200000000001",
    "corr_account": "30101810400000000225",
}  # fmt: skip
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (checks.is_company_inn, "7707083893", "7707083894"),
        (checks.is_company_inn, "7736207543", "773620754"),
        (checks.is_person_inn, "500100732259", "500100732258"),
        (checks.is_person_inn, "500100732259", "500100732269"),
        (checks.is_ogrn, "1027700132195", "1027700132196"),
        (checks.is_ogrn, "1027700229193", "102770022919"),
        (checks.is_ogrnip, "304500116000157", "304500116000158"),
        (checks.is_kpp, "773601001", "77360100"),
        (checks.is_kpp, "7736AB001", "77B601001"),
        (checks.is_bik, "044525225", "944525225"),
        (checks.is_bik, "044525000", "04452500٠"),
    ],
)
def test_check_digits(check, right, wrong):
    assert check(right)
    assert not check(wrong)


def test_accounts_belong_to_their_bank():
    assert checks.is_corr_account("30101810400000000225", "044525225")
    assert checks.is_account("40101810045250010041", "044525000")
    assert checks.is_account(ACCOUNT["account"], ACCOUNT["bik"])
    assert not checks.is_account(ACCOUNT["account"], "044525974")
    assert not checks.is_corr_account("30101810400000000226", "044525225")


def firm_of(admin, lists, name: str = "Сбербанк", **more):
    company = item("company", admin, name, **more)
    made = add_requisite(lists["company"].pk, company.pk, "company", FIRM, actor=admin)
    return company, made


def test_each_type_of_payer_has_its_own_values(admin, lists):
    company, made = firm_of(admin, lists)
    assert made.is_main
    assert str(made) == "ПАО Сбербанк"
    with pytest.raises(Invalid) as refused:
        change_requisite(made.pk, "company", {"inn": "500100732259", "kpp": "1"}, actor=admin)
    assert set(refused.value.errors) == {"name", "inn", "kpp"}
    sole = {"last_name": "Иванов", "first_name": "Иван", "inn": "5001 0073 2259", "kpp": "x",
            "ogrn": "304500116000157"}  # fmt: skip
    other = add_requisite(lists["company"].pk, company.pk, "sole", sole, actor=admin)
    assert (other.inn, other.kpp, other.is_main) == ("500100732259", "", False)
    make_main(other.pk, actor=admin)
    delete_requisite(other.pk, actor=admin)
    assert Requisite.objects.get(owner=company.pk).is_main
    with pytest.raises(Invalid) as refused:
        add_account(made.pk, {**ACCOUNT, "account": "40702810200000000002"}, actor=admin)
    assert set(refused.value.errors) == {"account"}
    assert add_account(made.pk, ACCOUNT, actor=admin).is_main


def test_rights_are_the_items(admin, lists, employee):
    company, made = firm_of(admin, lists)
    with pytest.raises(NotFound):
        change_requisite(made.pk, "company", FIRM, actor=employee)
    who = Subject("U", employee.pk)
    set_list_rights(lists["company"].pk, {who: frozenset({Right.VIEW})}, actor=admin)
    with pytest.raises(Forbidden):
        delete_requisite(made.pk, actor=employee)
    with pytest.raises(Forbidden):
        set_own_companies([company.pk], actor=employee)
    deal = item("deal", admin, "Сделка")
    with pytest.raises(NotFound):
        add_requisite(lists["deal"].pk, deal.pk, "company", FIRM, actor=admin)


def test_an_inn_of_requisites_finds_the_item(admin, lists):
    company, made = firm_of(admin, lists)
    assert find_by_points(COMPANY, "inn", ["7707083893"], actor=admin) == {"company": [company.pk]}
    other = item("company", admin, "Главная")
    merge_items(COMPANY, other.pk, [company.pk], actor=admin)
    assert Requisite.objects.get(pk=made.pk).owner_id == other.pk
    assert find_by_points(COMPANY, "inn", ["7707083893"], actor=admin) == {"company": [other.pk]}


SECOND = {**ACCOUNT, "account": "40702810500000000002"}


def test_merged_companies_with_the_same_set_keep_all_of_it(admin, lists):
    """The loser's set has a director, an account and deals of its own; each branch has its KPP."""
    main, other = item("company", admin, "Главная"), item("company", admin, "Вторая")
    branch = {**FIRM, "kpp": "771001001"}
    bare = {name: FIRM[name] for name in ("name", "inn", "kpp")}
    add_requisite(lists["company"].pk, main.pk, "company", branch, actor=admin)
    kept = add_requisite(lists["company"].pk, main.pk, "company", bare, actor=admin)
    twin = add_requisite(lists["company"].pk, other.pk, "company", FIRM, actor=admin)
    add_account(kept.pk, ACCOUNT, actor=admin)
    for account in (SECOND, ACCOUNT):
        add_account(twin.pk, account, actor=admin)
    set_own_companies([other.pk], actor=admin)
    deal = item("deal", admin, "Сделка", COMPANY=other.pk)
    chosen = {"payer": twin.pk, "seller": twin.pk}
    choose_parties(lists["deal"].pk, deal.pk, **chosen, actor=admin)
    merge_items(COMPANY, main.pk, [other.pk], actor=admin)
    kept.refresh_from_db()
    assert (kept.director, kept.basis) == (FIRM["director"], FIRM["basis"])
    accounts = kept.accounts.values_list("account", "is_main")
    assert list(accounts) == [(ACCOUNT["account"], True), (SECOND["account"], False)]
    parties = DealParties.objects.get(deal=deal.pk)
    assert (parties.payer_id, parties.seller_id) == (kept.pk, kept.pk)
    assert list(OwnCompany.objects.values_list("pk", "is_main")) == [(main.pk, True)]
    assert Requisite.objects.filter(owner=main.pk).count() == 2


def contract(admin, lists, *paragraphs: str):
    file = upload(docx(*paragraphs))
    return create_document_template(
        upload=file, actor=admin, name="Договор", list_id=lists["deal"].pk
    )


def test_a_contract_of_a_deal_is_filled(admin, lists, employee):
    company, made = firm_of(admin, lists)
    add_account(made.pk, ACCOUNT, actor=admin)
    ours = item("company", admin, "Мы")
    own = {"name": "ООО «Свод»", "inn": "7736207543"}
    add_requisite(lists["company"].pk, ours.pk, "company", own, actor=admin)
    set_own_companies([ours.pk], actor=admin)
    deal = item("deal", admin, "Сделка", COMPANY=company.pk)
    template = contract(
        admin, lists,
        "{{ Seller.NAME }}, ИНН {{ НашаКомпания.ИНН }}",
        "{{ Payer }}: {{ Плательщик.Должность_директора }} {{ Payer.DIRECTOR|genitive }}",
        "Счёт {{ Payer.ACCOUNT }}, БИК {{ Плательщик.БИК }}, ОГРН {{ Payer.OGRN }}",
    )  # fmt: skip
    done = make(template, (lists["deal"].pk, deal.pk), admin, wanted=Wanted(folder=0))
    with done.file.content.open() as content:
        said = texts(content.read())
    assert "ООО «Свод», ИНН 7736207543" in said[0]
    assert "ПАО Сбербанк: Президент Грефа Германа Оскаровича" in said[1]
    assert f"Счёт {ACCOUNT['account']}, БИК 044525225, ОГРН 1027700132195" in said[2]
    with pytest.raises(BadTemplate):
        contract(admin, lists, "{{ Payer.SECRET }}")


def test_the_deal_chooses_among_its_clients(admin, lists, admin_client):
    company, made = firm_of(admin, lists)
    stranger, other = firm_of(admin, lists, "Чужая")
    deal = item("deal", admin, "Сделка", COMPANY=company.pk)
    with pytest.raises(Invalid):
        choose_parties(lists["deal"].pk, deal.pk, payer=other.pk, seller=None, actor=admin)
    choose_parties(lists["deal"].pk, deal.pk, payer=made.pk, seller=None, actor=admin)
    page = admin_client.get(reverse("element_requisites", args=[lists["deal"].pk, deal.pk]))
    assert "7707083893" in page.content.decode()
    assert stranger.pk not in OwnCompany.objects.values_list("pk", flat=True)


def test_pages(admin, lists, admin_client, client, employee):
    company = item("company", admin, "Сбербанк")
    tab = reverse("element_requisites", args=[lists["company"].pk, company.pk])
    page = admin_client.get(tab)
    assert "Реквизитов пока нет" in page.content.decode()
    assert [one["label"] for one in page.context["side_menu"] if one["current"]] == ["CRM"]
    wrong = admin_client.post(f"{tab}add/", {"payer": "company", "inn": "1"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "Нет такого ИНН" in wrong.content.decode()
    saved = admin_client.post(f"{tab}add/", {"payer": "company", **FIRM}, headers=HTMX)
    assert saved.status_code == 204
    one = Requisite.objects.get(owner=company.pk)
    typed = {"payer": "sole", "name": "Новое имя", "inn": "77", "redraw": "1"}
    sole = admin_client.post(f"/crm/requisites/{one.pk}/", typed, headers=HTMX)
    assert sole.context["form"]["last_name"]
    assert sole.context["form"]["inn"].value() == "77"
    assert Requisite.objects.get(owner=company.pk).inn == one.inn
    account = f"/crm/requisites/{one.pk}/accounts/add/"
    assert admin_client.post(account, ACCOUNT, headers=HTMX).status_code == 204
    assert ACCOUNT["account"] in admin_client.get(tab).content.decode()
    own = admin_client.post("/crm/settings/own-companies/", {"companies": [company.pk]})
    assert own.status_code == 302
    assert OwnCompany.objects.get().pk == company.pk
    client.force_login(employee)
    assert client.get(tab).status_code == 404
    assert client.get(f"/crm/requisites/{one.pk}/").status_code == 404
    assert client.get("/crm/settings/own-companies/").status_code == 403
