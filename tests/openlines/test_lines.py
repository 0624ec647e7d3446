"""Writes to lines, their people and channels: by whom, within which bounds, told to the audit."""

from __future__ import annotations

import pytest

from openlines.models import Channel, Conversation, Line, LineMember
from openlines.selectors.desk import visible_conversations
from openlines.services import desk, lines, members
from openlines.services.hours import set_hours
from openlines.services.visitors import window_of
from staff.audit_texts import details, event_label, subject_url
from staff.models import AuditEntry, Employee, WorkCalendar
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from svod.base.vault import ring
from tests.openlines.chat_world import Chat, chat, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Chat:
    return chat()


def entry(event: str) -> AuditEntry:
    return AuditEntry.objects.filter(event=event).latest("pk")


def member(world: Chat, who: Employee) -> LineMember:
    return LineMember.objects.get(line=world.line, employee=who)


def test_changes_of_a_line_are_told_with_what_was_before(world):
    lines.update_line(world.line, actor=world.boss, queue="strictly", at_once=10, name="Опт")
    told = entry("chat.line_changed")
    assert told.about["queue"] == {"before": "evenly", "after": "strictly"}
    assert set(told.about) == {"queue", "name"}
    assert subject_url(told.subject) == f"/chat/lines/{world.line.pk}/"
    assert ("Очередь", "Равномерно → Строго по очереди") in details(told, {})
    assert event_label(told) == "Изменена открытая линия"
    number = AuditEntry.objects.count()
    lines.update_line(world.line, actor=world.boss, queue="strictly")
    assert AuditEntry.objects.count() == number


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("queue", "x"), ("at_once", 0), ("no_answer_minutes", 10**6), ("leads", "x"),
     ("close_after_minutes", 10**8), ("service_employee", None)],
)  # fmt: skip
def test_what_a_line_cannot_be_is_refused_by_field(world, name, value):
    with pytest.raises(Invalid) as refused:
        lines.update_line(world.line, actor=world.boss, **{name: value})
    assert list(refused.value.errors) == [name]
    assert AuditEntry.objects.filter(event="chat.line_changed").count() == 0


def test_nobody_who_has_left_lends_their_name(world):
    gone = person("gone", is_active=False)
    with pytest.raises(Invalid):
        lines.update_line(world.line, actor=world.boss, service_employee=gone)


def test_only_managers_write(world):
    line, channel, actor = world.line, world.channel, world.anna
    writes = [
        lambda: lines.create_line(actor=actor, name="X"),
        lambda: lines.update_line(line, actor=actor, name="X"),
        lambda: lines.delete_line(line, actor=actor),
        lambda: lines.restore_line(line, actor=actor),
        lambda: lines.set_members(line, [actor], [], actor=actor),
        lambda: lines.create_channel(line, "web", "X", actor=actor),
        lambda: lines.update_channel(channel, actor=actor, name="X", settings={}),
        lambda: lines.switch_channel(channel, actor=actor, is_active=False),
        lambda: lines.renew_token(channel, actor=actor),
        lambda: lines.delete_channel(channel, actor=actor),
        lambda: members.add_members(line, [actor], "operator", actor=actor),
        lambda: members.set_role(line, member(world, actor).pk, "supervisor", actor=actor),
        lambda: members.order_members(line, [], actor=actor),
        lambda: members.pause_member(line, member(world, actor).pk, actor=actor, paused=True),
        lambda: members.remove_member(line, member(world, world.petr).pk, actor=actor),
        lambda: set_hours(line, {}, actor=actor),
    ]
    before = AuditEntry.objects.count()
    for write in writes:
        with pytest.raises(Forbidden):
            write()
    assert AuditEntry.objects.count() == before


def test_a_deleted_line_takes_nothing_and_comes_back(world):
    world.write("Привет")
    lines.delete_line(world.line, actor=world.boss)
    with pytest.raises(NotFound):
        window_of(world.channel.token)
    with pytest.raises(NotFound):
        lines.update_line(world.line, actor=world.boss, name="X")
    assert visible_conversations(world.boss).exists()
    lines.restore_line(Line.objects.get(), actor=world.boss)
    assert window_of(world.channel.token).line == world.line
    assert entry("chat.line_restored").subject_name == "Продажи"


def test_who_leaves_hands_their_conversations_back(world):
    world.write("Привет")
    talk = world.conversation()
    assert talk.operator == world.anna
    desk.invite(talk.pk, world.other, actor=world.anna)
    members.remove_member(world.line, member(world, world.anna).pk, actor=world.boss)
    talk = world.conversation()
    assert talk.operator == world.petr
    assert not visible_conversations(world.anna).exists()
    assert visible_conversations(world.other).exists()
    members.remove_member(world.line, member(world, world.petr).pk, actor=world.boss)
    assert world.conversation().state == Conversation.State.QUEUED
    with pytest.raises(Conflict):
        members.remove_member(world.line, member(world, world.boss).pk, actor=world.boss)
    told = AuditEntry.objects.filter(event="chat.line_members", about__removed__isnull=False)
    assert told.count() == 2


def test_members_come_rest_change_and_are_ordered(world):
    came = members.add_members(
        world.line, [world.other, world.anna, person("gone", is_active=False)], "operator",
        actor=world.boss,
    )  # fmt: skip
    assert came == 1
    rows = {name: member(world, getattr(world, name)) for name in ("anna", "petr", "other")}
    members.order_members(world.line, [rows["other"].pk, 999, rows["petr"].pk], actor=world.boss)
    order = LineMember.objects.filter(line=world.line, role="operator").order_by("sort")
    assert [one.employee for one in order] == [world.other, world.petr, world.anna]
    members.set_role(world.line, rows["other"].pk, "supervisor", actor=world.boss)
    with pytest.raises(Invalid):
        members.set_role(world.line, rows["other"].pk, "owner", actor=world.boss)
    supervisor = Employee.objects.get(pk=world.other.pk)
    members.pause_member(world.line, rows["petr"].pk, actor=supervisor, paused=True)
    assert member(world, world.petr).is_paused
    assert entry("chat.line_members").about == {"person": "petr", "paused": True}
    other_line = lines.create_line(actor=world.boss, name="Другая")
    with pytest.raises(NotFound):
        members.pause_member(other_line, rows["petr"].pk, actor=world.boss, paused=True)


def test_secrets_of_channels_are_sealed_kept_and_never_told(world):
    made = lines.create_channel(world.line, "web", "Бот", actor=world.boss, secret="ключ-1")
    lines.update_channel(made, actor=world.boss, name="Бот 2", settings={"title": "А"})
    stored = Channel.objects.get(pk=made.pk)
    assert ring().open(stored.sealed, context=stored.token) == "ключ-1"
    old = stored.token
    lines.renew_token(stored, actor=world.boss)
    stored = Channel.objects.get(pk=made.pk)
    assert stored.token != old
    assert ring().open(stored.sealed, context=stored.token) == "ключ-1"
    stored.error = "HTTP 401"
    stored.save()
    settings = {"title": "А"}
    lines.update_channel(stored, actor=world.boss, name="Бот", settings=settings, secret="ключ-2")
    stored.refresh_from_db()
    assert (stored.error, stored.name) == ("", "Бот")
    assert ring().open(stored.sealed, context=stored.token) == "ключ-2"
    told = str(list(AuditEntry.objects.values_list("about", flat=True)))
    assert "ключ" not in told
    assert entry("chat.channel_changed").about["access_renewed"] is True
    with pytest.raises(Invalid):
        lines.update_channel(stored, actor=world.boss, name="Б", settings={}, secret="x" * 5000)


def test_a_deleted_channel_is_closed_and_what_was_said_stays(world):
    world.write("Привет")
    lines.delete_channel(world.channel, actor=world.boss)
    with pytest.raises(NotFound):
        window_of(world.channel.token)
    assert Conversation.objects.count() == 1
    with pytest.raises(NotFound):
        lines.switch_channel(world.channel, actor=world.boss, is_active=True)


def test_hours_of_a_lines_own_leave_the_portals_alone(world):
    week = {"country": "", "weekdays": [6, 7], "opens": "10:00", "closes": "12:00",
            "lunch_from": None, "lunch_to": None}  # fmt: skip
    set_hours(world.line, week, actor=world.boss)
    first = Line.objects.get().calendar
    assert first.weekdays == [6, 7]
    set_hours(Line.objects.get(), {**week, "weekdays": [7]}, actor=world.boss)
    assert WorkCalendar.objects.get(pk=first.pk).weekdays == [7]
    second = lines.create_line(actor=world.boss, name="Ещё", calendar=first)
    set_hours(second, week, actor=world.boss)
    assert Line.objects.get(pk=second.pk).calendar != first
    assert WorkCalendar.objects.get(pk=first.pk).weekdays == [7]
    with pytest.raises(Invalid):
        set_hours(second, {**week, "weekdays": []}, actor=world.boss)
