"""Whom a step means: every way to name people, and nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from lists_core.services.elements import update_element
from staff.models import Department, Employee
from staff.services.departments import create_department
from staff.services.employee_groups import create_group
from staff.services.groups import sync_groups
from svod.base.errors import DomainError
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import step, template_of
from workflows.checking import errors_of
from workflows.engine.context import Context
from workflows.engine.run import Run
from workflows.engine.state import Token
from workflows.engine.writes import Writes
from workflows.models import Instance
from workflows.people import check_spec, people_if_any, people_of
from workflows.services.instances import launch

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def office(world: World) -> SimpleNamespace:
    """Top (headed by anna) → sales (nobody heads it), where petr and two more work."""
    top = create_department(actor=None, name="Дирекция", parent=None)
    sales = create_department(actor=None, name="Продажи", parent=top)
    Department.objects.filter(pk=top.pk).update(head=world.anna)
    vera = person("vera", department=sales)
    gone = person("gone", department=sales, is_active=False)
    world.petr.department = sales
    world.petr.save()
    people = [world.petr, vera, gone, world.anna]
    sync_groups(people)
    return SimpleNamespace(top=top, sales=sales, vera=vera, gone=gone)


def person(name: str, **more: Any) -> Employee:
    email = f"{name}@svod.example"
    return Employee.objects.create_user(name, email, "x", last_name=name.title(), **more)


def context(world: World, **values: Any) -> Context:
    """Of a process that petr started on an element of anna's."""
    world.list.refresh_from_db()
    element = world.add()
    if values:
        update_element(world.list.pk, element.pk, values, version=1, actor=world.anna)
    template = template_of([], code=f"p{Instance.objects.count()}", list_=world.list)
    instance = launch(template, world.petr, subject_id=element.pk)
    run = Run(Instance.objects.get(pk=instance.pk), now=timezone.now(), writes=Writes())
    return Context(run, Token(1), None)  # type: ignore[arg-type]


def test_one_by_number_and_each_only_once(world: World) -> None:
    raw = [f"employee:{world.petr.pk}", str(world.petr.pk), f"employee:{world.anna.pk}"]
    assert people_of(raw, context(world)) == [world.petr, world.anna]


def test_members_of_departments_and_groups(world: World, office: SimpleNamespace) -> None:
    group = create_group(name="Юристы", description="", actor=admin())
    group.group.user_set.add(office.vera, office.gone)
    here = context(world)
    assert set(people_of([f"department:{office.sales.pk}"], here)) == {world.petr, office.vera}
    assert people_if_any([f"department:{office.top.pk}"], here) == []
    below = people_of([f"department_tree:{office.top.pk}"], here)
    assert set(below) == {world.petr, office.vera}
    assert people_of([f"group:{group.pk}"], here) == [office.vera]
    assert office.gone not in people_of(["everyone"], here)


def admin() -> Employee:
    return Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Ян")


def test_heads_and_managers(world: World, office: SimpleNamespace) -> None:
    here = context(world)
    assert people_of([f"head_of_department:{office.sales.pk}"], here) == [world.anna]
    assert people_of([f"manager_of:{world.petr.pk}"], here) == [world.anna]
    assert people_of(["manager_of:starter"], here) == [world.anna]
    world.petr.manager = office.vera
    world.petr.save()
    assert people_of([f"manager_of:{world.petr.pk}"], here) == [office.vera]


def test_starter_and_author(world: World) -> None:
    assert people_of(["starter", "author"], context(world)) == [world.petr, world.anna]


def test_people_from_fields_of_the_element(world: World) -> None:
    world.field("employee", "OWNER")
    world.field("employee", "TEAM", multiple=True)
    here = context(world, OWNER=world.petr.pk, TEAM=[world.anna.pk, world.petr.pk])
    assert people_of(["{{Document.OWNER}}"], here) == [world.petr]
    assert people_of(["{{Document.TEAM}}"], here) == [world.anna, world.petr]
    world.petr.manager = world.anna
    world.petr.save()
    assert people_of(["manager_of:{{Document.OWNER}}"], here) == [world.anna]


@pytest.mark.parametrize("text", ["petr@svod.example", "PETR", "петров Пётр"])
def test_a_text_names_a_person(world: World, text: str) -> None:
    assert people_of(["{{Document.NOTE}}"], context(world, NOTE=text)) == [world.petr]


def test_a_text_of_an_element_never_names_a_group(world: World, office: SimpleNamespace) -> None:
    for text in (f"department:{office.sales.pk}", "everyone", "starter", "{{Process.run_as}}"):
        assert people_if_any(["{{Document.NOTE}}"], context(world, NOTE=text)) == []


def test_namesakes_are_nobody(world: World) -> None:
    for login in ("one", "two"):
        Employee.objects.create_user(login, "", "x", last_name="Ли", first_name="Вэй")
    assert people_if_any(["{{Document.NOTE}}"], context(world, NOTE="Ли Вэй")) == []


@pytest.mark.parametrize(
    "raw", [[], None, "", ["employee:999999"], ["{{Document.NOTE}}"], ["{{Variable.no}}"]]
)
def test_nobody_is_told_clearly(world: World, raw: Any) -> None:
    with pytest.raises(DomainError, match=r"Шаг никого не касается|concerns nobody"):
        people_of(raw, context(world))


def test_the_deactivated_are_nobody(world: World, office: SimpleNamespace) -> None:
    assert people_if_any([f"employee:{office.gone.pk}"], context(world)) == []


@pytest.mark.parametrize("raw", ["employee:x", "planet:3", "group:", "employee:-1", "group:²"])
def test_what_is_not_understood_is_told(world: World, raw: str) -> None:
    with pytest.raises(DomainError):
        people_of([raw], context(world))
    tree = {"steps": [step("notify", "n", people=[raw], text="x")]}
    found = errors_of(tree, template_of([], code="draft"))
    assert [(one.step, one.param) for one in found] == [("n", "people")]


def test_publishing_takes_all_that_has_a_meaning(world: World, office: SimpleNamespace) -> None:
    fine = [
        "starter", "author", "everyone", "manager_of:starter", "manager_of:{{Document.OWNER}}",
        "{{Document.OWNER}}", str(world.anna.pk), f"employee:{world.anna.pk}",
        f"department:{office.top.pk}", f"head_of_department:{office.top.pk}",
    ]  # fmt: skip
    for spec in fine:
        check_spec(spec)
