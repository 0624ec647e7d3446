"""CRM items as subjects: their cards, and the values of what they link to."""

from __future__ import annotations

import pytest

from lists_core.services.fields import create_field
from tests.crm_link.crm_world import item
from tests.crm_link.process_world import process
from tests.workflows.processes import begin, put, step, variables
from workflows.designer.placeholders import groups
from workflows.designer.scene import Scene
from workflows.subjects.links import subject_url

pytestmark = pytest.mark.django_db


def test_the_page_of_the_subject_is_its_card(admin, lists):
    deal = item("deal", admin)
    running = begin(process(lists["deal"], [put("a", "1")], actor=admin), admin, deal.pk)
    assert subject_url(running) == f"/crm/deal/{deal.pk}/"


def test_values_of_linked_items(admin, lists):
    company = item("company", admin, "Ромашка", INN="7707083893")
    contact = item("contact", admin, "Ольга", EMAIL=["olga@svod.example"], COMPANIES=[company.pk])
    deal = item("deal", admin, COMPANY=company.pk, CONTACTS=[contact.pk])
    texts = {
        "company": "{{Document.COMPANY.NAME}}",
        "inn": "ИНН {{Document.COMPANY.INN}}",
        "mail": "{{Document.CONTACTS.EMAIL}}",
        "far": "{{Document.CONTACTS.COMPANIES.NAME}}",
        "formula": "=upper({{Document.COMPANY.NAME}})",
        "id": "{{Document.COMPANY}}",
        "first": "{{Document.CONTACTS.0}}",
        "none": "{{Document.LEAD.NAME}}",
    }
    steps = [put(code, text) for code, text in texts.items()]
    known = [{"code": code, "label": code, "kind": "string"} for code in texts]
    made = process(lists["deal"], steps, actor=admin, variables=known)
    found = variables(begin(made, admin, deal.pk))
    assert found == {
        "company": "Ромашка", "inn": "ИНН 7707083893", "mail": ["olga@svod.example"],
        "far": "Ромашка", "formula": "РОМАШКА", "id": company.pk, "first": contact.pk,
        "none": None,
    }  # fmt: skip


def test_what_the_process_may_not_see_it_does_not_read_through_links(admin, employee, lists):
    from lists_core.access import Right
    from lists_core.services.rights import set_list_rights
    from staff.subjects import Subject

    company = item("company", admin, "Ромашка")
    deal = item("deal", admin, COMPANY=company.pk)
    set_list_rights(
        lists["deal"].pk, {Subject("U", employee.pk): frozenset({Right.VIEW})}, actor=admin
    )
    steps = [put("a", "{{Document.COMPANY.NAME}}"), put("b", "{{Document.NAME}}")]
    known = [{"code": code, "label": code, "kind": "string"} for code in ("a", "b")]
    made = process(lists["deal"], steps, actor=admin, variables=known)
    assert variables(begin(made, employee, deal.pk)) == {"a": None, "b": "Test"}


def test_the_designer_offers_them(admin, lists):
    create_field(lists["company"].pk, "string", actor=admin, name="Девиз", code="MOTTO")
    tree = {"steps": [step("notify", "n")]}
    scene = Scene(process(lists["deal"], [put("a", "1")], actor=admin), tree, admin)
    places = {one.path: one.caption for group in groups(scene) for one in group.items}
    assert places["Document.COMPANY.MOTTO"] == "Компания: Девиз"
