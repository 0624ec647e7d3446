"""Telling people: who gets a row, once, in which words and how."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staff.models import Delivery, Employee, Notification, NotificationPreference
from staff.notification_kinds import notification_kinds
from staff.services.notifications import next_digest, notify
from svod.base.registry import UnknownEntry


def told() -> list[str]:
    return [row.employee.first_name for row in Notification.objects.order_by("employee_id")]


def test_each_is_told_once_but_not_the_one_who_did_it(world: SimpleNamespace) -> None:
    people = [world.anna, world.boris, world.anna, world.gone, world.admin]
    notify(people, "system", "Hello", url="/people/", actor=world.boris)
    assert told() == ["Admin", "Anna"]
    row = Notification.objects.get(employee=world.anna)
    assert (row.text, row.url, row.actor, row.read_at) == ("Hello", "/people/", world.boris, None)


def test_a_key_makes_a_repeat_do_nothing(world: SimpleNamespace) -> None:
    for _again in range(2):
        notify([world.anna], "system", "Once", key="task:1")
        notify([world.anna], "system", "Always")
    notify([world.boris], "system", "Once", key="task:1")
    assert sorted(row.text for row in Notification.objects.filter(employee=world.anna)) == [
        "Always", "Always", "Once",
    ]  # fmt: skip
    assert Notification.objects.filter(employee=world.boris).count() == 1


def test_what_is_rolled_back_was_never_told(world: SimpleNamespace) -> None:
    with transaction.atomic():
        notify([world.anna], "system", "Never")
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


def test_as_many_queries_for_many_people(world: SimpleNamespace, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        notify([world.anna], "system", "One")
    everybody = list(Employee.objects.all())
    with django_assert_num_queries(3):
        notify(everybody, "system", "All")
    with django_assert_num_queries(0):
        notify([], "system", "Nobody")


def test_a_lazy_text_is_in_each_persons_language(world: SimpleNamespace) -> None:
    Employee.objects.filter(pk=world.boris.pk).update(language="en")
    notify([world.anna, world.boris], "system", format_lazy("{} 5", _("Name")))
    texts = dict(Notification.objects.values_list("employee__first_name", "text"))
    assert texts == {"Anna": "Название 5", "Boris": "Name 5"}


def test_people_choose_how(world: SimpleNamespace) -> None:
    Employee.objects.filter(pk=world.gone.pk).update(is_active=True, email="")
    for person, delivery in [
        (world.anna, Delivery.NONE), (world.boris, Delivery.MAIL), (world.gone, Delivery.MAIL),
        (world.admin, Delivery.DIGEST),
    ]:  # fmt: skip
        NotificationPreference.objects.create(employee=person, kind="system", delivery=delivery)
    notify([world.anna, world.boris, world.admin, world.gone], "system", "News")
    rows = {row.employee_id: row for row in Notification.objects.all()}
    assert world.anna.pk not in rows
    assert rows[world.boris.pk].mail_at
    assert rows[world.gone.pk].mail_at is None, "nowhere to send it"
    assert rows[world.admin.pk].mail_at > rows[world.boris.pk].mail_at


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("Europe/Moscow", "2026-03-01T05:59", "2026-03-01T06:00"),
        ("Europe/Moscow", "2026-03-01T06:00", "2026-03-02T06:00"),
        ("Asia/Vladivostok", "2026-03-01T05:59", "2026-03-01T23:00"),
        ("Europe/Berlin", "2026-03-28T12:00", "2026-03-29T07:00"),  # the clocks go forward
        ("Of/No-Place", "2026-03-01T05:59", "2026-03-01T06:00"),
    ],
)
def test_the_digest_comes_in_the_morning_of_the_person(zone: str, now: str, due: str) -> None:
    person = Employee(time_zone=zone)
    at = next_digest(person, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert at.astimezone(UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "javascript:1", "/" * 9]
)
def test_only_addresses_of_the_portal(world: SimpleNamespace, url: str) -> None:
    notify([world.anna], "system", "Come", url=url)
    assert Notification.objects.get().url == ""


def test_an_unknown_kind_is_a_fault_of_the_program(world: SimpleNamespace) -> None:
    with pytest.raises(UnknownEntry):
        notify([world.anna], "nonsense", "Hm")


def test_the_kinds_of_all_apps_are_there() -> None:
    assert {"system", "mention", "comment", "task", "process"} <= set(notification_kinds.slugs())
