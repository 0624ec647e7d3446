"""Imports into CRM: every row gets its stage, pipeline and responsible, or an error of its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm_link.models import Stage, StageMove
from crm_link.services.stages import create_pipeline, set_required
from lists_core.models import ElementVersion, Field, Job, List, Section
from lists_core.schema.cache import schema_of
from tests.crm_link.crm_world import item, stage
from tests.lists_core.transfer import rows_of, run_import, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def deals(lists: dict[str, List]) -> List:
    return lists["deal"]


def load(client: Any, deals: List, text: str, **choices: Any) -> Job:
    return run_import(client, upload(client, deals, text), **choices)


def test_each_row_gets_what_every_deal_has(admin, admin_client, deals):
    job = load(admin_client, deals, "Название,Сумма\nДверь,100\nОкно,250\n")
    assert job.result["created"] == 2, job.result
    rows, schema = rows_of(deals, admin), schema_of(deals)
    home = Section.objects.get(list=deals).pk
    assert {schema["STAGE"].read(row) for row in rows} == {stage("deal", "NEW").pk}
    assert {row.section for row in rows} == {home}
    assert {schema["RESPONSIBLE"].read(row) for row in rows} == {admin.pk}
    assert StageMove.objects.filter(element__in=[row.pk for row in rows]).count() == 2
    made = ElementVersion.objects.get(element=rows[0].pk)
    assert made.changes[schema["STAGE"].key] == [None, stage("deal", "NEW").pk]
    assert made.changes["section"] == [None, home]


def test_a_stage_that_asks_refuses_the_line(admin, admin_client, deals):
    amount = Field.objects.get(list=deals, code="AMOUNT")
    set_required(stage("deal", "PREPARATION").pk, [amount.pk], actor=admin)
    text = "Название,Стадия,Сумма\nДверь,В работе,\nОкно,В работе,250\nПол,Новая,\n"
    names = {one.code: one.option.name for one in Stage.objects.filter(option__field__list=deals)}
    text = text.replace("В работе", names["EXECUTING"]).replace("Новая", names["NEW"])
    job = load(admin_client, deals, text)
    assert job.result["created"] == 2
    assert [row.name for row in rows_of(deals, admin)] == ["Окно", "Пол"]
    told = str(job.result)
    assert names["EXECUTING"] in told


def test_the_section_of_the_file_is_the_pipeline(admin, admin_client, deals):
    retail = create_pipeline(deals, "Розница", actor=admin)
    name = stage("deal", "EXECUTING").option.name
    text = f"Название,Раздел,Стадия\nДверь,Розница,{name}\nОкно,,{name}\nПол,Розница,\n"
    job = load(admin_client, deals, text)
    assert job.result["created"] == 3, job.result
    schema = schema_of(List.objects.get(pk=deals.pk))
    codes = {
        row.name: Stage.objects.get(pk=schema["STAGE"].read(row)).code
        for row in rows_of(deals, admin)
    }
    assert codes == {
        "Дверь": f"C{retail.pk}:EXECUTING", "Окно": "EXECUTING", "Пол": f"C{retail.pk}:NEW",
    }  # fmt: skip


def test_changed_rows_are_heard_too(admin, admin_client, deals):
    row = item("deal", admin, "Дверь")
    other = item("deal", admin, "Окно")
    amount = Field.objects.get(list=deals, code="AMOUNT")
    set_required(stage("deal", "PREPARATION").pk, [amount.pk], actor=admin)
    won = stage("deal", "WON").option.name
    text = f"ID,Стадия,Сумма\n{row.pk},{won},100\n{other.pk},{won},\n"
    url = upload(admin_client, deals, text)
    job = run_import(admin_client, url, mode="update", target_0="field:ID", key_0="on")
    assert job.result["updated"] == 1, job.result
    schema = schema_of(List.objects.get(pk=deals.pk))
    now = {one.pk: one for one in rows_of(deals, admin)}
    assert schema["CLOSED_AT"].read(now[row.pk])
    assert schema["STAGE"].read(now[other.pk]) == stage("deal", "NEW").pk
    assert StageMove.objects.filter(element=row.pk).count() == 2


def test_queries_do_not_grow_with_rows(admin, admin_client, deals, django_assert_max_num_queries):
    def text(count: int) -> str:
        return "Название,Сумма\n" + "".join(f"Дверь {n},{n}\n" for n in range(count))

    load(admin_client, deals, text(2))
    with django_assert_max_num_queries(200) as few:
        load(admin_client, deals, text(3))
    with django_assert_max_num_queries(len(few.captured_queries)):
        load(admin_client, deals, text(60))
