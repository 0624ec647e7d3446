"""Imports into CRM: every row gets its stage, pipeline and responsible, or an error of its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from moneyed import Money

from crm_link.models import Questionnaire, Stage, StageMove
from crm_link.services.stages import create_pipeline, renew, set_required
from lists_core.models import ElementVersion, Field, Job, List, Section
from lists_core.schema.cache import schema_of
from lists_core.services.bulk import bulk_update
from lists_core.services.many import create_many
from tests.crm_link.booking_world import estate, roubles
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


def test_a_deal_whose_flat_is_taken_is_one_line_that_failed(admin, admin_client):
    world = estate(admin)
    for number in range(3):
        world.flat(f"Flat {number}")
    world.deal("Held", world.flat("Flat 9"))
    text = "Название,Flat\nA,Flat 0\nB,Flat 9\nC,Flat 1\nD,Flat 0\nE,\n"
    for trial in ({"dry": "1"}, {}):
        job = load(admin_client, world.deals, text, **trial)
        assert (job.result["created"], job.result["failed"]) == (3, 2), job.result
        told = str(job.result)
        assert "«Flat 9» уже забронирован для сделки «Held»." in told
        assert "«Flat 0» не свободен: booked." in told
    assert [row.name for row in rows_of(world.deals, admin)] == ["Held", "A", "C", "E"]


def test_queries_do_not_grow_with_flats_and_their_data(
    admin, admin_client, django_assert_max_num_queries
):
    world = estate(admin)
    flats = [{"NAME": f"Flat {n}", "AREA": n, "PRICE": roubles(n)} for n in range(1, 40)]
    create_many(world.flats.pk, flats, actor=admin)

    def text(first: int, last: int) -> str:
        lines = [f"Deal {n},Flat {n}\n" for n in range(first, last)]
        return "".join(["Название,Flat\n", *lines])

    load(admin_client, world.deals, text(1, 3))
    with django_assert_max_num_queries(250) as few:
        load(admin_client, world.deals, text(3, 6))
    with django_assert_max_num_queries(len(few.captured_queries)):
        job = load(admin_client, world.deals, text(6, 40))
    assert job.result["created"] == 34, job.result
    row = rows_of(world.deals, admin)[-1]
    assert (world.get(row, "AREA"), world.get(row, "AMOUNT")) == (39, roubles(39))


def test_queries_do_not_grow_with_leads_that_are_recognised(
    admin, admin_client, lists, django_assert_max_num_queries
):
    people = [{"NAME": f"Person {n}", "PHONE": [f"+7495100{n:04}"]} for n in range(40)]
    made = create_many(lists["contact"].pk, people, actor=admin)

    def text(first: int, last: int) -> str:
        lines = [f"Lead {n},+7495100{n:04}\n" for n in range(first, last)]
        return "".join(["Название,Телефон\n", *lines])

    load(admin_client, lists["lead"], text(0, 2))
    with django_assert_max_num_queries(250) as few:
        load(admin_client, lists["lead"], text(2, 5))
    with django_assert_max_num_queries(len(few.captured_queries)):
        job = load(admin_client, lists["lead"], text(5, 40))
    assert job.result["created"] == 35, job.result
    schema = schema_of(List.objects.get(pk=lists["lead"].pk))
    linked = [schema["CONTACT"].read(row) for row in rows_of(lists["lead"], admin)]
    assert linked == [one.pk for one in made]


def test_a_bulk_move_asks_the_gates_and_products_once(admin, lists, django_assert_max_num_queries):
    deals = create_many(lists["deal"].pk, [{"NAME": f"D{n}"} for n in range(30)], actor=admin)
    ids, to = [one.pk for one in deals], stage("deal", "EXECUTING").pk
    gate = Questionnaire.objects.create(
        name="Gate", list=lists["deal"], stage=stage("deal", "NEW"), is_on=True, gated=True
    )
    renew(lists["deal"])

    def move(some: list[int], amount: int) -> None:
        values = {"STAGE": to, "AMOUNT": Money(amount, "RUB")}
        assert bulk_update(lists["deal"].pk, some, values, actor=admin).changed == len(some)

    move(ids[:1], 1)
    with django_assert_max_num_queries(120) as few:
        move(ids[1:3], 2)
    with django_assert_max_num_queries(len(few.captured_queries)):
        move(ids[3:], 3)
    assert gate.pk
