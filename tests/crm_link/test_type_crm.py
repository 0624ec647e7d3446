"""The CRM binding: its spellings, titles within rights, the picker, tables, filters, its index."""

from __future__ import annotations

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from crm_link.kinds import COMPANY, DEAL
from crm_link.refs import CrmRef
from lists_core.access import Right
from lists_core.field_types.references import references
from lists_core.filters import search
from lists_core.filters.tree import parse_filter
from lists_core.grid.chips import chips_of
from lists_core.grid.page import open_grid
from lists_core.models import ElementVersion, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.titles import titles_of
from lists_core.services.bulk import bulk_update
from lists_core.services.copies import copy_list
from lists_core.services.elements import create_element, delete_elements, update_element
from lists_core.services.fields import create_field, update_field
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from lists_core.services.type_changes import Target, change_type
from staff.subjects import Subject
from svod.base.errors import Invalid
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db
BOTH = {"kinds": ["deal", "company"], "visible": True}


@pytest.fixture
def bound(admin) -> List:
    """A list bound to deals and companies by TO, to deals alone by DEALS (many)."""
    list_ = create_list(actor=admin, everyone="edit", name="Students")
    create_field(list_.pk, "crm", actor=admin, name="To", code="TO", settings=BOTH)
    only = {"kinds": ["deal"], "visible": True}
    create_field(
        list_.pk, "crm", actor=admin, name="Deals", code="DEALS", settings=only, multiple=True
    )
    return List.objects.get(pk=list_.pk)


def schema(list_):
    return schema_of(List.objects.get(pk=list_.pk))


def add(list_, actor, **values):
    return create_element(list_.pk, {"NAME": "Anna", **values}, actor=actor)


def test_every_spelling_of_bitrix_is_read(admin, bound):
    to, deals = schema(bound)["TO"], schema(bound)["DEALS"]
    for field in (to, deals):
        control = field.type.form_field(field.field, required=False)
        assert control.clean("D_12") == CrmRef("deal", 12)
        assert control.clean("d_12 ") == CrmRef("deal", 12)
    assert to.from_json("CO_3") == CrmRef("company", 3)
    assert deals.from_json(["12", 13, "D_14"]) == [CrmRef("deal", pk) for pk in (12, 13, 14)]
    for raw in ("12", 12, "D", "D_x", "X_1", ["D_1"], True):
        with pytest.raises(ValidationError):
            to.clean(to.from_json(raw))


def test_it_answers_as_bitrix_does_and_keeps_one_form(admin, bound):
    to, deals = schema(bound)["TO"], schema(bound)["DEALS"]
    ref = CrmRef("deal", 12)
    assert to.type.to_bitrix(to.field, ref) == "D_12"
    assert deals.type.to_bitrix(deals.field, ref) == "12"
    assert (to.to_json(ref), deals.to_json([ref])) == ("D_12", ["D_12"])


def test_history_reads_on_when_fewer_kinds_are_allowed(admin, bound, admin_client):
    row = add(bound, admin, TO=CrmRef("company", item("company", admin, "Yolka").pk))
    kept = ElementVersion.objects.get(element=row.pk).changes[schema(bound)["TO"].key][1]
    assert re.fullmatch(r"CO_\d+", kept)
    update_field(schema(bound)["TO"].field.pk, actor=admin, settings={"kinds": ["deal"]})
    assert (
        "Yolka"
        in admin_client.get(reverse("element_history", args=[bound.pk, row.pk])).content.decode()
    )
    # What stands there already stops nobody from changing the rest.
    again = schema(bound)["TO"].read(row)
    update_element(bound.pk, row.pk, {"NAME": "Vera", "TO": again}, version=1, actor=admin)
    with pytest.raises(Invalid):
        add(bound, admin, TO=again)


def test_a_default_of_a_kind_no_longer_allowed_is_none(admin, bound):
    field = schema(bound)["TO"].field
    update_field(field.pk, actor=admin, default="CO_3")
    assert schema(bound)["TO"].default() == CrmRef("company", 3)
    update_field(field.pk, actor=admin, settings={"kinds": ["deal"]}, default=None)
    field.default, field.settings = "CO_3", {"kinds": ["deal"]}
    assert schema(bound)["TO"].type.default(field) is None


def test_titles_are_those_that_the_person_may_read(admin, employee, bound, lists):
    deal = item("deal", admin, "Secret deal").pk
    field, value = schema(bound)["TO"], CrmRef("deal", deal)
    titles = titles_of([(field, value)], actor=admin)[field.key]
    assert field.to_text(value, titles) == "Secret deal"
    html = field.render(value, titles)
    assert f"/crm/deal/{deal}/" in html
    assert "<svg" in html
    assert titles_of([(field, value)], actor=employee)[field.key] == {}
    kept = references.get("crm").kept
    assert kept({None: {deal}}, actor=admin)
    assert not kept({None: {deal}}, actor=employee)
    delete_elements(lists["deal"].pk, [deal], actor=admin)
    assert "(" in field.to_text(value, titles_of([(field, value)], actor=admin)[field.key])


def test_nobody_binds_to_what_they_do_not_see(admin, employee, bound):
    deal = CrmRef("deal", item("deal", admin).pk)
    with pytest.raises(Invalid) as told:
        add(bound, employee, TO=deal)
    assert set(told.value.errors) == {"TO"}
    assert schema(bound)["TO"].read(add(bound, admin, TO=deal)) == deal


def test_one_query_a_kind_of_reference(admin, bound, django_assert_max_num_queries):
    refs = [CrmRef("deal", item("deal", admin, f"D{n}").pk) for n in range(3)]
    refs += [CrmRef("company", item("company", admin, f"C{n}").pk) for n in range(3)]
    field = schema(bound)["TO"]
    with django_assert_max_num_queries(3):
        assert len(titles_of([(field, ref) for ref in refs], actor=admin)[field.key]) == 6


def test_a_table_names_items_by_number_title_phone_and_mail(admin, employee, bound):
    company = item("company", admin, "Ромашка", PHONE=["+74951234567"], EMAIL=["a@b.ru"]).pk
    for name in ("Twin", "Twin"):
        item("deal", admin, name)
    field = schema(bound)["TO"]
    wanted = CrmRef("company", company)
    texts = [f"CO_{company}", "ромашка", "8 (495) 123-45-67", "A@b.ru"]
    read = field.from_texts([*texts, "Twin", "CO_999999", "L_1", ""], actor=admin)
    assert [read[text] for text in texts] == [wanted] * 4
    assert "D_12" in read["Twin"].messages[0]
    assert isinstance(read["CO_999999"], ValidationError)
    assert isinstance(read["L_1"], ValidationError)
    assert read[""] is None
    unseen = field.from_texts(texts, actor=employee)
    assert all(isinstance(value, ValidationError) for value in unseen.values())
    deals = schema(bound)["DEALS"]
    deal = item("deal", admin, "One").pk
    assert deals.from_texts([f"{deal}; One"], actor=admin)[f"{deal}; One"] == [
        CrmRef("deal", deal), CrmRef("deal", deal)
    ]  # fmt: skip


def found_by(list_, actor, code, op, *value):
    tree = parse_filter(
        json.dumps({"and": [{"field": code, "op": op, "value": list(value)}]}), schema(list_)
    )
    rows = found(schema(list_), ElementQuery(filter=tree), actor=actor)
    return set(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("code", ["TO", "DEALS"])
def test_filters(admin, bound, code):
    deal = CrmRef("deal", item("deal", admin).pk)
    row = add(bound, admin, **{code: [deal] if code == "DEALS" else deal}).pk
    empty = add(bound, admin).pk
    assert found_by(bound, admin, code, "any_of", deal) == {row}
    assert found_by(bound, admin, code, "none_of", deal) == {empty}
    assert found_by(bound, admin, code, "of_kind", "deal") == {row}
    assert found_by(bound, admin, code, "empty") == {empty}
    assert found_by(bound, admin, code, "not_empty") == {row}
    if code == "DEALS":
        assert found_by(bound, admin, code, "any_of", str(deal.id)) == {row}


def test_chips_name_the_item_and_the_kind(admin, bound):
    deal = CrmRef("deal", item("deal", admin, "Big one").pk)
    conditions = [
        {"field": "TO", "op": "any_of", "value": [deal]},
        {"field": "TO", "op": "of_kind", "value": ["company"]},
    ]
    grid = open_grid(admin, bound.pk, {"filter": json.dumps({"and": conditions})})
    texts = [chip.text for chip in chips_of(grid)]
    assert "Big one" in texts[0]
    assert str(COMPANY.plural) in texts[1]


def test_search_in_the_list_finds_by_the_titles(admin, bound, monkeypatch):
    firm = CrmRef("company", item("company", admin, "Ромашка").pk)
    deal, other = (CrmRef("deal", item("deal", admin, name).pk) for name in ("Ромашки", "Астры"))
    rows = [add(bound, admin, **own).pk for own in ({"TO": firm}, {"DEALS": [other, deal]})]
    add(bound, admin, TO=other, DEALS=[other])

    def named(word):
        asked = found(schema(bound), ElementQuery(search=word), actor=admin)
        return sorted(one.pk for one in asked)

    assert named("ромаш") == rows
    monkeypatch.setattr(search, "FEW", -1)  # not by ids but by the rows that they are of
    assert named("ромаш") == rows


def test_the_columns_have_an_index_for_the_way_back(admin, bound):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexname LIKE '%%_lookup'",
            [f"list_{bound.pk}"],
        )
        made = sorted(row[0] for row in cursor.fetchall())
    assert ["btree" in made[0], "gin" in made[1]] == [True, True]
    assert all("IS NOT NULL" in one for one in made)


def test_a_copy_of_the_list_is_bound_too(admin, bound):
    copied = copy_list(bound.pk, actor=admin, name="Copy")
    field = schema(copied)["TO"]
    assert field.field.settings == BOTH
    row = add(copied, admin, TO=CrmRef("deal", item("deal", admin).pk))
    assert field.read(row).kind == "deal"


def test_the_type_changes_to_a_string_and_back(admin, bound):
    company = CrmRef("company", item("company", admin, "Ромашка").pk)
    row = add(bound, admin, TO=company).pk
    add(bound, admin, NAME="Nobody")
    field = schema(bound)["TO"].field
    change_type(field.pk, Target("string", multiple=False, settings={}), actor=admin)
    text = schema(bound)["TO"]
    assert text.read(schema(bound).model.objects.get(pk=row)) == "Ромашка"
    change_type(field.pk, Target("crm", multiple=False, settings=BOTH), actor=admin)
    again = schema(bound)["TO"]
    assert again.read(schema(bound).model.objects.get(pk=row)) == company


def test_many_are_bound_at_once_and_none_is_unique(admin, bound):
    deal = CrmRef("deal", item("deal", admin).pk)
    rows = [add(bound, admin).pk for _n in range(2)]
    assert bulk_update(bound.pk, rows, {"TO": deal}, actor=admin).changed == 2
    with pytest.raises(Invalid):
        update_field(schema(bound)["TO"].field.pk, actor=admin, unique=True)


def suggested(client, words="", kinds="deal,company,contact"):
    answer = client.get(reverse("crm_suggest"), {"kinds": kinds, "q": words}).json()
    return [(one["optgroup"], one["text"]) for one in answer["results"]]


def test_the_picker_looks_over_all_the_allowed_kinds(admin, admin_client, bound):
    item("deal", admin, "Older")
    item("deal", admin, "Newer Ёлка")
    number = item(
        "company", admin, "Ёлка", INN="7707083893", PHONE=["+74951234567"], EMAIL=["a@b.ru"]
    ).pk
    item("contact", admin, "Ёлкин")
    assert suggested(admin_client, kinds="deal") == [("deal", "Newer Ёлка"), ("deal", "Older")]
    assert [kind for kind, _name in suggested(admin_client, "ёлк")] == [
        "deal", "contact", "company"
    ]  # fmt: skip
    for words in ("7707083893", "123-45", "a@b", f"CO_{number}", str(number), f"#{number}"):
        assert ("company", "Ёлка") in suggested(admin_client, words), words
    assert suggested(admin_client, "\0") is not None


def test_the_picker_offers_only_what_one_may_read(admin, employee, client, lists):
    item("deal", admin, "Hidden")
    company = item("company", admin, "Seen", PHONE=["+74951234567"])
    everyone = {Subject("U", employee.pk): frozenset({Right.VIEW})}
    set_list_rights(lists["company"].pk, everyone, actor=admin)
    client.force_login(employee)
    assert suggested(client) == [("company", "Seen")]
    field = schema(lists["company"])["PHONE"].field
    update_field(field.pk, actor=admin)
    field.view_restricted = True
    field.save(update_fields=["view_restricted"])
    List.objects.filter(pk=lists["company"].pk).update(
        schema_version=lists["company"].schema_version + 5
    )
    assert suggested(client, "1234567") == []
    answer = client.get(reverse("crm_suggest"), {"kinds": "company"}).json()
    assert answer["results"][0]["note"] == f"CO_{company.pk}"


def test_the_picker_is_one_query_over_the_kinds(admin, admin_client, django_assert_max_num_queries):
    item("deal", admin)
    with django_assert_max_num_queries(14):
        suggested(admin_client, "anything")


def test_the_form_shows_the_title_of_what_is_chosen(admin, admin_client, bound):
    deal = item("deal", admin, "Big one").pk
    row = add(bound, admin, TO=CrmRef(DEAL.slug, deal)).pk
    page = admin_client.get(reverse("element_edit", args=[bound.pk, row])).content.decode()
    assert re.search(rf'<option value="D_{deal}" selected[^>]*>Big one</option>', page)
    assert "kinds=deal%2Ccompany" in page
