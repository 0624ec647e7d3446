"""What checking says of a draft: errors that stop publishing, warnings that do not."""

from __future__ import annotations

from typing import Any

import pytest

from lists_core.services.lists import delete_list
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import put, step, template_of
from workflows.checking import check_tree, errors_of
from workflows.models import PortalConstant, Template

pytestmark = pytest.mark.django_db
IS_ONE = {"left": "{{Variable.a}}", "op": "eq", "right": "1"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def said(world: World, *steps: Any, **tree: Any) -> set[tuple[str, str]]:
    """(step, level) of every problem."""
    codes = {"a", "b", "x"}
    whole = {"steps": list(steps), "variables": [{"code": code} for code in codes], **tree}
    template = Template(name="p", code="p", list=world.list)
    return {(one.step, one.level) for one in check_tree(whole, template)}


def get(variable: str, id_: str = "get") -> dict[str, Any]:
    return put("x", f"{{{{Variable.{variable}}}}}", id_)


WARNED = {("get", "warning")}


def test_a_variable_that_is_set_before_is_no_problem(world: World) -> None:
    assert said(world, put("a", "1"), get("a")) == set()


def test_a_variable_that_is_never_set_is_warned_of(world: World) -> None:
    assert said(world, get("a")) == WARNED


def test_a_default_sets_a_variable(world: World) -> None:
    variables = [{"code": "a", "default": "1"}, {"code": "x"}]
    assert said(world, get("a"), variables=variables) == set()


@pytest.mark.parametrize(
    ("second", "problems"),
    [
        ([put("b", "2", "p2")], set()),
        ([step("stop")], set()),
        ([put("x", "2", "p2")], WARNED),
    ],
)
def test_all_branches_have_to_set_it(world: World, second: Any, problems: Any) -> None:
    choice = step("if", branches=[(IS_ONE, [put("b", "1", "p1")]), (None, second)])
    assert said(world, put("a", "1"), choice, get("b")) == problems


def test_without_an_else_nothing_is_sure(world: World) -> None:
    choice = step("if", branches=[(IS_ONE, [put("b", "1", "p1")])])
    assert said(world, put("a", "1"), choice, get("b")) == WARNED


@pytest.mark.parametrize(("join", "problems"), [("all", set()), ("any", WARNED)])
def test_of_parallel_branches_all_or_one_count(world: World, join: str, problems: Any) -> None:
    fork = step("parallel", branches=[[put("a", "1")], [put("b", "1")]], join=join)
    assert said(world, fork, get("b")) == problems


def test_a_loop_may_not_run_at_all(world: World) -> None:
    loop = step("foreach", branches=[[put("a", "{{Variable.b}}")]], values=["1"], variable="b")
    assert said(world, loop, get("a")) == WARNED


def test_two_branches_at_once_that_set_one_variable(world: World) -> None:
    fork = step("parallel", branches=[[put("a", "1", "p1")], [put("a", "2", "p2")]])
    assert said(world, fork) == {("parallel", "warning")}


def test_an_empty_branch(world: World) -> None:
    choice = step("if", branches=[(IS_ONE, []), (None, [put("x", "1")])])
    assert said(world, put("a", "1"), choice) == {("if", "warning")}
    assert said(world, step("block", branches=[[]])) == {("block", "error")}


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ([put("x", "1")], {("while", "warning")}),
        ([put("a", "2", "p2")], set()),
        ([step("wait", period={"amount": 1, "unit": "days"})], set()),
        ([step("command", commands=[{"code": "a", "label": "A"}])], set()),
    ],
)
def test_a_loop_that_never_waits(world: World, body: Any, problems: Any) -> None:
    loop = step("while", branches=[body], when=IS_ONE)
    assert said(world, put("a", "1"), loop) == problems


def test_what_was_deleted_is_told(world: World) -> None:
    update = step("element_update", "u", values={"GONE": "1"})
    text = put("x", "{{Document.GONE}}", "t")
    people = step("command", "p", commands=[{"code": "a", "label": "A", "people": ["employee:0"]}])
    read = step("element_read", "r", list=10**6, element=1)
    call = step("start_process", "c", process="gone")
    assert said(world, update, text, read, call) == {
        ("u", "error"), ("t", "error"), ("r", "error"), ("c", "error"),
    }  # fmt: skip
    assert people  # people inside buttons are checked when the step runs
    delete_list(world.list.pk, actor=world.anna)
    find = step("element_find", "f", list=world.list.pk)
    assert ("f", "error") in said(world, find)


def test_a_filter_on_a_field_that_is_gone(world: World) -> None:
    row = {"field": "GONE", "op": "eq", "value": ["1"]}
    find = step("element_find", "f", list=world.list.pk, filter={"and": [row]})
    choice = step("if", "i", branches=[({"or": [row]}, [put("x", "1")])])
    assert said(world, find, choice) == {("f", "error"), ("i", "error")}


def test_constants_of_the_portal_are_known(world: World) -> None:
    PortalConstant.objects.create(code="city", name="Город", value="Омск")
    assert said(world, put("a", "{{Portal.city}}")) == set()
    assert said(world, put("a", "{{Portal.town}}")) == {("put_a", "error")}


@pytest.mark.parametrize(
    "commands",
    [
        [{"code": "a", "label": "A"}, {"code": "a", "label": "B"}],
        [{"code": "a", "label": ""}],
        [{"code": "a", "label": "A", "color": "puce"}],
        [{"code": "a", "label": "A", "comment": "perhaps"}],
        [],
    ],
)
def test_buttons_that_make_no_sense(world: World, commands: Any) -> None:
    assert said(world, step("command", commands=commands)) == {("command", "error")}


def state(id_: str, *to: str, steps: Any = ()) -> dict[str, Any]:
    commands = [{"code": aim or "end", "label": aim or "end", "to": aim} for aim in to]
    entry = {"code": "entry", "steps": list(steps)}
    return {"id": id_, "type": "state", "params": {"commands": commands}, "branches": [entry]}


def machine(*states: Any) -> dict[str, Any]:
    return step("state_machine", "m", branches=[list(states)])


def test_a_machine_that_is_whole(world: World) -> None:
    assert said(world, machine(state("s", "t", ""), state("t", "s"))) == set()


def test_mistakes_in_machines(world: World) -> None:
    assert said(world, machine(state("s", "nowhere"))) == {("s", "error")}
    assert said(world, machine(state("s", ""), state("lost", ""))) == {("lost", "warning")}
    assert said(world, machine(put("a", "1"))) == {("put_a", "error")}
    assert said(world, state("s", "")) == {("s", "error")}
    assert said(world, step("set_state", "g", state="s")) == {("g", "error")}
    goes = step("set_state", "g", state="t")
    assert said(world, machine(state("s", steps=[goes]), state("t"))) == set()
    odd = {**state("s", ""), "branches": [{"code": "middle", "steps": []}]}
    assert said(world, machine(odd)) == {("s", "error")}


@pytest.mark.parametrize(
    "trigger",
    [
        {"event": "date", "field": "NAME"},
        {"event": "date", "field": "GONE"},
        {"event": "date", "field": "CREATED", "shift": {"amount": -1, "unit": "days"}},
        {"event": "date", "field": "CREATED", "at": "25:00"},
        {"event": "date", "field": "CREATED", "zone": "Mars/Olympus"},
        {"event": "changed", "fields": ["GONE"]},
        {"event": "created", "filter": {"and": [{"field": "GONE", "op": "eq", "value": []}]}},
        {"event": "schedule", "cron": "every day"},
        {"event": "nonsense"},
    ],
)
def test_triggers_that_make_no_sense(world: World, trigger: Any) -> None:
    assert ("", "error") in said(world, triggers=[trigger])


@pytest.mark.parametrize(
    "declared",
    [
        [{"code": "a"}, {"code": "a"}],
        [{"code": "a", "kind": "nonsense"}],
        [{"code": "a", "kind": "date", "default": "never"}],
    ],
)
def test_parameters_that_make_no_sense(world: World, declared: Any) -> None:
    assert said(world, parameters=declared) == {("", "error")}


def test_warnings_do_not_stop_publishing(world: World) -> None:
    tree = {"steps": [get("a")], "variables": [{"code": "a"}, {"code": "x"}]}
    assert errors_of(tree, template_of([], list_=world.list)) == []
