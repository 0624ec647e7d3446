"""A task: waited for or not, with its result."""

from __future__ import annotations

import pytest

from staff.models import Employee
from svod.base.errors import Invalid
from tests.workflows.test_tasks import asked, ids, person, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Employee]:
    return [person(name) for name in ("anna", "petr", "vera")]


def test_one_of_those_responsible_finishes_it_for_all(people: list[Employee]) -> None:
    task = asked(people[0], "task", people=ids(*people[1:]), text="Позвонить")
    done = say(task, people[2], "done", comment="Позвонила")
    result = done.state["results"]["ask"]
    assert (result["outcome"], result["comment"], result["employee"]) == (
        "done", "Позвонила", people[2].pk,
    )  # fmt: skip
    assert result["task"] == task.pk


def test_the_process_goes_on_where_it_need_not_wait(people: list[Employee]) -> None:
    task = asked(people[0], "task", people=ids(people[1]), wait=False)
    assert task.instance.status == "done"
    assert task.is_open
    assert say(task, people[1], "done").status == "done"


def test_the_result_must_be_described(people: list[Employee]) -> None:
    task = asked(people[0], "task", people=ids(people[1]), must_comment=True)
    with pytest.raises(Invalid):
        say(task, people[1], "done")
