"""What lists tell the audit log: deletions, exports, imports, and who asked for them."""

from __future__ import annotations

import pytest

from lists_core.services import exports, lists
from lists_core.services.elements import create_element, delete_elements, restore_elements
from staff.models import AuditEntry, Employee
from staff.selectors_audit import entries_about

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", is_staff=True)


@pytest.fixture
def list_(admin):
    return lists.create_list(actor=admin, name="Склад")


def made(list_, admin, count):
    return [create_element(list_.pk, {"NAME": f"№{n}"}, actor=admin).pk for n in range(count)]


def test_one_element_is_named_many_are_counted(list_, admin):
    ids = made(list_, admin, 3)
    delete_elements(list_.pk, ids[:1], actor=admin)
    delete_elements(list_.pk, ids[1:], actor=admin)
    one, many = AuditEntry.objects.filter(event="element.deleted").order_by("pk")
    assert (one.subject, one.subject_name) == (f"element:{list_.pk}:{ids[0]}", "№0")
    assert (many.subject, many.about) == (f"list:{list_.pk}", {"count": 2, "ids": ids[1:]})
    assert {one.actor, many.actor} == {admin}


def test_nothing_deleted_is_no_entry(list_, admin):
    delete_elements(list_.pk, [999_999], actor=admin)
    assert not AuditEntry.objects.filter(event="element.deleted").exists()


def test_ids_are_capped(list_, admin, monkeypatch):
    monkeypatch.setattr("lists_core.services.audited.ITEMS", 2)
    delete_elements(list_.pk, made(list_, admin, 5), actor=admin)
    about = AuditEntry.objects.get(event="element.deleted").about
    assert (about["count"], len(about["ids"])) == (5, 2)


def test_the_life_of_a_list(list_, admin):
    ids = made(list_, admin, 1)
    delete_elements(list_.pk, ids, actor=admin)
    restore_elements(list_.pk, ids, actor=admin)
    exports.start_export(list_, {}, actor=admin, format="csv")
    lists.delete_list(list_.pk, actor=admin)
    lists.restore_list(list_.pk, actor=admin)
    lists.delete_list(list_.pk, actor=admin)
    lists.purge_list(list_.pk, actor=admin)
    told = [entry.event for entry in AuditEntry.objects.order_by("pk")]
    assert [event for event in told if not event.startswith("access.")] == [
        "element.deleted", "element.restored", "export.started", "list.deleted",
        "list.restored", "list.deleted", "list.purged",
    ]  # fmt: skip
    assert {entry.subject_name for entry in entries_about(f"list:{list_.pk}")} == {"Склад"}
