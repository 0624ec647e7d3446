"""Lists as tabs of cards: the page, its table, the row of tabs, settings, figures."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from crm_link import card_tabs
from crm_link.figures import offered
from crm_link.kinds import DEAL
from crm_link.models import CardTabSetting, TabFigure
from crm_link.refs import CrmRef
from crm_link.services.tabs import arrange_tabs, set_figures
from crm_link.tabs import lists as provider
from lists_core.access import Right
from lists_core.demo.loading import options
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid
from tests.crm_link.crm_world import item
from tests.crm_link.test_tab_lists import add, deal, make_list, restrict

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def card(ref) -> str:
    return reverse("crm_card", args=[ref.kind, ref.id])


def tab(ref, list_, rows="") -> str:
    return reverse("crm_card_list" + rows, args=[ref.kind, ref.id, list_.pk])


def page(client, address, **headers) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def names_of_tabs(html: str) -> list[str]:
    return [name.strip() for name in re.findall(r'class="sv-tab"[^>]*>([^<]+)<', html)]


def count_of(html: str, name: str) -> str:
    found = re.search(rf'class="sv-tab"[^>]*>{name}<span class="sv-count">([^<]+)</span>', html)
    return found[1] if found else ""


def may_see_deals(employee, admin) -> None:
    list_ = List.objects.get(system=DEAL.system)
    set_list_rights(list_.pk, {Subject("U", employee.pk): frozenset({Right.VIEW})}, actor=admin)


def test_the_card_has_the_list_as_a_tab_with_its_number(admin, admin_client):
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref)
    add(list_, admin, deal(admin))
    html = page(admin_client, card(ref))
    assert "Students" in names_of_tabs(html)
    assert count_of(html, "Students") == "1"
    assert tab(ref, list_) in html


def test_the_tab_is_the_whole_table_confined_to_the_item(admin, admin_client):
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref, "Inside")
    add(list_, admin, deal(admin), "Outside")
    address = tab(ref, list_)
    for query in ("", "?scope=", "?scope=crm-D_1", "?q=side", "?section=0"):
        html = page(admin_client, address + query)
        assert "Inside" in html
        assert "Outside" not in html
    assert f'data-base="/lists/{list_.pk}/"' in html
    assert f'data-rows="{tab(ref, list_, "_rows")}"' in html
    assert f"/elements/add/?scope=crm-{ref}" in html
    part = page(admin_client, tab(ref, list_, "_rows") + "?q=side", **PART)
    assert "Inside" in part
    assert "<html" not in part
    assert "Outside" not in part
    condition = {"field": "NAME", "op": "contains", "value": ["Out"]}
    none = page(
        admin_client, address + "?" + urlencode({"filter": json.dumps({"and": [condition]})})
    )
    assert "Outside" not in none


def test_the_tab_opens_in_the_drawer_too(admin, admin_client):
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref, "Inside")
    html = page(admin_client, tab(ref, list_), **PART)
    assert "<html" not in html
    assert "Inside" in html
    assert f'hx-get="{tab(ref, list_)}"' in html


def test_a_stranger_to_the_list_sees_neither_tab_nor_number_nor_titles(admin, employee, client):
    list_, ref = make_list(admin, "Closed", everyone="none"), deal(admin)
    add(list_, admin, ref, "Secret")
    may_see_deals(employee, admin)
    client.force_login(employee)
    for address in (card(ref), reverse("crm_card_tabs", args=["deal", ref.id])):
        html = page(client, address)
        assert "Closed" not in html
        assert f"/lists/{list_.pk}/" not in html
    assert client.get(tab(ref, list_)).status_code == 404
    assert client.get(tab(ref, list_, "_rows")).status_code == 404


def test_who_may_not_read_the_binding_has_no_tab(admin, employee, client):
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref, "Secret")
    may_see_deals(employee, admin)
    client.force_login(employee)
    assert "Students" in names_of_tabs(page(client, card(ref)))
    restrict(list_, admin)
    assert "Students" not in page(client, card(ref))
    assert client.get(tab(ref, list_)).status_code == 404


def test_a_reader_of_the_list_needs_no_right_to_change_the_item(admin, employee, client):
    list_, ref = make_list(admin), deal(admin)
    may_see_deals(employee, admin)
    client.force_login(employee)
    html = page(client, tab(ref, list_))
    assert f"/elements/add/?scope=crm-{ref}" in html
    answer = client.post(
        reverse("element_add", args=[list_.pk]) + f"?scope=crm-{ref}",
        {"NAME": "Anna", "TO": str(ref)},
    )
    assert answer.status_code == 302
    assert count_of(page(client, card(ref)), "Students") == "1"


def test_who_does_not_see_the_item_finds_no_tab_of_it(admin, employee, client):
    list_, ref = make_list(admin), deal(admin)
    client.force_login(employee)
    assert client.get(tab(ref, list_)).status_code == 404
    assert client.get(reverse("crm_card_figures", args=["deal", ref.id])).status_code == 404


def test_numbers_that_are_late_are_loaded_later(admin, admin_client, monkeypatch):
    list_, ref = make_list(admin), deal(admin)
    add(list_, admin, ref)
    honest = provider.bound_counts

    def slow(actor, ref, bound, *, milliseconds):
        if milliseconds < provider.LATER_MS:
            return None
        return honest(actor, ref, bound, milliseconds=milliseconds)

    monkeypatch.setattr(provider, "bound_counts", slow)
    html = page(admin_client, card(ref))
    assert count_of(html, "Students") == card_tabs.LATE
    later = reverse("crm_card_tabs", args=["deal", ref.id])
    assert re.search(rf'hx-get="{later}\?tab=main" hx-trigger="load, ', html)
    row = page(admin_client, later + "?tab=main", **PART)
    assert count_of(row, "Students") == "1"
    assert "load, " not in row


def test_administrators_order_and_hide_tabs(admin, admin_client, employee, client):
    students, tasks = make_list(admin, "Students"), make_list(admin, "Tasks")
    ref = deal(admin)
    settings = reverse("crm_tabs_of_kind", args=["deal"])
    html = page(admin_client, settings)
    assert html.index("Students") < html.index("Tasks")
    order = [f"list-{tasks.pk}", "history", f"list-{students.pk}", "unknown"]
    answer = admin_client.post(settings, {"order": order, "shown": order[:2]})
    assert answer.status_code == 302
    tabs = names_of_tabs(page(admin_client, card(ref)))
    assert tabs[1] == "Tasks"
    assert "Students" not in tabs
    assert CardTabSetting.objects.filter(tab="unknown").count() == 0
    contact = item("contact", admin).pk
    assert "Tasks" not in page(admin_client, reverse("crm_card", args=["contact", contact]))
    client.force_login(employee)
    assert client.get(settings).status_code == 403
    assert client.post(settings, {"order": order}).status_code == 403


def test_tabs_that_the_manager_does_not_see_stay_in_their_places(admin):
    list_ = make_list(admin)
    slug = f"list-{list_.pk}"
    arrange_tabs(DEAL, [slug, "history"], hidden={slug}, actor=admin)
    arrange_tabs(DEAL, ["history"], hidden=(), actor=admin)
    assert CardTabSetting.objects.get(tab=slug).hidden


# --- figures ---------------------------------------------------------------------------------


@pytest.fixture
def students(admin) -> List:
    list_ = make_list(admin)
    create_field(list_.pk, "list", actor=admin, name="Result", code="RESULT",
                 settings=options(Passed="green", Failed="red"))  # fmt: skip
    create_field(list_.pk, "number", actor=admin, name="Score", code="SCORE",
                 settings={"precision": 0, "unit": "pt"})  # fmt: skip
    create_field(list_.pk, "money", actor=admin, name="Price", code="PRICE",
                 settings={"currencies": ["RUB", "USD"]})  # fmt: skip
    return List.objects.get(pk=list_.pk)


def tell(admin, list_, *texts) -> None:
    set_figures(DEAL, list_, [(text, "") for text in texts], actor=admin)


def told(client, ref) -> dict[str, str]:
    html = page(client, reverse("crm_card_figures", args=["deal", ref.id]))
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", html.replace("\u00a0", " ")))


def fill(admin, list_, ref) -> None:
    schema = schema_of(list_)
    passed, failed = FieldOption.objects.filter(field=schema["RESULT"].field).order_by("sort")
    money = schema["PRICE"]
    for name, option, score, price in (
        ("a", passed, 80, "100|RUB"), ("b", passed, 91, "5|USD"), ("c", failed, None, "50|RUB")
    ):  # fmt: skip
        values = {"NAME": name, "TO": ref, "RESULT": option.pk, "SCORE": score,
                  "PRICE": money.from_json(price)}  # fmt: skip
        create_element(list_.pk, values, actor=admin)


def test_the_card_tells_what_the_list_comes_to(admin, admin_client, students):
    ref, other = deal(admin), deal(admin)
    fill(admin, students, ref)
    add(students, admin, other, SCORE=1)
    schema = schema_of(students)
    passed = FieldOption.objects.get(field=schema["RESULT"].field, name="Passed").pk
    score, price = schema["SCORE"].field.pk, schema["PRICE"].field.pk
    tell(
        admin, students, "count", f"number:{passed}", f"share:{passed}", f"average:{score}",
        f"sum:{score}", f"max:{score}", f"sum:{price}",
    )  # fmt: skip
    values = list(told(admin_client, ref).values())
    assert values[:2] == ["3", "2"]
    assert values[2].startswith("66")
    assert re.match(r"85[.,]5 pt", values[3])
    assert values[4:6] == ["171 pt", "91 pt"]
    assert "150" in values[6]
    assert " + " in values[6]
    empty = list(told(admin_client, deal(admin)).values())
    assert empty[:2] == ["0", "0"]
    assert set(empty[2:]) == {"—"}
    assert "hx-get" in page(admin_client, card(ref))


def test_a_figure_of_a_hidden_field_is_not_told(admin, employee, client, students):
    ref = deal(admin)
    fill(admin, students, ref)
    may_see_deals(employee, admin)
    score = schema_of(students)["SCORE"].field
    tell(admin, students, "count", f"sum:{score.pk}")
    client.force_login(employee)
    assert len(told(client, ref)) == 2
    score.view_restricted = True
    score.save()
    List.objects.filter(pk=students.pk).update(schema_version=students.schema_version + 9)
    assert list(told(client, ref).values()) == ["3"]


def test_a_stranger_to_the_list_is_told_no_figures(admin, employee, client, students):
    ref = deal(admin)
    fill(admin, students, ref)
    may_see_deals(employee, admin)
    tell(admin, students, "count")
    set_list_rights(students.pk, {Subject("U", admin.pk): frozenset({Right.FULL})}, actor=admin)
    client.force_login(employee)
    assert told(client, ref) == {}


def test_only_what_the_list_has_can_be_told(admin, employee, students):
    other = make_list(admin, "Other")
    create_field(other.pk, "number", actor=admin, name="N", code="N")
    foreign = schema_of(List.objects.get(pk=other.pk))["N"].field.pk
    name = schema_of(students)["TO"].field.pk
    for text in (
        f"sum:{foreign}",
        f"sum:{name}",
        "sum",
        "sum:x",
        "count:1",
        "best",
        "share:999999",
    ):
        with pytest.raises(Invalid):
            tell(admin, students, text)
    with pytest.raises(Invalid):
        tell(admin, students, *["count"] * 13)
    with pytest.raises(Forbidden):
        tell(employee, students, "count")
    assert not TabFigure.objects.exists()


def test_figures_are_chosen_in_the_settings(admin, admin_client, students):
    address = reverse("crm_tab_figures", args=["deal", students.pk])
    groups = dict(offered(schema_of(students)))
    assert len(groups) == 7
    score = schema_of(students)["SCORE"].field.pk
    html = page(admin_client, address, **PART)
    assert f'value="average:{score}"' in html
    answer = admin_client.post(
        address,
        {
            "row0-what": "count",
            "row0-label": "People",
            "row1-what": "",
            "row2-what": f"sum:{score}",
        },
        headers=PART,
    )
    assert answer.status_code == 204
    assert list(TabFigure.objects.values_list("measure", "label")) == [
        ("count", "People"),
        ("sum", ""),
    ]
    again = page(admin_client, address, **PART)
    assert "People" in again
    wrong = admin_client.post(address, {"row0-what": "sum:1"}, headers=PART)
    assert wrong.status_code == 422
    assert (
        admin_client.get(reverse("crm_tab_figures", args=["contact", students.pk])).status_code
        == 404
    )


def test_the_card_of_fifty_lists_asks_few_queries(
    admin, admin_client, django_assert_max_num_queries
):
    ref = deal(admin)
    page(admin_client, card(ref))
    for n in range(12):
        add(make_list(admin, f"List {n}"), admin, ref)
    page(admin_client, card(ref))
    with django_assert_max_num_queries(60):
        html = page(admin_client, card(ref))
    assert count_of(html, "List 11") == "1"


def test_a_binding_leads_to_the_card(admin, admin_client):
    list_, ref = make_list(admin), CrmRef("deal", item("deal", admin, "Big one").pk)
    row = add(list_, admin, ref)
    html = page(admin_client, reverse("element", args=[list_.pk, row]))
    assert f'href="{card(ref)}"' in html
