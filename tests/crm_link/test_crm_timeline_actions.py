"""Notes in the timeline and planned activities, set by processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_link.models import Activity, TimelineNote
from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.crm_link.crm_world import item
from tests.crm_link.process_world import process
from tests.workflows.processes import START, begin, step

pytestmark = pytest.mark.django_db


def test_a_note_in_the_timeline(admin, lists):
    deal = item("deal", admin, "Кухня")
    note = step("crm_note", "n", text="Берут: {{Document.NAME}}")
    assert begin(process(lists["deal"], [note], actor=admin), admin, deal.pk).status == "done"
    (written,) = TimelineNote.objects.filter(element=deal.pk, kind="note")
    assert (written.text, written.actor) == ("Берут: Кухня", admin)


def test_an_activity_for_the_responsible_and_for_others(admin, lists):
    seller = Employee.objects.create_user("seller", "seller@svod.example", "x")
    deal = item("deal", admin, "Кухня", RESPONSIBLE=seller.pk)
    seeing = {Subject("U", seller.pk): frozenset({Right.VIEW})}
    set_list_rights(lists["deal"].pk, seeing, actor=admin)
    given = {"kind": "call", "subject": "Позвонить: {{Document.NAME}}",
             "period": {"amount": 2, "unit": "hours"}}  # fmt: skip
    other = step("crm_activity", "b", subject="Проверить", people=[f"employee:{admin.pk}"])
    steps = [step("crm_activity", "a", **given), other]
    running = begin(process(lists["deal"], steps, actor=admin), admin, deal.pk)
    assert running.error == ""
    first, second = Activity.objects.filter(element=deal.pk).order_by("pk")
    assert (first.kind, first.subject, first.responsible) == ("call", "Позвонить: Кухня", seller)
    assert first.deadline == START + timedelta(hours=2)
    assert first.process_id == running.pk
    assert (second.kind, second.responsible, second.deadline) == ("todo", admin, None)
