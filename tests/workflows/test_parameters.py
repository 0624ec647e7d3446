"""Parameters: declared once, asked for by a form, checked whoever gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from svod.base.errors import Invalid
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import START, begin, put, step, template_of, variables, worked
from workflows.models import Instance
from workflows.parameter_forms import ParameterForm
from workflows.parameters import defaults, kinds, read_values
from workflows.services.instances import launch, start
from workflows.services.starts import start_many

pytestmark = pytest.mark.django_db
DECLARED: list[dict[str, Any]] = [
    {"code": "reason", "label": "Причина", "kind": "string", "required": True},
    {"code": "until", "label": "До", "kind": "date"},
    {"code": "sum", "label": "Сумма", "kind": "number", "default": "10",
     "settings": {"precision": 2}},
    {"code": "way", "label": "Как", "kind": "list", "options": ["Обычно", "Срочно"]},
    {"code": "who", "label": "Кто", "kind": "employee", "multiple": True},
]  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def form(world: World, text: str) -> ParameterForm:
    return ParameterForm(QueryDict(text), declared=DECLARED, actor=world.anna)


def test_the_form_gives_natural_values(world: World) -> None:
    filled = form(world, f"reason=Отпуск&until=2026-12-01&sum=12,5&way=Срочно&who={world.petr.pk}")
    assert filled.is_valid(), filled.errors
    assert filled.values == {
        "reason": "Отпуск", "until": date(2026, 12, 1), "sum": Decimal("12.50"),
        "way": "Срочно", "who": [world.petr.pk],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("reason=", "reason"),
        ("reason=x&until=завтра", "until"),
        ("reason=x&sum=много", "sum"),
        ("reason=x&way=Никак", "way"),
        ("reason=x&who=999999", "who"),
        ("reason=x&who=abc", "who"),
    ],
)
def test_the_form_tells_where_a_mistake_is(world: World, text: str, wrong: str) -> None:
    assert list(form(world, text).errors) == [wrong]


def test_the_form_shows_defaults_and_labels(world: World) -> None:
    empty = ParameterForm(declared=DECLARED, actor=world.anna)
    assert empty["sum"].value() == "10"
    assert [str(one.label) for one in empty] == ["Причина", "До", "Сумма", "Как", "Кто"]


def test_a_start_checks_and_converts(world: World) -> None:
    template = template_of([put("a", "{{Parameter.until}}")], parameters=DECLARED)
    made = start(template, actor=world.anna, parameters={"reason": "x", "until": "01.12.2026"})
    assert made.state["parameters"]["until"] == date(2026, 12, 1)
    assert made.state["parameters"]["sum"] == Decimal(10)


@pytest.mark.parametrize("given", [{}, {"reason": "x", "more": 1}, {"reason": "x", "until": "?"}])
def test_a_start_with_wrong_parameters_is_refused(world: World, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        start(template_of([], parameters=DECLARED), actor=world.anna, parameters=given)
    assert not Instance.objects.exists()


def test_a_link_to_what_one_does_not_see_is_refused(world: World) -> None:
    element = world.add()
    full = {Subject.parse(f"U{world.anna.pk}"): frozenset({Right.FULL})}
    set_list_rights(world.list.pk, full, actor=world.anna)
    link = [{"code": "what", "kind": "element", "settings": {"list": world.list.pk}}]
    assert read_values(link, {"what": element.pk}, actor=world.anna) == {"what": element.pk}
    with pytest.raises(Invalid):
        read_values(link, {"what": element.pk}, actor=world.petr)


def test_a_called_process_checks_too(world: World) -> None:
    template_of([], code="child", parameters=DECLARED)
    call = step("start_process", process="child", parameters={"reason": "x", "sum": "abc"})
    failed = begin(template_of([call]), world.anna)
    assert failed.status == "failed"
    assert Instance.objects.count() == 1


def test_whoever_is_not_asked_gets_the_defaults(world: World) -> None:
    assert defaults(DECLARED) == {"sum": Decimal(10)}
    template = template_of([put("a", "{{Parameter.sum}}")], parameters=DECLARED)
    begun = launch(template, world.anna, now=START)
    assert variables(worked(begun)) == {"a": {"$decimal": "10"}}


def test_variables_begin_with_their_values(world: World) -> None:
    declared = [
        {"code": "sum", "kind": "number", "default": "10", "settings": {"precision": 2}},
        {"code": "day", "kind": "date", "default": "2026-12-01"},
        {"code": "none", "kind": "string", "default": ""},
    ]
    template = template_of([put("copy", "{{Variable.sum}}")], variables=declared)
    begun = launch(template, world.anna, now=START)
    assert begun.state["variables"] == {"sum": Decimal(10), "day": date(2026, 12, 1)}
    assert variables(worked(begun))["copy"] == {"$decimal": "10"}


def test_many_started_at_once_have_them_too(world: World) -> None:
    declared = [{"code": "sum", "kind": "number", "default": "10"}]
    template = template_of([], list_=world.list, variables=declared)
    start_many(template, world.anna, [world.add().pk], before=[], now=START)
    assert variables(Instance.objects.get()) == {"sum": {"$decimal": "10"}}


def test_secrets_and_counters_are_not_asked_for() -> None:
    slugs = {kind.slug for kind in kinds()}
    assert {"string", "date", "employee", "list", "file", "money"} <= slugs
    assert not slugs & {"secret", "counter"}


@pytest.mark.parametrize("kind", [kind.slug for kind in kinds()])
def test_every_kind_has_a_control_for_one_and_for_many(world: World, kind: str) -> None:
    declared = [
        {"code": "a", "label": "А", "kind": kind, "options": ["x"]},
        {"code": "b", "label": "Б", "kind": kind, "options": ["x"], "multiple": True},
    ]
    shown = ParameterForm(declared=declared, actor=world.anna)
    assert 'name="a' in shown.as_p()
    empty = ParameterForm(QueryDict(""), declared=declared, actor=world.anna)
    assert empty.is_valid(), empty.errors
