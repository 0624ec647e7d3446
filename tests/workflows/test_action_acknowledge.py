"""Acknowledgement: everybody, or somebody."""

from __future__ import annotations

import pytest

from staff.models import Employee
from tests.workflows.test_tasks import asked, ids, person, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Employee]:
    return [person(name) for name in ("anna", "petr", "vera")]


def test_it_waits_for_everybody(people: list[Employee]) -> None:
    task = asked(people[0], "acknowledge", people=ids(*people))
    assert say(task, people[1], "done").status == "waiting"
    assert say(task, people[0], "done").status == "waiting"
    done = say(task, people[2], "done")
    assert done.status == "done"
    assert done.state["results"]["ask"]["read"] == 3


def test_one_is_enough_where_that_is_wanted(people: list[Employee]) -> None:
    task = asked(people[0], "acknowledge", people=ids(*people), mode="any", button="Прочитал")
    assert task.answers[0]["label"] == "Прочитал"
    assert say(task, people[1], "done").status == "done"
