"""CRM set up: its lists, stages, and what every write to an item keeps true."""

from __future__ import annotations

import pytest

from crm_link.kinds import DEAL, kinds
from crm_link.models import Stage, StageMove
from crm_link.services.items import move_to_stage
from crm_link.services.setup import set_up_crm
from crm_link.services.stages import create_pipeline, set_required
from lists_core.models import Field, List, Section
from lists_core.schema.cache import schema_of
from lists_core.services.bulk import bulk_move, bulk_update
from lists_core.services.copies import copy_list
from lists_core.services.fields import create_field, delete_field, update_field
from lists_core.services.lists import delete_list
from svod.base.errors import Conflict, Forbidden, Invalid
from tests.crm_link.crm_world import crm, item, stage

pytestmark = pytest.mark.django_db


def test_it_makes_the_lists_once(admin, lists):
    assert {row.system for row in lists.values()} == {kind.system for kind in kinds}
    fields, stages = Field.objects.count(), Stage.objects.count()
    again = crm(admin)
    assert {slug: row.pk for slug, row in again.items()} == {
        slug: row.pk for slug, row in lists.items()
    }
    assert (Field.objects.count(), Stage.objects.count()) == (fields, stages)


def test_only_an_administrator_sets_it_up(employee):
    with pytest.raises(Forbidden):
        set_up_crm(actor=employee)


def test_a_new_deal_stands_on_the_first_stage_of_a_pipeline(admin, lists):
    row = item("deal", admin)
    schema = schema_of(lists["deal"])
    assert schema["STAGE"].read(row) == stage("deal", "NEW").pk
    assert row.section == Section.objects.get(list=lists["deal"]).pk
    assert schema["RESPONSIBLE"].read(row) == admin.pk
    assert StageMove.objects.get(element=row.pk).from_stage is None


def test_moving_to_a_final_stage_closes_and_back_opens(admin, lists):
    row = item("deal", admin)
    schema = schema_of(lists["deal"])
    won = move_to_stage(DEAL, row.pk, stage("deal", "WON").pk, actor=admin)
    assert schema["CLOSED_AT"].read(won)
    back = move_to_stage(DEAL, row.pk, stage("deal", "EXECUTING").pk, actor=admin)
    assert schema["CLOSED_AT"].read(back) is None
    moves = StageMove.objects.filter(element=row.pk).values_list("to_stage__code", flat=True)
    assert list(moves) == ["EXECUTING", "WON", "NEW"]


def test_the_pipeline_follows_the_stage_and_the_stage_the_pipeline(admin, lists):
    other = create_pipeline(lists["deal"], "Retail", actor=admin)
    row = item("deal", admin)
    first = Stage.objects.filter(pipeline=other).first()
    moved = move_to_stage(DEAL, row.pk, first.pk, actor=admin)
    assert moved.section == other.pk
    home = Section.objects.exclude(pk=other.pk).get(list=lists["deal"])
    bulk_move(lists["deal"].pk, [row.pk], section_id=home.pk, actor=admin)
    again = schema_of(lists["deal"]).model.objects.get(pk=row.pk)
    assert schema_of(List.objects.get(pk=lists["deal"].pk))["STAGE"].read(again) == (
        stage("deal", "NEW").pk
    )


def test_a_stage_asks_for_fields(admin, lists):
    row = item("deal", admin)
    won = stage("deal", "WON")
    set_required(won.pk, [Field.objects.get(list=lists["deal"], code="AMOUNT").pk], actor=admin)
    with pytest.raises(Invalid) as refused:
        move_to_stage(DEAL, row.pk, won.pk, actor=admin)
    assert set(refused.value.errors) == {"AMOUNT"}
    with pytest.raises(Invalid):
        bulk_update(lists["deal"].pk, [row.pk], {"STAGE": won.pk}, actor=admin)


def test_the_program_keeps_its_lists_and_fields(admin, lists):
    deals = lists["deal"]
    amount = Field.objects.get(list=deals, code="AMOUNT")
    with pytest.raises(Conflict):
        delete_list(deals.pk, actor=admin)
    with pytest.raises(Conflict):
        copy_list(deals.pk, actor=admin)
    with pytest.raises(Conflict):
        delete_field(amount.pk, actor=admin)
    with pytest.raises(Invalid):
        update_field(amount.pk, actor=admin, code="SUM")
    own = create_field(deals.pk, "string", actor=admin, name="Own")
    delete_field(own.pk, actor=admin)


def test_pages(admin, admin_client):
    row = item("deal", admin, "Ivanov Ltd")
    deals = List.objects.get(system="crm.deal")
    page = admin_client.get("/crm/deal/list/")
    assert "Ivanov Ltd" in page.content.decode()
    assert "/crm/deal/" in page.content.decode()
    assert "Ivanov Ltd" in admin_client.get(f"/crm/deal/{row.pk}/").content.decode()
    assert admin_client.get(f"/lists/{deals.pk}/").url.startswith("/crm/deal/list/")
    assert admin_client.get(f"/lists/{deals.pk}/elements/{row.pk}/").url == f"/crm/deal/{row.pk}/"
    assert deals.name not in admin_client.get("/").content.decode().partition("<main")[2]
