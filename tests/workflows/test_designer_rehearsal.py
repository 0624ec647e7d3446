"""Trying a draft out: the real engine walks it, and not a row of the portal is different."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lists_core.schema.cache import schema_of
from staff.models import Employee
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import put, step
from workflows.designer.trial import DETAILS, EVENTS, event_label
from workflows.journal import words
from workflows.models import Instance, Template
from workflows.services.rehearsal import Rehearsal, rehearse
from workflows.services.rehearsal_questions import Answer
from workflows.services.template_changes import new_template
from workflows.services.templates import open_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def template(world: World) -> Template:
    return new_template(actor=world.anna, name="П", list_id=world.list.pk)


def counts() -> dict[str, int]:
    """How many rows every table has, those of lists among them."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^list_[0-9]+$'")
        tables += [name for (name,) in cursor.fetchall()]
        found = {}
        for table in set(tables):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def tried(
    template: Template, world: World, steps: list[Any], element: Any, *answers: Answer, **tree: Any
) -> Rehearsal:
    own = open_template(template.pk, actor=world.anna)
    return rehearse(
        own, {"steps": steps, **tree}, actor=world.anna, subject_id=element.pk, answers=answers
    )


def told(found: Rehearsal) -> list[tuple[str, str]]:
    return [(row.step, row.event) for row in found.log]


def test_nothing_of_it_stays(template: Template, world: World) -> None:
    element = world.add("Ель", PRICE=Decimal("5"))
    before, version = counts(), world.row(element.pk).version
    steps = [
        step("element_update", values={"NOTE": "{{Document.NAME}}!"}),
        step("element_create", list=world.list.pk, values={"NAME": "Новый"}),
        put("note", "{{Document.NOTE}}"),
        step("element_delete", list=world.list.pk, element="{{Document.ID}}"),
    ]
    found = tried(template, world, steps, element)
    assert found.error == ""
    assert found.instance is not None
    assert found.instance.status == "done", found.instance.error
    assert found.instance.state["variables"] == {"note": "Ель!"}
    assert counts() == before
    row = world.row(element.pk)
    assert (row.version, schema_of(world.list)["NOTE"].read(row)) == (version, None)
    template.refresh_from_db()
    assert template.active_version is None


def test_the_path_shows_the_branch_that_was_taken(template: Template, world: World) -> None:
    dear = {"and": [{"field": "PRICE", "op": "gt", "value": ["100"]}]}
    steps = [
        step("if", branches=[(dear, [put("dear", "yes")]), (None, [put("dear", "no", "put_no")])])
    ]
    cheap, costly = world.add("А", PRICE=Decimal(5)), world.add("Б", PRICE=Decimal(500))
    variables = {
        name: (tried(template, world, [*steps], one).instance or Instance()).state["variables"]
        for name, one in (("cheap", cheap), ("costly", costly))
    }
    assert variables == {"cheap": {"dear": "no"}, "costly": {"dear": "yes"}}


def test_a_failure_is_told_with_its_step(template: Template, world: World) -> None:
    steps = [step("element_change", list=world.list.pk, element=999_999, values={"NOTE": "x"})]
    found = tried(template, world, steps, world.add())
    assert found.instance is not None
    assert found.instance.status == "failed"
    assert ("element_change", "failed") in told(found)
    assert Instance.objects.count() == 0


def test_going_in_circles_ends(template: Template, world: World) -> None:
    forever = {"and": [{"left": "1", "op": "eq", "right": "1"}]}
    steps = [step("while", branches=[[put("a", "1")]], when=forever)]
    found = tried(template, world, steps, world.add())
    assert found.instance is not None
    assert found.instance.status == "failed"
    assert Instance.objects.count() == 0


def test_numbers_taken_are_given_back(template: Template, world: World) -> None:
    from lists_core.services.elements import create_element
    from workflows.models import IssuedNumber
    from workflows.services.numerators import create_numerator_list, take_number

    numbers = create_numerator_list(actor=world.anna)
    numerator = create_element(numbers.pk, {"NAME": "Н", "FORMAT": "{number}"}, actor=world.anna)
    steps = [step("next_number", list=numbers.pk, numerator=numerator.pk)]
    found = tried(template, world, steps, world.add())
    assert found.instance is not None
    assert found.instance.state["results"]["next_number"]["value"] == 1
    assert IssuedNumber.objects.count() == 0
    assert take_number(numbers.pk, numerator.pk, actor=world.anna).value == 1


def test_a_draft_does_not_read_with_lent_rights(template: Template, world: World) -> None:
    """An editor's unpublished draft runs with the editor's rights alone."""
    boss = Employee.objects.create_user("boss", "b@svod.example", "x", is_superuser=True)
    Template.objects.filter(pk=template.pk).update(run_as="employee", service_employee=boss)
    found = tried(template, world, [put("a", "{{Process.run_as}}")], world.add())
    assert found.instance is not None
    assert found.instance.state["variables"]["a"] == world.anna.pk


def approval(world: World, **more: Any) -> dict[str, Any]:
    people = [f"employee:{world.petr.pk}", f"employee:{world.anna.pk}"]
    return step("approve", title="Согласуйте {{Document.NAME}}", people=people, **more)


def test_people_are_asked_and_sample_answers_are_given(template: Template, world: World) -> None:
    element, before = world.add("Ель"), counts()
    steps = [approval(world, mode="all"), put("out", "{{Step.approve.outcome}}")]
    asked = tried(template, world, steps, element)
    assert [one.title for one in asked.questions] == ["Согласуйте Ель"] * 2
    assert [code for code, _label in asked.questions[0].choices] == ["yes", "no"]
    yes = [Answer(one.key, "yes") for one in asked.questions]
    half = tried(template, world, steps, element, yes[0])
    assert [one.people for one in half.questions] == [[str(world.anna)]]
    done = tried(template, world, steps, element, *yes)
    assert done.questions == []
    assert done.instance is not None
    assert done.instance.state["variables"] == {"out": "yes"}
    refused = tried(template, world, steps, element, Answer(asked.questions[0].key, "no", "Нет"))
    assert refused.instance is not None
    assert refused.instance.state["variables"] == {"out": "no"}
    assert counts()["workflows_task"] == before["workflows_task"] == 0


def test_when_nobody_answers_the_time_passes(template: Template, world: World) -> None:
    late = {"period": {"amount": 3, "unit": "days"}, "late": "timeout"}
    steps = [approval(world, mode="any", **late), put("out", "{{Step.approve.outcome}}")]
    element = world.add()
    asked = tried(template, world, steps, element)
    passes = [Answer(one.key, "pass") for one in asked.questions]
    found = tried(template, world, steps, element, *passes)
    assert found.instance is not None
    assert found.instance.state["variables"] == {"out": "timeout"}
    assert found.jumps[-1][1] - found.jumps[0][0] >= timedelta(days=3)


def test_waits_are_jumped_over_and_buttons_pressed(template: Template, world: World) -> None:
    steps = [
        step("wait", period={"amount": 2, "unit": "days"}),
        step("command", commands=[{"code": "go", "label": "Дальше"}]),
        put("out", "{{Step.command.command}}"),
    ]
    element = world.add()
    asked = tried(template, world, steps, element)
    assert [(one.kind, one.choices) for one in asked.questions] == [("command", [("go", "Дальше")])]
    assert asked.jumps[0][1] - asked.jumps[0][0] == timedelta(days=2)
    done = tried(template, world, steps, element, Answer(asked.questions[0].key, "go"))
    assert done.instance is not None
    assert done.instance.state["variables"] == {"out": "go"}


def test_the_dialog_shows_the_path(client: Client, template: Template, world: World) -> None:
    template.draft = {"steps": [put("note", "{{Document.NAME}}")], "variables": [
        {"code": "note", "label": "Заметка"}]}  # fmt: skip
    template.save()
    client.force_login(world.anna)
    url = reverse("process_dry_run", args=[template.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 422
    page = client.post(url, {"element": world.add("Ель").pk}).content.decode()
    assert "Заметка" in page
    assert "Ель" in page
    client.force_login(world.petr)
    assert client.post(url, {"element": world.add("Ель").pk}).status_code == 403


def test_a_broken_draft_is_refused_in_words(
    client: Client, template: Template, world: World
) -> None:
    template.draft = {"steps": [{"id": "s1", "type": "no_such"}]}
    template.save()
    client.force_login(world.anna)
    url = reverse("process_dry_run", args=[template.pk])
    page = client.post(url, {"element": world.add("Ель").pk})
    assert page.status_code == 200
    assert "no_such" in page.content.decode() or "действия" in page.content.decode()


def test_every_word_of_the_journal_has_a_caption() -> None:
    """Those of the trial as well: no code is shown to people, in either language."""
    variants = {"wait_until", "branch_named", "branch_items"}
    events = {word.removeprefix("by_") for word in words} - variants
    with translation.override("ru"):
        for event in (*events, *EVENTS):
            assert not event_label(event).isascii(), event
        assert all(not str(label).isascii() for label in DETAILS.values())
