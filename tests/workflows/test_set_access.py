"""The step that sets access: what it gives, takes, closes, and never beyond its employee."""

from __future__ import annotations

from typing import Any

import pytest

from lists_core.access import Right, rights_on
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from staff.demo import load_people
from staff.models import Department, Employee
from tests.lists_core.element_world import World, make_world
from tests.workflows.process_pages import RUN, VIEW, grant
from tests.workflows.processes import begin, step, template_of
from workflows.models import Instance

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def run(world: World, subject: Any, actor: Employee, **params: Any) -> Instance:
    count = Instance.objects.count()
    template = template_of([step("set_access", **params)], code=f"p{count}", list_=world.list)
    return begin(template, actor, subject.pk)


def held(world: World, element: Any, person: Employee) -> set[str]:
    world.list.refresh_from_db()
    schema = schema_of(world.list)
    row = schema.model.objects.get(pk=element.pk)
    return {right.value for right in rights_on(person, schema, [row])[row.pk]}


def sees(world: World, person: Employee) -> set[int]:
    return set(elements(schema_of(world.list), person).values_list("pk", flat=True))


def test_it_gives_on_this_element_alone_and_takes_back(world: World) -> None:
    element, other = world.add("Ель"), world.add("Тис")
    grant(world)
    him = [f"employee:{world.petr.pk}"]
    assert run(world, element, world.anna, people=him, right="run").status == "done"
    assert held(world, element, world.petr) == {"view", "run"}
    assert held(world, other, world.petr) == set()
    assert sees(world, world.petr) == {element.pk}
    run(world, element, world.anna, people=him, right="view")  # what was given stays
    assert held(world, element, world.petr) == {"view", "run"}
    run(world, element, world.anna, people=him, mode="take")
    assert sees(world, world.petr) == set()


def test_only_closes_the_element_to_all_others(world: World) -> None:
    element = world.add("Ель")
    third = Employee.objects.create_user("third", "third@svod.example", "x", last_name="Третий")
    grant(world, petr=VIEW, third=VIEW)
    run(world, element, world.anna, people=[f"employee:{world.petr.pk}"], mode="only")
    assert held(world, element, world.petr) == {"view"}
    assert held(world, element, third) == set()
    assert "access" in held(world, element, world.anna)


def test_a_department_gets_it_as_such(world: World) -> None:
    people = load_people()
    element = world.add("Ель")
    grant(world)
    place = Department.objects.get(name="Бухгалтерия")
    run(world, element, world.anna, people=[f"department:{place.pk}"], right="view")
    assert held(world, element, people["nadezhda.frolova"]) == {"view"}
    assert held(world, element, people["anna.smirnova"]) == set()


def test_people_may_stand_in_a_field_and_the_element_be_of_another_list(world: World) -> None:
    world.field("employee", "OWNER")
    element = world.add("Ель", OWNER=world.petr.pk)
    other = world.add("Тис")
    grant(world)
    run(world, element, world.anna, people=["{{Document.OWNER}}"])
    assert held(world, element, world.petr) == {"view"}
    where = {"list": world.list.pk, "element": other.pk}
    run(world, element, world.anna, people=["{{Document.OWNER}}"], **where)
    assert held(world, other, world.petr) == {"view"}


def test_nobody_gives_what_they_do_not_hold(world: World) -> None:
    """A-21: the process has its employee's rights and no more."""
    element = world.add("Ель")
    access = frozenset({Right.VIEW, Right.ACCESS})
    grant(world, petr=RUN)
    him = [f"employee:{world.petr.pk}"]
    refused = run(world, element, world.petr, people=him, right="edit")
    assert refused.status == "failed"
    assert held(world, element, world.petr) == {"view", "run"}
    grant(world, petr=access)
    refused = run(world, element, world.petr, people=him, right="full")
    assert refused.status == "failed"
    assert refused.error
    assert "full" not in held(world, element, world.petr)


def test_nobody_meant_is_a_failure_with_a_reason(world: World) -> None:
    world.field("employee", "OWNER")
    element = world.add("Ель")
    failed = run(world, element, world.anna, people=["{{Document.OWNER}}"])
    assert failed.status == "failed"
    assert "никого" in failed.error
