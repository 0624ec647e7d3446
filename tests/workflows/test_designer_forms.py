"""Every action's form comes from its declaration: it is drawn, read back, and complains."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from lists_core.field_types.base import field_types
from lists_core.schema.cache import schema_of
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import template_of
from workflows.actions.base import Action, actions
from workflows.actions.params import check_params, shown
from workflows.designer.scene import Scene
from workflows.designer.step_form import StepForm, described
from workflows.models import Template
from workflows.services.templates import create_template
from workflows.widgets.base import widget_of, widgets

pytestmark = pytest.mark.django_db
ALL = [pytest.param(one, id=one.slug) for one in actions]
CONDITION = {"and": [{"field": "PRICE", "op": "gt", "value": ["5"]}]}
#: A stored value for every widget; what is not here is a line of text.
SAMPLES: dict[str, Any] = {
    "number": 5,
    "boolean": True,
    "date": "2026-11-24",
    "datetime": "2026-11-24T09:30",
    "time": "09:30",
    "duration": {"amount": 3, "unit": "working_days"},
    "condition": {
        "or": [
            CONDITION["and"][0],
            {"left": "{{Variable.total}}", "op": "gt", "right": "{{Document.PRICE}}"},
        ]
    },
    "filter": CONDITION,
    "variable": "total",
    "fields": ["PRICE", "NOTE"],
    "field": "PRICE",
    "date_field": "CREATED",
    "file_field": "CREATED",
    "people": ["starter", "manager_of:author", "{{Document.CREATED_BY}}"],
    "checklist": ["One", "Two"],
    "answer_form": [
        {"title": "About", "fields": [{"label": "Sum", "code": "sum", "kind": "number"}]}
    ],
    "commands": [{"label": "Go", "code": "go", "people": ["starter"]}],
    "state": "one",
    "state_commands": [
        {
            "label": "Go",
            "code": "go",
            "color": "green",
            "people": ["starter"],
            "comment": "required",
            "to": "one",
        }
    ],
    "state_events": [{"fields": ["PRICE"], "when": CONDITION, "to": "one"}],
    "state_timeouts": [{"after": {"amount": 2, "unit": "days"}, "to": "one"}],
    "values": {"PRICE": "12.50", "NOTE": "{{Variable.total}} pieces", "TAGS": ["a", "b"]},
}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def template(world: World) -> Template:
    return create_template(actor=world.anna, name="P", code="p", list_id=world.list.pk)


def scene(template: Template, world: World, step: dict[str, Any]) -> Scene:
    variables = [{"code": "total", "label": "Итого", "kind": "number"}]
    return Scene(template, {"steps": [step], "variables": variables}, world.anna)


def sample(action: Action, world: World) -> dict[str, Any]:
    element = world.add("Ель")
    own = {"list": world.list.pk, "crm_list": world.list.pk, "numerator": world.list.pk,
           "element": element.pk, "elements": [element.pk], "process": "other",
           "parameters": {"sum": "{{Document.PRICE}}"}}  # fmt: skip
    parameters = [{"code": "sum", "label": "Сумма", "kind": "number"}]
    if not Template.objects.filter(code="other").exists():
        template_of([], code="other", list_=world.list, parameters=parameters)
    params: dict[str, Any] = {}
    for name, field in action.Params.model_fields.items():
        mark = shown(field)
        if mark.widget == "boolean":
            params[name] = field.default is not True
        elif mark.options:
            params[name] = list(mark.options)[-1]
        else:
            params[name] = {**SAMPLES, **own}.get(mark.widget, "{{Document.NOTE}}")
    return params


class Controls(HTMLParser):
    """What a browser would send of a form that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.data = QueryDict(mutable=True)
        self.select = self.text = self.value = ""
        self.inert = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.inert += tag == "template"
        name = given.get("name") or ""
        if tag == "select":
            self.select, self.first = name, True
            self.multiple = "multiple" in given
        elif tag == "option" and self.select and not self.inert:
            self._option(given)
        elif tag == "textarea":
            self.text, self.value = name, ""
        elif tag == "input" and name and not self.inert:
            self._input(name, given)

    def _option(self, given: dict[str, Any]) -> None:
        if "selected" in given:
            if not self.multiple:
                self.data.setlist(self.select, [])
            self.data.appendlist(self.select, given.get("value", ""))
        elif self.first and not self.multiple:
            self.data.setlist(self.select, [given.get("value", "")])
        self.first = False

    def _input(self, name: str, given: dict[str, Any]) -> None:
        boxes = given.get("type") in ("checkbox", "radio")
        if not boxes or "checked" in given:
            self.data.appendlist(name, given.get("value", "on" if boxes else ""))

    def handle_data(self, data: str) -> None:
        if self.text:
            self.value += data

    def handle_endtag(self, tag: str) -> None:
        self.inert -= tag == "template"
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            if not self.inert:
                self.data.appendlist(self.text, self.value.removeprefix("\n"))
            self.text = ""


def drawn(form: StepForm) -> str:
    context = {"form": form, "action": form.action, "step": form.step}
    return str(render_to_string("workflows/designer/step_form.html", context))


def sent(html: str) -> QueryDict:
    controls = Controls()
    controls.feed(html)
    return controls.data


@pytest.mark.parametrize("action", ALL)
def test_a_form_that_nobody_touched_gives_the_same_values(
    action: Action, world: World, template: Template
) -> None:
    step = {"id": "one", "type": action.slug, "name": "Мой шаг", "params": sample(action, world)}
    place = scene(template, world, step)
    html = drawn(StepForm(None, step=step, scene=place))
    for name in action.Params.model_fields:
        assert f'data-param="p-{name}"' in html
    read = StepForm(sent(html), step=step, scene=place).read()
    assert read["name"] == "Мой шаг"
    assert read["params"] == step["params"]


@pytest.mark.parametrize("action", ALL)
def test_an_empty_form_stores_nothing_and_misses_what_is_required(
    action: Action, world: World, template: Template
) -> None:
    step = {"id": "one", "type": action.slug, "params": {}}
    place = scene(template, world, step)
    html = drawn(StepForm(None, step=step, scene=place))
    read = StepForm(sent(html), step=step, scene=place).read()
    required = {n for n, one in action.Params.model_fields.items() if one.is_required()}
    choices = {n for n, one in action.Params.model_fields.items() if shown(one).options}
    assert set(read["params"]) <= required & choices
    missing = {name for name, _text in check_params(action, read["params"])}
    own = {name for name, _text in action.mistakes(read["params"])}
    assert missing == (required | own) - set(read["params"])


@pytest.mark.parametrize("action", ALL)
def test_a_wrong_value_is_told_at_its_parameter_and_stays(
    action: Action, world: World, template: Template
) -> None:
    for name, field in action.Params.model_fields.items():
        if shown(field).widget != "number":
            continue
        step = {"id": "one", "type": action.slug, "params": {**sample(action, world), name: "ой"}}
        place = scene(template, world, step)
        read = StepForm(
            sent(drawn(StepForm(None, step=step, scene=place))), step=step, scene=place
        ).read()
        assert read["params"][name] == "ой"
        assert name in {one for one, _text in check_params(action, read["params"])}


@pytest.mark.parametrize("action", ALL)
def test_its_values_are_told_in_words(action: Action, world: World, template: Template) -> None:
    step = {"id": "one", "type": action.slug, "params": sample(action, world)}
    words = dict(described(step, scene(template, world, step)))
    assert len(words) == len(action.Params.model_fields)
    assert not re.search(r"\{\{|<|Promise", " ".join(words.values()))


def test_every_widget_of_an_action_is_known() -> None:
    asked = {shown(one).widget for action in actions for one in action.Params.model_fields.values()}
    unknown = {slug for slug in asked if slug not in widgets}
    assert not unknown, f"asked for by a line of text: {unknown}"
    assert {widget_of(shown(one)).slug for action in actions
            for one in action.Params.model_fields.values()} <= set(widgets.slugs())  # fmt: skip


@pytest.mark.parametrize("kind", [one.slug for one in field_types if not one.concealed])
def test_values_of_every_field_type_survive_the_form(kind: str, world: World) -> None:
    from tests.e2e.ways import WAYS
    from workflows.elements import natural
    from workflows.widgets.values import shown_value, stored

    pointing = ("file", "disk_file", "element", "section", "employee", "list", "counter", "crm")
    if kind in pointing or not field_types.get(kind).offered:
        return
    field = world.field(kind, f"F_{kind.upper()}", settings=WAYS[kind].settings)
    schema_field = schema_of(world.list)[field.code]
    text = WAYS[kind].low
    value = natural(schema_field, text, actor=world.anna)
    kept = stored(schema_field, value, world.anna)
    assert natural(schema_field, kept, actor=world.anna) == value
    assert shown_value(schema_field, kept, world.anna) == value
