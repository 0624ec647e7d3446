"""Arranging the card: sections, fields in them, hidden ones."""

from __future__ import annotations

import json

import pytest

from crm_link.kinds import DEAL
from crm_link.models import CardSection
from crm_link.selectors.cards import layout_of, whole_layout
from crm_link.services.cards import Laid, arrange_card
from lists_core.models import Field
from lists_core.schema.cache import schema_of
from lists_core.services.fields import create_field
from svod.base.errors import Forbidden, NotFound
from tests.crm_link.crm_world import item

pytestmark = pytest.mark.django_db
URL = "/crm/deal/card-layout/"


@pytest.fixture
def ids(lists) -> dict[str, int]:
    return dict(Field.objects.filter(list=lists["deal"]).values_list("code", "pk"))


def names(lists) -> list[list[str]]:
    schema = schema_of(type(lists["deal"]).objects.get(pk=lists["deal"].pk))
    return [[field.code for field in one.fields] for one in layout_of(DEAL, schema)]


def test_every_field_stands_somewhere_once(lists, ids):
    placed = [code for codes in names(lists) for code in codes]
    assert sorted(placed) == sorted(set(ids) - {"STAGE"})


def test_it_is_arranged_and_new_fields_come_last(admin, lists, ids):
    sections = [Laid("Money", [ids["AMOUNT"], ids["TYPE"]]), Laid("Dates", [ids["BEGIN_DATE"]])]
    arrange_card(DEAL, sections, [ids["COMMENTS"]], actor=admin)
    first, last = names(lists)
    assert first == ["AMOUNT", "TYPE"]
    assert last[0] == "BEGIN_DATE"
    assert "COMMENTS" not in last
    own = create_field(lists["deal"].pk, "string", actor=admin, name="Own")
    assert names(lists)[-1][-1] == own.code
    schema = schema_of(type(lists["deal"]).objects.get(pk=lists["deal"].pk))
    assert [one.code for one in whole_layout(DEAL, schema)[-1].fields] == ["COMMENTS"]


def test_the_page_saves_and_keeps_what_was_typed(admin, admin_client, ids):
    layout = [
        {"name": "Main", "fields": [ids["AMOUNT"], ids["AMOUNT"], 10**12]},
        {"name": "", "fields": []},
    ]
    assert admin_client.post(URL, {"layout": json.dumps(layout)}).status_code == 302
    assert CardSection.objects.get(is_hidden=False).fields == [ids["AMOUNT"]]
    wrong = json.dumps([{"name": " ", "fields": []}, {"name": "", "fields": []}])
    answer = admin_client.post(URL, {"layout": wrong})
    assert answer.status_code == 422
    assert b"sv-error" in answer.content
    for damaged in ("", "{}", "[1]", '[{"name": 1}]', "[[[["):
        assert admin_client.post(URL, {"layout": damaged}).status_code == 422
    assert admin_client.post(URL, {"usual": 1}).status_code == 302
    assert not CardSection.objects.exists()


def test_only_who_manages_the_kind(admin, employee, client, lists, ids):
    item("deal", admin)
    client.force_login(employee)
    assert client.get(URL).status_code == 404
    with pytest.raises((Forbidden, NotFound)):
        arrange_card(DEAL, [Laid("Mine", [])], [], actor=employee)


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
def test_a_name_that_cannot_be_kept_is_told(admin_client, lists, letter):
    layout = json.dumps([{"name": f"Main{letter}", "fields": []}, {"name": "", "fields": []}])
    answer = admin_client.post(URL, {"layout": layout})
    assert answer.status_code == 422
    assert "Main" in answer.content.decode()
    assert not CardSection.objects.exists()
