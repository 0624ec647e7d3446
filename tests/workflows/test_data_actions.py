"""Actions on elements, starts by events, calls between processes, numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from lists_core.access import Right
from lists_core.models import OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element, update_element
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import (
    START,
    begin,
    put,
    step,
    template_of,
    variables,
)
from workflows.engine.work import work_all
from workflows.models import Instance, IssuedNumber, StepLog, Template
from workflows.services.events import handle_events
from workflows.services.instances import start
from workflows.services.numerators import create_numerator_list, take_number
from workflows.services.templates import create_template, publish, save_draft

FULL = frozenset({Right.FULL})
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def on(template: Template, world: World, element: Any) -> Instance:
    return begin(template, world.anna, element.pk)


def published(
    world: World, steps: list[Any], *triggers: dict[str, Any], code: str = "p"
) -> Template:
    """A template made and published as a designer does it."""
    template = create_template(actor=world.anna, name=code, code=code, list_id=world.list.pk)
    tree = {**template.draft, "steps": steps, "triggers": list(triggers)}
    save_draft(template.pk, tree, draft_version=1, actor=world.anna)
    publish(template.pk, actor=world.anna)
    return Template.objects.get(pk=template.pk)


def stranger_to(world: World) -> Employee:
    set_list_rights(world.list.pk, {Subject.parse(f"U{world.anna.pk}"): FULL}, actor=world.anna)
    return Employee.objects.create_user("out", "out@svod.example", "x", last_name="Чужой")


def pass_events() -> None:
    handle_events(START)
    work_all(START)


def test_it_reads_and_changes_its_element(world: World) -> None:
    element = world.add("Ель", PRICE=Decimal("5"))
    update = step("element_update", values={"NOTE": "{{Document.NAME}}: {{Document.PRICE}}"})
    done = on(template_of([update], list_=world.list), world, element)
    row = world.row(element.pk)
    assert done.status == "done"
    assert schema_of(world.list)["NOTE"].read(row) == "Ель: 5,00"
    assert row.modified_by == world.anna.pk


def test_a_text_becomes_what_the_field_holds_and_a_wrong_one_is_told(world: World) -> None:
    element = world.add()
    good = template_of([step("element_update", values={"PRICE": "12,5"})], list_=world.list)
    on(good, world, element)
    assert schema_of(world.list)["PRICE"].read(world.row(element.pk)) == Decimal("12.5")
    bad = template_of(
        [step("element_update", values={"PRICE": "дорого"})], list_=world.list, code="bad"
    )
    failed = on(bad, world, element)
    assert failed.status == "failed"
    assert failed.error.startswith("Price:")


def test_it_may_no_more_than_the_person_it_works_for(world: World) -> None:
    element = world.add()
    template = template_of([put("a", "{{Document.NAME}}")], list_=world.list)
    assert begin(template, stranger_to(world), element.pk).status == "failed"


def test_it_creates_finds_reads_and_deletes_elements(world: World) -> None:
    steps = [
        step("element_create", "new", list=world.list.pk, values={"NAME": "Дуб", "PRICE": "7"}),
        step("element_find", "found", list=world.list.pk,
             filter={"and": [{"field": "PRICE", "op": "eq", "value": ["7"]}]}),
        step("element_read", "read", list=world.list.pk, element="{{Step.new.id}}"),
        put("name", "{{Step.read.NAME}}"),
        put("found", "{{Step.found.count}}", "p2"),
        put("first", "{{Step.found.first.NAME}}", "p3"),
        step("element_delete", "gone", list=world.list.pk, element="{{Step.new.id}}"),
    ]  # fmt: skip
    done = begin(template_of(steps), world.anna)
    assert done.error == ""
    assert variables(done) == {"name": "Дуб", "found": 1, "first": "Дуб"}
    assert done.state["results"]["gone"] == {"deleted": 1}


def test_a_new_element_starts_the_process_once(world: World) -> None:
    published(world, [step("element_update", values={"NOTE": "начато"})], {"event": "created"})
    element = world.add()
    pass_events()
    pass_events()
    assert Instance.objects.count() == 1
    assert Instance.objects.get().started_by == world.anna
    assert schema_of(world.list)["NOTE"].read(world.row(element.pk)) == "начато"
    assert not OutboxEvent.objects.filter(handled=False).exists()


def test_only_a_change_of_the_chosen_fields_starts(world: World) -> None:
    published(world, [put("a", "1")], {"event": "changed", "fields": ["PRICE"]})
    element = world.add()
    update_element(world.list.pk, element.pk, {"NOTE": "x"}, version=1, actor=world.anna)
    pass_events()
    assert not Instance.objects.exists()
    update_element(world.list.pk, element.pk, {"PRICE": Decimal(3)}, version=2, actor=world.anna)
    pass_events()
    assert Instance.objects.count() == 1


def test_a_filter_of_the_trigger_chooses_elements(world: World) -> None:
    dear = '{"and": [{"field": "PRICE", "op": "gt", "value": ["100"]}]}'
    published(world, [put("a", "1")], {"event": "created", "filter": dear})
    world.add(PRICE=Decimal(5))
    wanted = world.add(PRICE=Decimal(500))
    pass_events()
    assert [one.subject_id for one in Instance.objects.all()] == [wanted.pk]


def test_a_process_that_would_start_itself_is_cut_with_a_reason(world: World) -> None:
    once_more = step("element_update", values={"NOTE": "{{Document.NOTE}}+"})
    published(world, [once_more], {"event": "changed"})
    element = world.add(NOTE="a")
    update_element(world.list.pk, element.pk, {"NOTE": "b"}, version=1, actor=world.anna)
    for _turn in range(5):
        pass_events()
    assert Instance.objects.count() == 1
    assert StepLog.objects.filter(event="cut").count() == 1


def test_two_processes_that_start_each_other_are_cut(world: World) -> None:
    for code, field, value, watched in (("a", "NOTE", "a", "PRICE"), ("b", "PRICE", "7", "NOTE")):
        trigger = {"event": "changed", "fields": [watched]}
        published(world, [step("element_update", values={field: value})], trigger, code=code)
    element = world.add(PRICE=Decimal(1))
    update_element(world.list.pk, element.pk, {"PRICE": Decimal(2)}, version=1, actor=world.anna)
    for _turn in range(12):
        pass_events()
    assert Instance.objects.count() == 2
    assert StepLog.objects.filter(event="cut").exists()


def test_a_called_process_returns_its_variables(world: World) -> None:
    returned = [{"code": "sum", "returned": True}]
    template_of([put("sum", "{{Parameter.a}}0")], code="child", variables=returned)
    call = step("start_process", "call", process="child", parameters={"a": "5"}, wait=True)
    done = begin(template_of([call, put("got", "{{Step.call.sum}}")], code="parent"), world.anna)
    assert (done.status, variables(done)) == ("done", {"got": "50"})
    assert Instance.objects.get(parent=done).depth == 1


def test_a_chain_of_calls_is_not_endless(world: World) -> None:
    template_of([step("start_process", process="p")])
    begin(Template.objects.get(), world.anna)
    assert Instance.objects.filter(status="failed").count() == 1
    assert Instance.objects.count() <= 11


def test_a_stranger_cannot_start_a_process_on_what_he_does_not_see(world: World) -> None:
    from svod.base.errors import NotFound

    element = world.add()
    with pytest.raises(NotFound):
        start(template_of([], list_=world.list), actor=stranger_to(world), subject_id=element.pk)


def test_a_draft_with_mistakes_is_not_published(world: World) -> None:
    from workflows.services.templates import NotPublishable

    steps = [
        step("element_update"), step("nonsense"), put("a", "{{Variable.unknown}}"),
        step("while", branches=[[]], when={}), step("stop"), put("late", "1"),
    ]  # fmt: skip
    with pytest.raises(NotPublishable) as refused:
        published(world, steps)
    told = {problem.step for problem in refused.value.details["problems"]}
    assert told == {"element_update", "nonsense", "put_a", "while", "put_late"}


# --- numbers ------------------------------------------------------------------------------


def numerator(anna: Employee, **values: Any) -> tuple[int, int]:
    list_ = create_numerator_list(actor=anna)
    row = create_element(list_.pk, {"NAME": "Договоры", **values}, actor=anna)
    return list_.pk, row.pk


def test_numbers_are_formatted_and_begin_anew_with_the_year(world: World) -> None:
    list_id, pk = numerator(world.anna, FORMAT="ДОГ-{year}-{number:05}")
    schema = schema_of(create_numerator_list_of(list_id))
    yearly = next(o.pk for o in schema["RESET"].field.options.all() if o.code == "year")
    row = schema.model.objects.get(pk=pk)
    update_element(list_id, pk, {"RESET": yearly}, version=row.version, actor=world.anna)
    taken = [
        take_number(list_id, pk, actor=world.anna, now=START + timedelta(days=days)).text
        for days in (0, 1, 60)
    ]
    assert taken == ["ДОГ-2026-00001", "ДОГ-2026-00002", "ДОГ-2027-00001"]


def create_numerator_list_of(list_id: int) -> Any:
    from lists_core.models import List

    return List.objects.get(pk=list_id)


def test_a_failed_step_gives_its_number_back(world: World) -> None:
    list_id, pk = numerator(world.anna)
    take = step("next_number", "take", list=list_id, numerator=pk)
    bad = step("element_read", list=list_id, element=10**9)
    failed = begin(template_of([take, bad]), world.anna)
    assert failed.status == "failed"
    other = begin(template_of([take], code="other"), world.anna)
    assert other.state["results"]["take"]["value"] == 2
    assert [one.value for one in IssuedNumber.objects.order_by("pk")] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_hundred_takers_get_two_hundred_numbers() -> None:
    world = make_world()
    list_id, pk = numerator(world.anna)

    def take(_place: int) -> int:
        try:
            return take_number(list_id, pk, actor=world.anna).value
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(take, range(200)))
    assert sorted(taken) == list(range(1, 201))
