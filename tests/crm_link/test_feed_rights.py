"""For whom consolidation rules work: what they see and write, and who hears that they fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_link.models import Role, RoleMember
from crm_link.services.feed_rules import save_feed_rule
from crm_link.services.feeds import try_again, work_feeds
from lists_core.access import ROLES, Right
from lists_core.models import ElementVersion, Field
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.models import Employee, Notification
from staff.notification_guards import closed_urls
from staff.subjects import Subject
from svod.base.errors import Forbidden
from tests.crm_link.feed_world import Feeds, feeds, given_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(admin) -> Feeds:
    return feeds(admin)


def test_it_works_with_the_rights_of_its_employee(world, employee):
    for list_, role in ((world.deals, "view"), (world.deliveries, "edit")):
        grants = {Subject("U", world.actor.pk): {Right.FULL},
                  Subject("U", employee.pk): ROLES[role][1]}  # fmt: skip
        set_list_rights(list_.pk, grants, actor=world.actor)
    world.save(run_as=employee)
    one = world.deal("One")
    world.follow()
    assert len(world.rows()) == 1
    assert ElementVersion.objects.filter(element=world.rows()[0]["ID"]).last().actor == employee
    grants = {Subject("U", world.actor.pk): {Right.FULL}}
    set_list_rights(world.deliveries.pk, grants, actor=world.actor)
    world.change(one, NAME="Another")
    world.follow()
    world.rule.refresh_from_db()
    assert world.rule.error
    assert world.rows()[0]["WHAT"] == "One"
    Employee.objects.filter(pk=employee.pk).update(is_active=False)
    try_again(world.rule)
    work_feeds(timezone.now() + timedelta(seconds=1))
    world.rule.refresh_from_db()
    assert str(employee) in world.rule.error


def test_who_manages_crm_is_told_once_that_a_rule_fails(world, employee, client):
    manager = Employee.objects.create_user("manager", "m@svod.example", "x")
    role = Role.objects.create(name="Designers", manages=True)
    RoleMember.objects.create(role=role, employee=manager)
    world.save(run_as=employee)
    Employee.objects.filter(pk=employee.pk).update(is_active=False)
    for name in ("One", "Two"):
        world.deal(name)
        world.follow()
    told = Notification.objects.filter(kind="consolidation")
    assert set(told.values_list("employee", flat=True)) == {world.actor.pk, manager.pk}
    assert told.count() == 2
    assert str(employee) in told[0].text
    client.force_login(manager)
    assert client.get(told[0].url).status_code == 200
    assert closed_urls(manager, [told[0].url]) == set()
    assert closed_urls(employee, [told[0].url]) == {told[0].url}


def test_who_sees_no_stage_does_not_deliver_what_is_not_won(world, employee):
    for list_ in (world.deals, world.deliveries):
        grants = {Subject("U", world.actor.pk): {Right.FULL},
                  Subject("U", employee.pk): ROLES["edit"][1]}  # fmt: skip
        set_list_rights(list_.pk, grants, actor=world.actor)
    hide(world.deals, "STAGE", world.actor)
    world.save(run_as=employee)
    world.deal("Open", won=False)
    world.follow()
    assert world.rows() == []
    assert world.failures() == [
        "Правило берёт только успешные, но поля «Стадия» нет или оно скрыто от сотрудника правила."
    ]


def hide(list_, code: str, actor) -> None:
    field = Field.objects.get(list=list_, code=code)
    closed = {"view_restricted": True, "change_restricted": True}
    set_field_rights(list_.pk, field.pk, {}, **closed, actor=actor)


def test_only_administrators_lend_an_employee(world, employee, monkeypatch):
    monkeypatch.setattr("crm_link.access.may_manage_crm", lambda actor: True)
    for list_ in (world.deals, world.deliveries):
        grants = {Subject("U", one.pk): {Right.FULL} for one in (world.actor, employee)}
        set_list_rights(list_.pk, grants, actor=world.actor)
    given = given_of(world) | {"name": "Own", "run_as": world.actor}
    with pytest.raises(Forbidden):
        save_feed_rule(None, given, actor=employee)
    made = save_feed_rule(None, {**given, "run_as": None}, actor=employee)
    assert made.run_as is None
    world.deal("One")
    world.follow()
    made.refresh_from_db()
    assert made.error
