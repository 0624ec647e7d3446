"""The life of templates: drafts that meet, versions, differences, export and import, words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import put, step
from workflows.actions.base import actions
from workflows.designer.diff import compared
from workflows.designer.scene import Scene
from workflows.designer.summary import summary
from workflows.designer.transfer import exported, imported, rewritten
from workflows.models import Template
from workflows.schedule_words import cron_of, plan_of, schedule_words
from workflows.services.template_changes import (
    copy_template,
    new_template,
    restore_template,
    restore_version,
)
from workflows.services.templates import delete_template, publish, save_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def made(world: World, steps: list[Any], **more: Any) -> Template:
    return new_template(
        actor=world.anna, name="Договор", list_id=world.list.pk, tree={"steps": steps, **more}
    )


def test_a_draft_is_not_saved_over_another(client: Client, world: World) -> None:
    template = made(world, [])
    client.force_login(world.anna)
    url = reverse("process_draft", args=[template.pk])

    def save(tree: Any, version: int) -> Any:
        body = json.dumps({"tree": tree, "draft_version": version})
        return client.post(url, body, content_type="application/json")

    first = save({"steps": [step("stop")]}, 1)
    assert first.json()["draft_version"] == 2
    late = save({"steps": []}, 1)
    assert late.status_code == 409
    assert "Иванова" in late.json()["text"]
    broken: Any
    for broken in ({"steps": [{"id": "", "type": "stop"}]}, {"steps": "x"}, {"triggers": [1]}, []):
        assert save(broken, 2).status_code == (422 if broken else 200)
    template.refresh_from_db()
    assert template.draft["steps"] == []


def test_publishing_tells_what_is_wrong_and_where(client: Client, world: World) -> None:
    template = made(world, [step("element_delete", "gone")])
    client.force_login(world.anna)
    url = reverse("process_publish", args=[template.pk])
    refused = client.post(url, {"note": "n"})
    assert refused.status_code == 422
    assert 'data-problem-step="gone"' in refused.content.decode()
    save_draft(template.pk, {"steps": [step("stop")]}, draft_version=1, actor=world.anna)
    assert client.post(url, {"note": "первая"}).status_code == 302
    template.refresh_from_db()
    assert template.active_version is not None
    assert template.active_version.note == "первая"


def test_versions_come_back_into_the_draft(world: World) -> None:
    template = made(world, [step("stop")])
    publish(template.pk, actor=world.anna)
    save_draft(template.pk, {"steps": [step("block")]}, draft_version=1, actor=world.anna)
    back = restore_version(template.pk, 1, actor=world.anna)
    assert [one["type"] for one in back.draft["steps"]] == ["stop"]
    assert back.draft_version == 3


def test_the_bin_and_a_copy(world: World) -> None:
    template = made(world, [step("stop")])
    publish(template.pk, actor=world.anna)
    twin = copy_template(template.pk, actor=world.anna)
    assert (twin.draft, twin.active_version, twin.code != template.code) == (
        template.draft, None, True,
    )  # fmt: skip
    delete_template(template.pk, actor=world.anna)
    assert restore_template(template.pk, actor=world.anna).is_paused


def test_differences_name_the_steps(world: World) -> None:
    template = made(world, [])
    a, b, c = put("x", "1", "a"), step("stop", "b"), step("block", "c", branches=[[]])
    old = Scene(template, {"steps": [a, b, c]}, world.anna)
    changed = put("x", "2", "a")
    new = Scene(template, {"steps": [changed, c, step("if", "d", branches=[[b]])]}, world.anna)
    kinds = {(one.kind, one.name) for one in compared(old, new)}
    names = {one.name for one in compared(old, new)}
    assert {kind for kind, _name in kinds} == {"changed", "added", "moved"}
    assert names == {str(actions.get(one).label) for one in ("set_variable", "if", "stop")}
    assert compared(old, old) == []
    (detail,) = next(one for one in compared(old, new) if one.kind == "changed").details
    assert (detail.old, detail.new) == ("1", "2")


def test_export_and_import_keep_the_process(client: Client, world: World) -> None:
    steps = [step("element_create", list=world.list.pk, values={"NOTE": "{{Document.NAME}}"})]
    template = made(world, steps)
    client.force_login(world.anna)
    file = client.get(reverse("process_export", args=[template.pk])).content
    given = {"list": world.list.pk, "file": SimpleUploadedFile("p.json", file)}
    page = client.post(reverse("process_import"), given)
    assert page.status_code == 200
    twin = Template.objects.exclude(pk=template.pk).get()
    assert twin.draft["steps"] == template.draft["steps"]
    wrong = {"list": world.list.pk, "file": SimpleUploadedFile("p.json", b"[1]")}
    assert client.post(reverse("process_import"), wrong).status_code == 422


def test_what_the_new_place_lacks_is_told(world: World) -> None:
    steps = [
        step("element_create", "s1", list=999, values={"NOTE": "{=Document:PROPERTY_SUM}"}),
        step("no_such", "s2"),
    ]
    raw = {"tree": {"steps": steps}, "lists": {"999": "Чужой список"}, "name": "П"}
    found = imported(raw, world.list, actor=world.anna)
    assert len(found.notes) == 3
    assert "Чужой список" in found.notes[0]
    params = found.given["tree"]["steps"][0]["params"]
    assert params == {"values": {"NOTE": "{{Document.SUM}}"}}
    template = made(world, [])
    assert exported(template, world.anna)["list"] == "Договоры"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("{=Variable:Sum_printable}", "{{Variable.Sum}}"),
        ("{=Template:Param1}", "{{Parameter.Param1}}"),
        ("к {=Constant:C} и {=User:ID}", "к {{Constant.C}} и {{Process.started_by}}"),
        ("{=Document:PROPERTY_NUM > printable}", "{{Document.NUM}}"),
        ("{=A1_2_3:Comments}", "{{Step.A1_2_3.Comments}}"),
    ],
)
def test_bitrix_spellings(theirs: str, ours: str) -> None:
    assert rewritten([{"x": theirs}]) == [{"x": ours}]


def test_a_process_in_words(world: World) -> None:
    dear = {"and": [{"field": "PRICE", "op": "gt", "value": ["100"]}]}
    steps = [step("if", branches=[(dear, [put("x", "{{Document.NAME}}")]), (None, [])])]
    (line,) = summary(Scene(made(world, steps), {"steps": steps}, world.anna))
    first, other = line.ways
    assert "Price" in first.caption
    assert "100" in first.caption
    assert other.lines == []
    assert "{{" not in first.lines[0].text


@pytest.mark.parametrize(("language", "told"), [("en", "Approved"), ("ru", "Согласовано")])
def test_an_outcome_in_words(world: World, language: str, told: str) -> None:
    when = {"and": [{"left": "{{Step.ask.outcome}}", "op": "eq", "right": "yes"}]}
    ask = {"id": "ask", "type": "approve", "name": "Head", "params": {"title": "T"}}
    steps = [ask, step("if", branches=[(when, [])])]
    with translation.override(language):
        _ask, line = summary(Scene(made(world, steps), {"steps": steps}, world.anna))
        assert line.ways[0].caption.endswith(f" {told}")


def test_a_choice_in_words(world: World) -> None:
    made_field = world.field(
        "list", "STATE", settings={"options": [{"id": None, "name": "Действует"}]}
    )
    option = made_field.options.get()
    when = {"left": "{{Document.STATE}}", "op": "eq", "right": str(option.pk)}
    steps = [step("if", branches=[(when, [])])]
    (line,) = summary(Scene(made(world, steps), {"steps": steps}, world.anna))
    assert line.ways[0].caption.endswith(" Действует")


@pytest.mark.parametrize(
    "cron", ["0 9 * * *", "30 8 * * 1-5", "0 10 * * 1,3", "15 7 31 * *", "5 * * * *", "*/5 1 2 3 4"]
)
def test_schedules_are_kept_by_their_words(cron: str) -> None:
    assert cron_of(plan_of(cron)) == cron
    assert schedule_words(cron)
