"""A list with processes for the tests of pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from lists_core.access import Right
from lists_core.models import List
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.element_world import World
from tests.workflows.processes import put, step, template_of
from workflows.actions.base import Action, ActionParams, Wait
from workflows.models import Task, TaskPerson, Template

VIEW, RUN = frozenset({Right.VIEW}), frozenset({Right.VIEW, Right.RUN})
FULL = frozenset({Right.FULL})


class Pause(Action):
    """Waits for whatever comes, and asks Anna."""

    slug = "test_pause"
    label = "Ждать"

    class Params(ActionParams):
        pass

    def run(self, context: Any, params: Any) -> Wait:
        task = Task.objects.create(
            instance=context.instance, key=context.key, kind="test", title="Проверить"
        )
        person = context.instance.started_by
        TaskPerson.objects.create(task=task, employee=person)
        return Wait()


def waiting_template(list_: List | None, code: str = "p", name: str = "Проверка") -> Template:
    """Set a variable, choose a way, wait there, set another one."""
    ways = [
        ({"left": "1", "op": "eq", "right": "1"}, [step("test_pause", "ask")]),
        (None, [put("b", "1", "never")]),
    ]
    steps = [put("a", "1", "first"), step("if", "fork", ways), put("c", "1", "last")]
    for one, label in zip(steps, ("Начало", "Развилка", "Конец"), strict=True):
        one["name"] = label
    steps[1]["branches"][0] |= {"name": "Да"}
    steps[1]["branches"][0]["steps"][0]["name"] = "Ответ"
    template = template_of(steps, code=code, list_=list_)
    Template.objects.filter(pk=template.pk).update(name=name)
    template.refresh_from_db()
    return template


def grant(world: World, **rights: frozenset[Right]) -> None:
    """Rights on the list by login; Anna keeps hers, nobody else has any."""
    people = {one.username: one for one in Employee.objects.filter(username__in=rights)}
    given = {Subject("U", people[name].pk): held for name, held in rights.items()}
    own = {Subject("U", world.anna.pk): FULL}
    set_list_rights(world.list.pk, {**own, **given}, actor=world.anna)


def signed_in(person: Employee) -> Client:
    client = Client()
    client.force_login(person, backend="staff.backends.EmployeeBackend")
    return client
