"""Robots of a stage: one ordinary process, written by them and edited only through them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_link.kinds import LEAD
from crm_link.models import Robot, StageRobots
from crm_link.robots.form import RobotForm
from crm_link.services.items import move_to_stage
from crm_link.services.robots import (
    add_robot,
    delete_robot,
    detach_robots,
    save_robot,
    sort_robots,
    template_for,
)
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.fields import create_field
from svod.base.errors import Conflict, Forbidden, Invalid
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import go, runs, statuses
from workflows.designer.scene import Scene
from workflows.models import Instance, Template
from workflows.selectors.templates import designed_templates
from workflows.services.template_changes import rename_template
from workflows.services.templates import delete_template, publish, save_draft

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
HOUR = timedelta(hours=1)


def change(**values: Any) -> dict[str, Any]:
    return {"params": {"values": values}}


def value(row: Any, code: str) -> Any:
    schema = schema_of(List.objects.get(system="crm.lead"))
    return schema[code].read(schema.model.objects.get(pk=row.pk))


def made(of) -> Template:
    return StageRobots.objects.get(stage=of).template


def test_robots_act_in_their_order_when_an_item_comes(admin, lists):
    new = stage("lead", "NEW")
    first = add_robot(new.pk, "element_update", actor=admin, **change(COMMENTS="раз"))
    second = add_robot(
        new.pk, "element_update", actor=admin, **change(COMMENTS="{{Document.COMMENTS}} два")
    )
    lead = item("lead", admin)
    go()
    assert value(lead, "COMMENTS") == "раз два"
    sort_robots(new.pk, [second.pk, first.pk], actor=admin)
    other = item("lead", admin)
    go()
    assert value(other, "COMMENTS") == "раз"


def test_a_switched_off_robot_does_nothing_and_running_ones_keep_their_version(admin, lists):
    new = stage("lead", "NEW")
    robot = add_robot(new.pk, "element_update", actor=admin, **change(COMMENTS="раз"))
    keep = add_robot(new.pk, "element_update", actor=admin, **change(SOURCE_INFO="x"))
    save_robot(robot.pk, actor=admin, is_on=False)
    lead = item("lead", admin)
    go()
    assert (value(lead, "COMMENTS"), value(lead, "SOURCE_INFO")) == (None, "x")
    versions = made(new).versions.count()
    save_robot(keep.pk, actor=admin, name="")
    assert made(new).versions.count() == versions


def test_delays_and_conditions(admin, lists):
    new = stage("lead", "NEW")
    after = {"period": {"amount": 2, "unit": "hours"}}
    only = {"and": [{"field": "NAME", "op": "contains", "value": ["Big"]}]}
    add_robot(new.pk, "element_update", actor=admin, delay=after, when=only,
              **change(COMMENTS="позже"))  # fmt: skip
    add_robot(new.pk, "element_update", actor=admin, **change(SOURCE_INFO="сразу"))
    big, small = item("lead", admin, "Big"), item("lead", admin, "Small")
    go(now=MONDAY)
    assert [value(one, "SOURCE_INFO") for one in (big, small)] == ["сразу", "сразу"]
    go(now=MONDAY + HOUR)
    assert value(big, "COMMENTS") is None
    go(now=MONDAY + 2 * HOUR)
    assert [value(one, "COMMENTS") for one in (big, small)] == ["позже", None]
    assert set(statuses(made(new))) == {"done"}


def test_by_a_date_of_the_item(admin, lists):
    create_field(lists["lead"].pk, "datetime", actor=admin, name="Встреча", code="MEET")
    new = stage("lead", "NEW")
    delay = {"field": "MEET", "direction": "before", "period": {"amount": 3, "unit": "hours"}}
    add_robot(new.pk, "element_update", actor=admin, delay=delay, **change(COMMENTS="скоро"))
    lead = item("lead", admin, MEET=MONDAY + 10 * HOUR)
    go(now=MONDAY)
    go(now=MONDAY + 6 * HOUR)
    assert value(lead, "COMMENTS") is None
    go(now=MONDAY + 7 * HOUR)
    assert value(lead, "COMMENTS") == "скоро"


def test_leaving_the_stage_drops_what_has_not_happened(admin, lists):
    new = stage("lead", "NEW")
    add_robot(new.pk, "element_update", actor=admin,
              delay={"period": {"amount": 1, "unit": "days"}}, **change(COMMENTS="x"))  # fmt: skip
    lead = item("lead", admin)
    go(now=MONDAY)
    move_to_stage(LEAD, lead.pk, stage("lead", "IN_PROCESS").pk, actor=admin)
    go(now=MONDAY + HOUR)
    go(now=MONDAY + timedelta(days=2))
    assert statuses(made(new)) == ["cancelled"]
    assert value(lead, "COMMENTS") is None


def test_robots_that_move_each_other_in_circles_are_cut(admin, lists):
    for here, there in (("NEW", "IN_PROCESS"), ("IN_PROCESS", "NEW")):
        add_robot(stage("lead", here).pk, "crm_move", actor=admin,
                  params={"stage": stage("lead", there).pk})  # fmt: skip
    lead = item("lead", admin)
    for _turn in range(4):
        go()
    assert Instance.objects.filter(subject_id=lead.pk).count() == 2


def test_wrong_robots_are_refused_by_their_parameter(admin, lists):
    new = stage("lead", "NEW")
    with pytest.raises(Invalid) as refused:
        add_robot(new.pk, "notify", actor=admin, params={"text": "{{Document.NONE}}"})
    assert set(refused.value.errors) == {"people", ""}
    assert not Robot.objects.exists()
    for slug in ("if", "wait", "nonsense"):
        with pytest.raises(Invalid):
            add_robot(new.pk, slug, actor=admin)


def test_the_last_robot_takes_the_process_along(admin, lists):
    new = stage("lead", "NEW")
    delay = {"period": {"amount": 1, "unit": "days"}}
    robot = add_robot(new.pk, "element_update", actor=admin, delay=delay, **change(COMMENTS="x"))
    item("lead", admin)
    go(now=MONDAY)
    template = made(new)
    delete_robot(robot.pk, actor=admin)
    go()
    assert statuses(template) == ["cancelled"]
    item("lead", admin)
    go(now=MONDAY)
    assert len(runs(template)) == 1
    add_robot(new.pk, "element_update", actor=admin, **change(COMMENTS="y"))
    assert made(new) == template
    item("lead", admin)
    go(now=MONDAY)
    assert len(runs(template)) == 2


def test_the_process_is_edited_only_through_them(admin, admin_client, lists):
    new = stage("lead", "NEW")
    add_robot(new.pk, "element_update", actor=admin, **change(COMMENTS="x"))
    template = made(new)
    assert template.name == f"Роботы: {lists['lead'].name}, стадия «{new}»"
    tree = {"steps": []}
    for write in (
        lambda: save_draft(template.pk, tree, draft_version=1, actor=admin),
        lambda: publish(template.pk, actor=admin),
        lambda: delete_template(template.pk, actor=admin),
        lambda: rename_template(template.pk, actor=admin, name="x"),
    ):
        with pytest.raises(Conflict):
            write()
    answer = admin_client.get(f"/processes/{template.pk}/design/")
    assert answer.url.startswith("/crm/settings/robots/?kind=lead")
    assert admin_client.get(f"/processes/{template.pk}/").status_code == 200


def test_detached_they_are_an_ordinary_process(admin, lists):
    new = stage("lead", "NEW")
    add_robot(new.pk, "element_update", actor=admin, **change(COMMENTS="x"))
    template = detach_robots(new.pk, actor=admin)
    assert not Robot.objects.exists()
    lead = item("lead", admin)
    go()
    assert value(lead, "COMMENTS") == "x"
    template.refresh_from_db()
    save_draft(template.pk, template.draft, draft_version=template.draft_version, actor=admin)
    assert template_for(new, actor=admin) != template


def test_who_does_not_manage_crm_does_not_come_here(admin, employee, lists):
    new = stage("lead", "NEW")
    robot = add_robot(new.pk, "element_update", actor=admin, **change(COMMENTS="x"))
    for write in (
        lambda: add_robot(new.pk, "element_update", actor=employee, **change(COMMENTS="x")),
        lambda: save_robot(robot.pk, actor=employee, is_on=False),
        lambda: delete_robot(robot.pk, actor=employee),
        lambda: sort_robots(new.pk, [], actor=employee),
        lambda: detach_robots(new.pk, actor=employee),
    ):
        with pytest.raises(Forbidden):
            write()
    client = Client()
    client.force_login(employee)
    for url in ("", f"stage/{new.pk}/add/", f"{robot.pk}/"):
        assert client.get(f"/crm/settings/robots/{url}").status_code == 403


def test_an_unwritten_process_shows_nowhere(admin, lists):
    template_for(stage("lead", "NEW"), actor=admin)
    assert designed_templates(admin, list_id=lists["lead"].pk) == []


def test_the_page_and_the_form(admin, admin_client, lists):
    new = stage("lead", "NEW")
    add = f"/crm/settings/robots/stage/{new.pk}/add/"
    chosen = admin_client.get(add).content.decode()
    assert "?action=notify" in chosen
    assert "?action=wait_until" not in chosen
    form = admin_client.get(f"{add}?action=notify").content.decode()
    assert 'name="p-text"' in form
    assert 'name="delay-kind"' in form
    given = {"p-text": "Новый лид", "p-people": ["author"], "delay-kind": "after",
             "delay-period_0": "", "name": ""}  # fmt: skip
    redrawn = admin_client.post(f"{add}?action=notify", {**given, "redraw": "1"})
    assert redrawn.status_code == 200
    assert 'name="delay-period_amount"' in redrawn.content.decode()
    refused = admin_client.post(f"{add}?action=notify", given)
    assert refused.status_code == 422
    assert "Новый лид" in refused.content.decode()
    given |= {"delay-period_amount": "30", "delay-period_unit": "minutes"}
    assert admin_client.post(f"{add}?action=notify", given).status_code == 204
    robot = Robot.objects.get()
    assert robot.delay == {"period": {"amount": 30, "unit": "minutes"}}
    assert robot.params == {"text": "Новый лид", "people": ["author"], "link": False}
    page = admin_client.get("/crm/settings/robots/?kind=lead").content.decode()
    assert "30 минут" in page
    admin_client.post(f"/crm/settings/robots/{robot.pk}/switch/")
    robot.refresh_from_db()
    assert not robot.is_on
    admin_client.post(f"/crm/settings/robots/stage/{new.pk}/order/", {"ids": [robot.pk]})
    admin_client.post(f"/crm/settings/robots/{robot.pk}/delete/")
    assert not Robot.objects.exists()


@pytest.mark.parametrize("slug", ["element_update", "crm_move", "crm_create", "crm_responsible"])
def test_the_form_of_every_crm_robot_is_drawn(admin, lists, slug):
    new = stage("lead", "NEW")
    template = template_for(new, actor=admin)
    scene = Scene(template, template.draft, admin)
    form = RobotForm(None, robot=Robot(stage=new, action=slug), scene=scene)
    assert all(str(bound) for bound in [*form.params, *form.timing])
