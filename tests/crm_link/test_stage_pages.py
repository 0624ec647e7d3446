"""The settings of stages and pipelines: their rules, their pages, and who may open them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from moneyed import Money

from crm_link.models import Stage, StageMove
from crm_link.selectors.stages import stages_of
from crm_link.services import stage_removal, stages
from crm_link.services.pipelines import rename_pipeline, sort_pipelines
from crm_link.stage_slots import StageSlot, stage_slots
from lists_core.models import Field, Job, List, Section
from lists_core.schema.cache import schema_of
from lists_core.services.elements import delete_elements
from lists_core.services.jobs import run_job
from lists_core.services.section_deletion import delete_section
from lists_core.services.sections import create_section
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item, stage
from tests.lists_core.element_world import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals(lists: dict[str, List]) -> List:
    return lists["deal"]


def names(deals: List, pipeline: Any = None) -> list[str]:
    place = pipeline or Section.objects.filter(list=deals).order_by("sort", "pk")[0]
    return [str(one) for one in stages_of(deals, place.pk)]


def home(deals: List) -> Section:
    return Section.objects.filter(list=deals).order_by("sort", "pk")[0]


def standing(deals: List) -> list[Any]:
    schema = schema_of(List.objects.get(pk=deals.pk))
    return [schema["STAGE"].read(row) for row in schema.model.objects.order_by("pk")]


def test_a_new_stage_stands_behind_those_in_progress(admin, deals):
    one = stages.add_stage(deals, actor=admin, pipeline_id=home(deals).pk, name="Замер",
                           color="teal", patience=3)  # fmt: skip
    shown = names(deals)
    assert shown.index("Замер") == 5
    assert one.code == f"C{home(deals).pk}:UC_{one.pk}"
    lost = stages.add_stage(deals, actor=admin, pipeline_id=home(deals).pk, name="Отказ",
                            semantics="F")  # fmt: skip
    assert names(deals)[-1] == "Отказ"
    assert lost.is_final
    for wrong in ({"name": " "}, {"name": "x", "color": "url(x)"}, {"name": "x", "patience": -1},
                  {"name": "x", "semantics": "S"}):  # fmt: skip
        with pytest.raises(Invalid):
            stages.add_stage(deals, actor=admin, pipeline_id=home(deals).pk, **wrong)
    with pytest.raises(NotFound):
        stages.add_stage(deals, actor=admin, name="Nowhere")


def test_order_keeps_final_stages_behind(admin, deals):
    ids = [one.pk for one in stages_of(deals, home(deals).pk)]
    stages.sort_stages(deals, ids[::-1], actor=admin, pipeline_id=home(deals).pk)
    meanings = [one.semantics for one in stages_of(deals, home(deals).pk)]
    assert meanings == ["P"] * 5 + ["S", "F", "F"]
    assert next(iter(stages_of(deals, home(deals).pk))).pk == ids[4]
    version = List.objects.get(pk=deals.pk).schema_version
    assert version > deals.schema_version


def test_a_pipeline_keeps_its_success_and_a_failure(admin, deals):
    with pytest.raises(Conflict):
        stage_removal.delete_stage(stage("deal", "WON").pk, actor=admin)
    stage_removal.delete_stage(stage("deal", "APOLOGY").pk, actor=admin)
    with pytest.raises(Conflict):
        stage_removal.delete_stage(stage("deal", "LOSE").pk, actor=admin)
    with pytest.raises(Conflict):
        stages.update_stage(stage("deal", "LOSE").pk, actor=admin, semantics="P")
    with pytest.raises(Invalid):
        stages.update_stage(stage("deal", "NEW").pk, actor=admin, semantics="S")


def test_meaning_changes_where_nothing_stands(admin, deals):
    item("deal", admin)
    with pytest.raises(Invalid):
        stages.update_stage(stage("deal", "NEW").pk, actor=admin, semantics="F")
    changed = stages.update_stage(
        stage("deal", "EXECUTING").pk, actor=admin, semantics="F", name="Отказ", color="red"
    )
    assert changed.semantics == "F"
    assert "Отказ" in names(deals)[-3:]


def test_items_of_a_removed_stage_go_to_another(admin, deals):
    row, gone = item("deal", admin), stage("deal", "NEW")
    binned = item("deal", admin)
    delete_elements(deals.pk, [binned.pk], actor=admin)
    with pytest.raises(Invalid):
        stage_removal.delete_stage(gone.pk, actor=admin)
    field = Field.objects.get(list=deals, code="AMOUNT")
    stages.set_required(stage("deal", "PREPARATION").pk, [field.pk], actor=admin)
    to = stage("deal", "PREPARATION").pk
    assert stage_removal.delete_stage(gone.pk, actor=admin, to=to) is None
    assert standing(deals) == [to, to]
    assert StageMove.objects.filter(element=row.pk).first().to_stage_id == to
    assert "NEW" not in [one.code for one in stages_of(deals, home(deals).pk)]


def test_many_items_go_by_a_job(admin, deals, monkeypatch):
    monkeypatch.setattr(stage_removal, "AT_ONCE", 1)
    monkeypatch.setattr(stage_removal, "BATCH", 2)
    for _number in range(3):
        item("deal", admin)
    to = stage("deal", "WON").pk
    job = stage_removal.delete_stage(stage("deal", "NEW").pk, actor=admin, to=to)
    assert job is not None
    run_job(job.pk)
    assert Job.objects.get(pk=job.pk).result == {"changed": 3}
    assert standing(deals) == [to] * 3
    schema = schema_of(List.objects.get(pk=deals.pk))
    assert all(schema["CLOSED_AT"].read(row) for row in schema.model.objects.all())


@pytest.fixture
def many(admin, deals, monkeypatch):
    """Three deals on the first stage, which are many."""
    monkeypatch.setattr(stage_removal, "AT_ONCE", 1)
    monkeypatch.setattr(stage_removal, "BATCH", 2)
    return [item("deal", admin) for _number in range(3)]


def test_who_comes_when_the_job_is_done_goes_too(admin, deals, many, monkeypatch):
    to = stage("deal", "PREPARATION").pk

    def moved_then_one_comes(list_id: int, params: dict[str, Any], *, actor: Any) -> int:
        moved = stage_removal.carry(list_id, params, actor=actor)
        if not moved:
            item("deal", admin, "Late")
        return moved

    monkeypatch.setattr("crm_link.jobs.empty_stages.carry", moved_then_one_comes)
    job = stage_removal.delete_stage(stage("deal", "NEW").pk, actor=admin, to=to)
    run_job(job.pk)
    assert standing(deals) == [to] * 4


def test_a_job_that_stops_leaves_the_stage_with_its_items(admin, deals, many):
    gone, to = stage("deal", "NEW"), stage("deal", "EXECUTING")
    job = stage_removal.delete_stage(gone.pk, actor=admin, to=to.pk)
    stage_removal.delete_stage(to.pk, actor=admin)
    run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == Job.State.FAILED
    assert standing(deals) == [gone.pk] * 3
    there = stage("deal", "PREPARATION").pk
    run_job(stage_removal.delete_stage(gone.pk, actor=admin, to=there).pk)
    assert standing(deals) == [there] * 3


def test_pipelines_come_and_go(admin, deals):
    field = Field.objects.get(list=deals, code="AMOUNT")
    stages.set_required(stage("deal", "WON").pk, [field.pk], actor=admin)
    stages.update_stage(stage("deal", "NEW").pk, actor=admin, name="Заявка", patience=2)
    copy = stages.create_pipeline(deals, "Розница", actor=admin, copy_of=home(deals).pk)
    assert names(deals, copy) == names(deals)
    copied = Stage.objects.get(code=f"C{copy.pk}:WON")
    assert [one.code for one in copied.required.all()] == ["AMOUNT"]
    rename_pipeline(deals, copy.pk, "Розничная", actor=admin)
    sort_pipelines(deals, [copy.pk], actor=admin)
    assert home(deals).name == "Розничная"
    row = item("deal", admin, pipeline=copy.pk, AMOUNT=Money(Decimal(5), "RUB"))
    with pytest.raises(Invalid):
        stage_removal.delete_pipeline(deals, copy.pk, actor=admin)
    stage_removal.delete_pipeline(deals, copy.pk, actor=admin, to=stage("deal", "NEW").pk)
    assert not Section.objects.filter(pk=copy.pk).exists()
    schema = schema_of(List.objects.get(pk=deals.pk))
    assert schema.model.objects.get(pk=row.pk).section == home(deals).pk
    with pytest.raises(Conflict):
        stage_removal.delete_pipeline(deals, home(deals).pk, actor=admin)


def test_sections_of_deals_change_here_alone(admin, admin_client, deals):
    with pytest.raises(Conflict):
        create_section(deals.pk, actor=admin, name="A section")
    with pytest.raises(Conflict):
        delete_section(deals.pk, home(deals).pk, actor=admin)
    assert admin_client.get(f"/lists/{deals.pk}/sections/").status_code == 404


def test_only_who_may_change_the_settings(admin, deals, employee, client):
    client.force_login(employee)
    one, pipeline = stage("deal", "NEW"), home(deals)
    base = "/crm/settings/"
    for url in (
        "stages/", "stages/deal/", "stages/deal/add/", f"stages/{one.pk}/", "directories/",
        f"stages/{one.pk}/delete/", "pipelines/add/", f"pipelines/{pipeline.pk}/",
        f"pipelines/{pipeline.pk}/delete/",
    ):  # fmt: skip
        assert client.get(base + url).status_code == 403, url
    for url in (f"stages/deal/order/?pipeline={pipeline.pk}", "pipelines/order/"):
        assert client.post(base + url).status_code == 403, url
    for call in (
        lambda: stages.update_stage(one.pk, actor=employee, name="x"),
        lambda: stages.set_required(one.pk, [], actor=employee),
        lambda: stage_removal.delete_stage(one.pk, actor=employee),
        lambda: rename_pipeline(deals, pipeline.pk, "x", actor=employee),
    ):
        with pytest.raises(Forbidden):
            call()


def test_the_pages(admin, admin_client, deals, django_assert_max_num_queries):
    class Slot(StageSlot):
        slug = "notes"

        def cells(self, actor: Any, list_: Any, given: Any) -> dict[int, str]:
            return {one.pk: f"<b>notes of {one.code}</b>" for one in given}

    item("deal", admin)
    stage_slots.register(Slot())
    try:
        page = admin_client.get("/crm/settings/stages/deal/").content.decode()
    finally:
        stage_slots.unregister("notes")
    assert "notes of WON" in page
    assert admin_client.get("/crm/settings/stages/lead/").status_code == 200
    assert "Источник" in admin_client.get("/crm/settings/directories/").content.decode()
    assert admin_client.get("/crm/settings/stages/contact/").status_code == 404
    with django_assert_max_num_queries(30):
        admin_client.get("/crm/settings/stages/deal/")


def test_the_dialogs(admin, admin_client, deals):
    pipeline, one = home(deals), stage("deal", "EXECUTING")
    amount = Field.objects.get(list=deals, code="AMOUNT").pk
    base = "/crm/settings/"
    given = {"name": "Замер", "color": "teal", "semantics": "P", "patience": "3",
             "required": amount}  # fmt: skip
    url = f"{base}stages/deal/add/?pipeline={pipeline.pk}"
    assert admin_client.post(url, {**given, "name": ""}, headers=HTMX).status_code == 422
    assert admin_client.post(url, given, headers=HTMX).status_code == 204
    made = Stage.objects.get(option__name="Замер")
    assert [field.pk for field in made.required.all()] == [amount]
    edited = {"name": "В цеху", "color": "blue", "semantics": "P", "patience": "9"}
    admin_client.post(f"{base}stages/{one.pk}/", edited, headers=HTMX)
    assert stage("deal", "EXECUTING").option.name == "В цеху"
    item("deal", admin, STAGE=one.pk)
    dialog = admin_client.get(f"{base}stages/{one.pk}/delete/", headers=HTMX).content.decode()
    assert "1" in dialog
    to = stage("deal", "NEW").pk
    admin_client.post(f"{base}stages/{one.pk}/delete/", {"to": to}, headers=HTMX)
    assert standing(deals) == [to]
    answer = admin_client.post(f"{base}pipelines/add/", {"name": "Опт"}, headers=HTMX)
    assert "pipeline=" in answer["HX-Location"]


def test_a_dialog_opened_by_itself_is_a_page(admin, admin_client, deals):
    url = f"/crm/settings/stages/{stage('deal', 'NEW').pk}/"
    assert "<main" in admin_client.get(url).content.decode()
    part = admin_client.get(url, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in part.content.decode()
