"""Approval: any, all, a vote."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.utils import translation

from staff.models import Employee
from tests.workflows.test_tasks import asked, ids, person, say
from workflows.task_form import Votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Employee]:
    return [person(name) for name in ("anna", "petr", "vera", "oleg", "inna")]


def test_a_first_rejection_ends_an_approval_by_all(people: list[Employee]) -> None:
    task = asked(people[0], people=ids(*people[1:]), mode="all")
    assert say(task, people[1]).status == "waiting"
    done = say(task, people[2], "no", comment="дорого")
    result = done.state["results"]["ask"]
    assert (result["outcome"], result["approved"], result["rejected"]) == ("no", 1, 1)
    assert result["asked"] == 4
    assert "дорого" in result["comment"]


def test_a_vote_ends_as_soon_as_it_is_decided(people: list[Employee]) -> None:
    task = asked(people[0], people=ids(*people[1:]), mode="vote", percent=50)
    assert say(task, people[1]).status == "waiting"
    done = say(task, people[2])
    assert done.state["results"]["ask"]["outcome"] == "yes"


@pytest.mark.parametrize(
    ("mode", "percent", "asked_", "given", "outcome"),
    [
        ("any", 0, 3, ["no"], "no"),
        ("all", 0, 2, ["yes"], ""),
        ("all", 0, 2, ["yes", "yes"], "yes"),
        ("all", 0, 2, ["no"], "no"),
        ("vote", 51, 4, ["yes", "yes"], ""),
        ("vote", 51, 4, ["yes", "yes", "yes"], "yes"),
        ("vote", 51, 4, ["no", "no"], "no"),
        ("vote", 100, 3, ["no"], "no"),
        ("vote", 1, 3, ["no", "no"], ""),
        ("vote", 1, 3, ["no", "no", "no"], "no"),
        ("vote", 33, 3, ["yes"], "yes"),
        ("vote", 34, 3, ["yes", "no", "no"], "no"),
        ("all", 0, 1, [], ""),
    ],
)
def test_the_rules(
    mode: str, percent: int, asked_: int, given: Sequence[str], outcome: str
) -> None:
    assert Votes(asked_, given).outcome({"mode": mode, "percent": percent}) == outcome


def test_usual_words_are_those_of_whoever_looks(people: list[Employee]) -> None:
    task = asked(people[0], people=ids(people[1]))
    for language, words in (("ru", ["Согласовать", "Отклонить"]), ("en", ["Approve", "Reject"])):
        with translation.override(language):
            assert [one["label"] for one in task.answers] == words


def test_own_words_on_the_buttons(people: list[Employee]) -> None:
    task = asked(
        people[0], people=ids(people[1]), yes="Подписать", no="Вернуть", must_comment=False
    )
    assert [one["label"] for one in task.answers] == ["Подписать", "Вернуть"]
    assert say(task, people[1], "no").status == "done"
