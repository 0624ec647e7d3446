"""The bar of CRM, the switch of shapes and what is remembered of them."""

from __future__ import annotations

import pytest

from crm_link.navigation import NavItem, crm_navigation, navigation
from crm_link.services.stages import create_pipeline
from lists_core.access import ROLES
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db


def labels(client, url):
    bar = client.get(url).content.decode().partition("sv-crm-nav")[2].partition("</nav>")[0]
    return [part.partition('"')[0] for part in bar.split('href="')[1:]]


def test_the_bar_shows_what_the_person_may_open(admin, lists, employee, client):
    views = {Subject("U", employee.pk): ROLES["view"][1]}
    set_list_rights(lists["deal"].pk, views, actor=admin)
    client.force_login(employee)
    kinds = {"/crm/lead/", "/crm/deal/", "/crm/contact/", "/crm/company/"}
    assert kinds.intersection(labels(client, "/crm/deal/list/")) == {"/crm/deal/"}
    client.force_login(admin)
    shown = labels(client, "/crm/lead/list/")
    assert shown[:4] == ["/crm/lead/", "/crm/deal/", "/crm/contact/", "/crm/company/"]


def test_others_add_entries(admin, lists):
    crm_navigation.register(
        NavItem("more", "More", "crm_set_up", order=15, count=lambda _actor, _seen: 7)
    )
    try:
        found = navigation(admin, "/crm/deal/5/")
        assert [entry["label"] for entry in found][1] == "More"
        assert found[1]["count"] == 7
        assert [entry["url"] for entry in found if entry["current"]] == ["/crm/deal/"]
    finally:
        crm_navigation.unregister("more")


def test_the_last_shape_is_remembered_for_each_kind(admin, lists, admin_client):
    assert admin_client.get("/crm/").url == "/crm/deal/"
    assert admin_client.get("/crm/deal/").url == "/crm/deal/kanban/"
    assert admin_client.get("/crm/contact/").url == "/crm/contact/list/"
    admin_client.get("/crm/deal/list/")
    assert admin_client.get("/crm/deal/").url == "/crm/deal/list/"
    assert admin_client.get("/crm/lead/").url == "/crm/lead/kanban/"


def test_the_last_pipeline_is_remembered(admin, lists, admin_client):
    retail = create_pipeline(lists["deal"], "Retail", actor=admin)
    first = admin_client.get("/crm/deal/kanban/")
    assert first.context["state"].section != retail.pk
    admin_client.get(f"/crm/deal/kanban/?section={retail.pk}")
    assert admin_client.get("/crm/deal/kanban/").context["state"].section == retail.pk


def test_kinds_without_stages_have_a_board_by_another_choice(admin, lists, admin_client):
    page = admin_client.get("/crm/contact/list/").content.decode()
    assert 'href="/crm/contact/kanban/' in page
    assert admin_client.get("/crm/contact/kanban/").context["list"] == lists["contact"]


def test_what_is_closed_has_no_page(lists, employee, client):
    client.force_login(employee)
    assert client.get("/crm/deal/kanban/").status_code == 404
    assert client.get("/crm/deal/").status_code == 404


def test_the_table_shows_one_pipeline_or_all(admin, lists, admin_client):
    retail = create_pipeline(lists["deal"], "Retail", actor=admin)
    item("deal", admin, "Wholesale of doors")
    item("deal", admin, "Doors for a shop", pipeline=retail.pk)
    whole = admin_client.get("/crm/deal/list/").content.decode()
    assert "Wholesale of doors" in whole
    assert "Doors for a shop" in whole
    one = admin_client.get(f"/crm/deal/list/?section={retail.pk}").content.decode()
    assert "Wholesale of doors" not in one
    assert "Doors for a shop" in one
