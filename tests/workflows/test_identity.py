"""A-21 and A-23: a process has the rights of its employee, asked at every step, and nobody else's.

docs/access.md, "Processes".
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from lists_core.access import Right
from lists_core.schema.cache import schema_of
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Forbidden, NotFound
from tests.lists_core.element_world import World, make_world
from tests.workflows.process_pages import RUN, VIEW, grant, signed_in
from tests.workflows.processes import begin, signal, step, template_of, variables
from workflows.models import Instance, Template
from workflows.services.instances import launch
from workflows.services.templates import set_run_as

pytestmark = pytest.mark.django_db
FULL = frozenset({Right.FULL})
EDIT = frozenset({Right.VIEW, Right.ADD, Right.CHANGE, Right.DELETE, Right.RUN})
SECRET = "тайное слово"


@pytest.fixture
def world(db: None) -> World:
    """Anna's list, on which Petr may run processes, beside which stands one that is hers alone."""
    made = make_world()
    grant(made, petr=RUN)
    return made


@pytest.fixture
def closed(world: World) -> World:
    """Anna's other list, of which Petr knows nothing."""
    list_ = create_list(actor=world.anna, name="Зарплаты")
    other = World(world.anna, world.petr, list_)
    other.field("string", "NOTE")
    other.add("Оклад", NOTE=SECRET)
    return other


def reading(closed: World, element: int) -> list[dict[str, Any]]:
    """Find everything in the closed list, read what was found and an element by its number."""
    find = step("element_find", "find", list=closed.list.pk)
    each = step(
        "foreach", "each",
        [[step("element_read", "read", list=closed.list.pk, element="{{Variable.one}}"),
          step("set_variable", "keep", variable="word", value="{{Step.read.NOTE}}")]],
        values="{{Step.find.ids}}", variable="one",
    )  # fmt: skip
    by_number = step("element_read", "direct", list=closed.list.pk, element=element)
    return [find, each, by_number]


def template(world: World, steps: list[dict[str, Any]], code: str = "p") -> Template:
    names = [{"code": "one"}, {"code": "word"}]
    return template_of(steps, code=code, list_=world.list, variables=names)


def test_a_starter_without_rights_reads_nothing_though_the_owner_drew_the_process(
    world: World, closed: World
) -> None:
    hidden = schema_of(closed.list).model.objects.get()
    made = template(world, reading(closed, hidden.pk)[1:], code="each")
    Template.objects.filter(pk=made.pk).update(created_by=world.anna)
    element = world.add("Ель")
    by_number = begin(template(world, reading(closed, hidden.pk)[2:]), world.petr, element.pk)
    assert by_number.status == "failed"
    assert SECRET not in str(by_number.state)
    assert SECRET not in by_number.error
    finding = begin(template(world, reading(closed, hidden.pk)[:2], "find"), world.petr, element.pk)
    assert finding.status == "failed"  # not even the list is there
    assert SECRET not in str(finding.state)


def test_rows_that_the_starter_may_not_read_are_not_looped_over(world: World) -> None:
    """The list is visible, one of its elements alone is not."""
    seen, hidden = world.add("Видно", NOTE="открыто"), world.add("Закрыто", NOTE=SECRET)
    from lists_core.services.rights import set_element_rights

    set_element_rights(world.list.pk, hidden.pk, {}, restricted=True, actor=world.anna)
    made = template(world, reading(world, seen.pk))
    petrs = begin(made, world.petr, seen.pk)
    assert petrs.status == "done"
    assert petrs.state["results"]["find"]["ids"] == [seen.pk]
    assert variables(petrs)["word"] == "открыто"
    assert SECRET not in str(petrs.state)
    annas = begin(made, world.anna, seen.pk)
    assert set(annas.state["results"]["find"]["ids"]) == {seen.pk, hidden.pk}
    assert SECRET in str(annas.state)


def test_the_owner_who_starts_it_reads_what_the_owner_may(world: World, closed: World) -> None:
    hidden = schema_of(closed.list).model.objects.get()
    done = begin(template(world, reading(closed, hidden.pk)), world.anna, world.add().pk)
    assert done.status == "done"
    assert variables(done)["word"] == SECRET


def test_a_service_employee_reads_for_whoever_starts_it(world: World, closed: World) -> None:
    """Documented: the process may more than its starter; its values are not the starter's."""
    hidden = schema_of(closed.list).model.objects.get()
    made = template(world, reading(closed, hidden.pk))
    Template.objects.filter(pk=made.pk).update(run_as="employee", service_employee=world.anna)
    made.refresh_from_db()
    done = begin(made, world.petr, world.add().pk)
    assert done.status == "done"
    page = signed_in(world.petr).get(reverse("instance", args=[done.pk])).content.decode()
    assert SECRET not in page


def test_rights_are_those_of_the_step_not_of_the_start(world: World) -> None:
    element, other = world.add("Ель"), world.add("Тис", NOTE=SECRET)
    wait = step("start_process", "wait", process="child", wait=True)
    template_of([step("element_read", "x", list=world.list.pk, element=999_999)], code="child",
                list_=world.list)  # fmt: skip
    read = step("element_read", "read", list=world.list.pk, element=other.pk)
    instance = begin(template(world, [wait, read]), world.petr, element.pk)
    assert instance.status == "waiting"
    grant(world)
    after = signal(instance, "wait:1", kind="child", status="done")
    assert after.status == "failed"
    assert SECRET not in str(after.state)


def test_the_rights_of_a_person_who_left_end_with_them(world: World) -> None:
    update = step("element_update", values={"NOTE": "изменено"})
    element = world.add("Ель", NOTE="было")
    grant(world, petr=EDIT)
    instance = launch(template(world, [update]), world.petr, subject_id=element.pk)
    Employee.objects.filter(pk=world.petr.pk).update(is_active=False)
    from tests.workflows.processes import worked

    assert worked(instance, timedelta(days=36_500)).status == "failed"
    assert schema_of(world.list)["NOTE"].read(world.row(element.pk)) == "было"


@pytest.mark.parametrize(("who", "error"), [("petr", Forbidden), ("anna", Forbidden)])
def test_nobody_but_administrators_lends_an_employees_rights(
    world: World, who: str, error: type[Exception]
) -> None:
    """A-23. Petr edits the list, Anna owns it; both would gain by an administrator's rights."""
    grant(world, petr=EDIT)
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Главный")
    made = template(world, [])
    person = getattr(world, who)
    with pytest.raises(error):
        set_run_as(made.pk, boss, actor=person)
    url = reverse("process_settings", args=[made.pk])
    data = {"name": "p", "run_as": "employee", "service_employee": boss.pk, "description": ""}
    answer = signed_in(person).post(url, data)
    found = Template.objects.get(pk=made.pk)
    assert (found.run_as, found.service_employee) == ("starter", None)
    assert answer.status_code in ({403, 404} if who == "petr" else {403, 422, 302})
    set_run_as(made.pk, boss, actor=boss)
    assert Template.objects.get(pk=made.pk).service_employee == boss


def test_a_stranger_learns_nothing_of_a_template(world: World) -> None:
    made = template(world, [])
    grant(world)
    with pytest.raises(NotFound):
        set_run_as(made.pk, None, actor=world.petr)
    grant(world, petr=VIEW)
    assert signed_in(world.petr).get(reverse("process_settings", args=[made.pk])).status_code in {
        403,
        404,
    }
    assert not Instance.objects.exists()


def test_what_a_process_grants_stays_within_its_employee(world: World, closed: World) -> None:
    """An owner of one list gives nobody a right in another one."""
    hidden = schema_of(closed.list).model.objects.get()
    set_list_rights(
        closed.list.pk,
        {Subject("U", world.anna.pk): FULL, Subject("U", world.petr.pk): VIEW},
        actor=world.anna,
    )
    give = step("set_access", list=closed.list.pk, element=hidden.pk, right="edit",
                people=[f"employee:{world.petr.pk}"])  # fmt: skip
    grant(world, petr=FULL)
    assert begin(template(world, [give]), world.petr, world.add().pk).status == "failed"
