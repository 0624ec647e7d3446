"""What stages keep true whoever writes: fields asked for, pipelines, history, many at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from crm_link.kinds import DEAL
from crm_link.models import Stage, StageMove
from crm_link.services.items import move_to_stage
from crm_link.services.stages import create_pipeline, set_required
from lists_core.access import ROLES, forget
from lists_core.grid.bulk_form import BulkForm
from lists_core.grid.cell_form import editor
from lists_core.models import Field, FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.bulk import bulk_move, bulk_update
from lists_core.services.elements import update_element
from lists_core.services.rights import set_field_rights, set_list_rights, set_section_rights
from staff.subjects import Subject
from svod.base.errors import Invalid
from tests.crm_link.crm_world import item, stage

pytestmark = pytest.mark.django_db
PRICE = Money(Decimal(100), "RUB")


@pytest.fixture
def deals(lists: dict[str, List]) -> List:
    return lists["deal"]


def ask(deals: List, code: str, *fields: str, actor: Any) -> None:
    ids = Field.objects.filter(list=deals, code__in=fields).values_list("pk", flat=True)
    set_required(stage("deal", code).pk, list(ids), actor=actor)


def current(deals: List, row: Any) -> Any:
    return schema_of(List.objects.get(pk=deals.pk)).model.objects.get(pk=row.pk)


def change(deals: List, row: Any, actor: Any, **values: Any) -> Any:
    now = current(deals, row)
    return update_element(deals.pk, row.pk, values, version=now.version, actor=actor)


def test_it_asks_from_the_stage_on(admin, deals):
    ask(deals, "PREPARATION", "AMOUNT", actor=admin)
    row = item("deal", admin)
    for code in ("PREPARATION", "EXECUTING", "WON"):
        with pytest.raises(Invalid) as refused:
            move_to_stage(DEAL, row.pk, stage("deal", code).pk, actor=admin)
        assert set(refused.value.errors) == {"AMOUNT"}
    move_to_stage(DEAL, row.pk, stage("deal", "LOSE").pk, actor=admin)
    move_to_stage(DEAL, row.pk, stage("deal", "NEW").pk, actor=admin)


def test_what_it_asked_for_is_not_emptied_later(admin, deals):
    ask(deals, "PREPARATION", "AMOUNT", actor=admin)
    row = item("deal", admin, AMOUNT=PRICE, STAGE=stage("deal", "EXECUTING").pk)
    with pytest.raises(Invalid) as refused:
        change(deals, row, admin, AMOUNT=None)
    assert set(refused.value.errors) == {"AMOUNT"}
    change(deals, row, admin, NAME="Other", AMOUNT=Money(Decimal(7), "RUB"))
    move_to_stage(DEAL, row.pk, stage("deal", "NEW").pk, actor=admin)
    change(deals, row, admin, AMOUNT=None)


def test_an_item_of_before_may_be_changed(admin, deals):
    row = item("deal", admin, STAGE=stage("deal", "EXECUTING").pk)
    ask(deals, "PREPARATION", "AMOUNT", actor=admin)
    assert change(deals, row, admin, NAME="Other").name == "Other"


def test_nobody_is_asked_for_what_they_may_not_fill(admin, deals, employee):
    ask(deals, "PREPARATION", "AMOUNT", actor=admin)
    grants = {Subject("U", employee.pk): ROLES["edit"][1]}
    set_list_rights(deals.pk, grants, actor=admin)
    amount = Field.objects.get(list=deals, code="AMOUNT")
    set_field_rights(deals.pk, amount.pk, {}, view_restricted=True, change_restricted=True,
                     actor=admin)  # fmt: skip
    row = item("deal", employee)
    moved = move_to_stage(DEAL, row.pk, stage("deal", "PREPARATION").pk, actor=employee)
    assert schema_of(deals)["STAGE"].read(moved) == stage("deal", "PREPARATION").pk


def test_of_many_those_that_lack_something_stay(admin, deals):
    ask(deals, "PREPARATION", "AMOUNT", actor=admin)
    full, bare = item("deal", admin, AMOUNT=PRICE), item("deal", admin)
    to = stage("deal", "PREPARATION").pk
    report = bulk_update(deals.pk, [full.pk, bare.pk], {"STAGE": to}, actor=admin)
    assert (report.changed, report.skipped) == (1, 1)
    assert "PREPARATION" not in report.problems[str(bare.pk)]
    assert stage("deal", "PREPARATION").option.name in report.problems[str(bare.pk)]
    assert current(deals, bare).version == 1
    assert StageMove.objects.filter(to_stage=to).count() == 1


def test_many_moved_to_a_pipeline_begin_there(admin, deals):
    retail = create_pipeline(deals, "Retail", actor=admin)
    rows = [item("deal", admin, AMOUNT=PRICE), item("deal", admin)]
    first = Stage.objects.filter(pipeline=retail).order_by("option__sort").first()
    report = bulk_move(deals.pk, [row.pk for row in rows], section_id=retail.pk, actor=admin)
    assert report.changed == 2
    assert StageMove.objects.filter(to_stage=first).count() == 2


def test_a_namesake_is_meant_where_both_are_given(admin, deals):
    retail = create_pipeline(deals, "Retail", actor=admin)
    row = item("deal", admin, STAGE=stage("deal", "EXECUTING").pk, pipeline=retail.pk)
    assert row.section == retail.pk
    assert schema_of(deals)["STAGE"].read(row) == stage("deal", f"C{retail.pk}:EXECUTING").pk


def test_removed_stages_take_nothing(admin, deals):
    row, gone = item("deal", admin), stage("deal", "EXECUTING")
    FieldOption.objects.filter(pk=gone.pk).update(deleted_at="2026-01-01T00:00Z")
    List.objects.filter(pk=deals.pk).update(schema_version=deals.schema_version + 50)
    with pytest.raises(Invalid):
        move_to_stage(DEAL, row.pk, gone.pk, actor=admin)


def test_a_thousand_moves_ask_as_little_as_ten(admin, deals):
    rows = [item("deal", admin, AMOUNT=PRICE).pk for _number in range(12)]
    ask(deals, "PREPARATION", "AMOUNT", actor=admin)
    to = stage("deal", "PREPARATION").pk
    asked = []
    for ids in (rows[:2], rows[2:]):
        with CaptureQueriesContext(connection) as seen:
            bulk_update(deals.pk, ids, {"STAGE": to}, actor=admin)
        own = [one["sql"] for one in seen.captured_queries if "crm_link_stage" in one["sql"]]
        asked.append(len(own))
    assert asked[1] <= asked[0]


def test_one_item_is_offered_its_own_pipeline(admin, deals):
    retail = create_pipeline(deals, "Retail", actor=admin)
    row = item("deal", admin, pipeline=retail.pk)
    field = schema_of(List.objects.get(pk=deals.pk))["STAGE"]
    offered = {pk for pk, _name in editor(field, row, actor=admin).fields["value"].choices if pk}
    assert offered == set(Stage.objects.filter(pipeline=retail).values_list("pk", flat=True))


def test_many_are_offered_the_pipelines_one_knows(admin, deals, employee):
    retail = create_pipeline(deals, "Retail", actor=admin)
    field = schema_of(List.objects.get(pk=deals.pk))["STAGE"]
    groups = dict(BulkForm([field], actor=admin).fields["STAGE"].choices)
    assert "Retail" in groups
    grants = {Subject("U", employee.pk): ROLES["edit"][1]}
    set_section_rights(deals.pk, retail.pk, grants, actor=admin, restricted=False)
    forget()
    own = BulkForm([field], actor=employee).fields["STAGE"].choices
    offered = {pk for pk, _name in own if pk}
    assert offered == set(Stage.objects.filter(pipeline=retail).values_list("pk", flat=True))


def test_a_cell_moves_a_deal(admin, admin_client, deals):
    row = item("deal", admin)
    to = stage("deal", "EXECUTING").pk
    url = f"/lists/{deals.pk}/rows/{row.pk}/cells/STAGE/"
    assert str(to) in admin_client.get(url).content.decode()
    admin_client.post(url, {"value": to, "version": 1})
    assert schema_of(deals)["STAGE"].read(current(deals, row)) == to
