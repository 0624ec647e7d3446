"""Where CRM's settings say so, an item that is there already is not saved a second time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_link.kinds import CONTACT, DEAL, LEAD, kinds
from crm_link.models import Role, RoleMember
from crm_link.selectors.duplicate_rules import blocking_of
from crm_link.services.conversion import convert_lead
from crm_link.services.duplicate_rules import (
    WHOLE,
    Ask,
    duplicate_rules,
    save_duplicate_rule,
    taken,
)
from crm_link.services.items import move_to_stage
from crm_link.services.merging import merge_items
from crm_link.services.requisites import add_requisite
from crm_link.services.stages import set_required
from lists_core.access import ROLES, Right
from lists_core.models import Field, ImportBatch, List
from lists_core.schema.cache import schema_of
from lists_core.services.bulk import bulk_update
from lists_core.services.elements import delete_elements, restore_elements, update_element
from lists_core.services.rights import set_element_rights, set_field_rights, set_list_rights
from staff.models import AuditEntry, Employee
from staff.subjects import EVERYONE, Subject
from svod.base.errors import Forbidden, Invalid
from tests.crm_link.crm_world import item, stage
from tests.crm_link.process_world import process
from tests.lists_core.transfer import run_import, upload
from tests.workflows.processes import begin, step

pytestmark = pytest.mark.django_db
PHONE, MAIL, INN = "+74951234567", "ivan@romashka.example", "7707083893"
SHOWN = "8 (495) 123-45-67"


def block(admin, slug: str = "contact", by=("phone", "email", "inn"), roles=()) -> None:
    save_duplicate_rule(kinds.get(slug), blocks=True, by=by, roles=roles, actor=admin)


@pytest.fixture
def seller(lists, employee, admin) -> Employee:
    """May edit all of CRM and manages nothing of it."""
    for list_ in lists.values():
        rights = {EVERYONE: ROLES["edit"][1], Subject("U", admin.pk): {Right.FULL}}
        set_list_rights(list_.pk, rights, actor=admin)
    return employee


def refused(errors: Invalid) -> str:
    return " ".join(text for texts in errors.errors.values() for text in texts)


def test_the_second_one_is_refused_whoever_brings_it(admin, seller, lists):
    first = item("contact", seller, "Петров", PHONE=[PHONE])
    item("contact", seller, "Тоже Петров", PHONE=[PHONE])  # only told at first
    block(admin)
    with pytest.raises(Invalid) as met:
        item("contact", seller, "Иванов", PHONE=[SHOWN], EMAIL=[MAIL])
    assert met.value.errors.keys() == {"PHONE"}
    assert f"{SHOWN} уже есть: «Петров» (C_{first.pk}), «Тоже Петров»" in refused(met.value)
    other = item("contact", seller, "Иванов", EMAIL=[MAIL])
    contacts = lists["contact"].pk
    with pytest.raises(Invalid):
        update_element(contacts, other.pk, {"PHONE": [PHONE]}, version=1, actor=seller)
    # Who is there twice already can be changed, and another kind is no duplicate.
    update_element(contacts, first.pk, {"NAME": "Пётр", "POST": "шеф"}, version=1, actor=seller)
    item("company", seller, "Ромашка", PHONE=[PHONE])
    assert item("contact", admin, "Ещё", PHONE=[PHONE]).pk


def test_by_what_and_by_whom(admin, seller, lists):
    role = Role.objects.create(name="Старшие")
    block(admin, by=["email"], roles=[role])
    for _again in range(2):
        item("contact", seller, PHONE=[PHONE])
    item("contact", seller, EMAIL=[MAIL])
    with pytest.raises(Invalid):
        item("contact", seller, EMAIL=[MAIL.upper()])
    RoleMember.objects.create(role=role, employee=seller)
    assert item("contact", seller, EMAIL=[MAIL]).pk


def test_what_one_may_not_see_is_told_without_a_name(admin, seller, lists):
    hidden = item("contact", admin, "Тайный", PHONE=[PHONE])
    set_element_rights(lists["contact"].pk, hidden.pk, {}, restricted=True, actor=admin)
    block(admin)
    with pytest.raises(Invalid) as met:
        item("contact", seller, PHONE=[PHONE])
    assert refused(met.value) == f"{SHOWN} уже есть — в элементе, который вам не виден."


def test_many_at_once_are_refused_one_by_one(admin, seller, lists):
    block(admin)
    rows = [item("contact", seller, f"Контакт {number}") for number in range(3)]
    ids = [row.pk for row in rows]
    report = bulk_update(lists["contact"].pk, ids, {"PHONE": [PHONE]}, actor=seller)
    assert (report.changed, report.skipped) == (1, 2)
    assert "нескольких" in str(report.problems)


def test_lines_of_a_file(admin, seller, client, lists, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("lists_core.services.imports.HEARD", 3)
    item("contact", admin, "Петров", PHONE=[PHONE])
    block(admin)
    client.force_login(seller)
    lines = ["Новый,+7 495 765-43-21", "Снова он,84957654321", "Петров,8 495 123 45 67", "Без,"]
    text = "Название,Телефон\n" + "\n".join(lines) + "\n"
    with CaptureQueriesContext(connection) as asked:
        job = run_import(client, upload(client, lists["contact"], text))
    assert job.result["created"] == 2, job.result
    assert "нескольких" in str(job.result)
    assert "«Петров»" in str(job.result)
    assert ImportBatch.objects.filter(run__job=job).count() == 2  # few lines at once
    # The kind is kept from others at once: two that shared it first would wait for one another.
    assert f"xact_lock({WHOLE}" in str(asked.captured_queries)
    assert f"xact_lock_shared({WHOLE}" not in str(asked.captured_queries)
    monkeypatch.setattr("lists_core.services.imports.HEARD", 100)
    # A line that makes a contact and one that changes another do not both get the telephone.
    text = "Название,Телефон\nДва,84951112233\nБез,84951112233\n"
    job = run_import(client, upload(client, lists["contact"], text), mode="both", key_0="on")
    assert (job.result["created"], job.result["failed"]) == (1, 1), job.result
    # A line that its stage refuses keeps the telephone from none.
    block(admin, "lead")
    asks = Field.objects.get(list=lists["lead"], code="LAST_NAME")
    set_required(stage("lead", "NEW").pk, [asks.pk], actor=admin)
    text = "Название,Телефон,Фамилия\nПервый,84951112233,\nВторой,84951112233,Орлов\n"
    job = run_import(client, upload(client, lists["lead"], text))
    assert (job.result["created"], job.result["failed"]) == (1, 1), job.result


def test_a_form_keeps_what_was_typed_and_says_so_before(admin, seller, client, lists):
    item("contact", admin, "Петров", PHONE=[PHONE])
    block(admin)
    client.force_login(seller)
    url = reverse("element_add", args=[lists["contact"].pk])
    page = client.post(url, {"NAME": "Иванов Пётр", "PHONE": [PHONE]})
    assert page.status_code == 422
    told = page.content.decode()
    assert "Иванов Пётр" in told
    assert "«Петров»" in told
    alike = reverse("crm_look_alikes", args=["contact"])
    assert "crm-alike-refused" in client.post(alike, {"PHONE": [PHONE]}).content.decode()
    client.force_login(admin)
    assert "crm-alike-refused" not in client.post(alike, {"PHONE": [PHONE]}).content.decode()


def test_a_lead_that_is_finished_does_not_count(admin, seller, client, lists):
    block(admin, "lead")
    lead = item("lead", seller, PHONE=[PHONE])
    with pytest.raises(Invalid):
        item("lead", seller, PHONE=[PHONE])
    hidden = {"view_restricted": True, "change_restricted": True, "actor": admin}
    field = Field.objects.get(list=lists["lead"], code="STAGE")
    set_field_rights(lists["lead"].pk, field.pk, {}, **hidden)
    client.force_login(seller)
    page = client.post(reverse("crm_look_alikes", args=["lead"]), {"PHONE": [PHONE]})
    assert "crm-alike-refused" in page.content.decode()
    move_to_stage(LEAD, lead.pk, stage("lead", "JUNK").pk, actor=admin)
    assert item("lead", seller, PHONE=[PHONE]).pk


def test_conversion_and_processes_say_why(admin, seller, lists):
    item("contact", admin, "Петров", EMAIL=[MAIL])
    block(admin)
    lead = item("lead", seller, "Окна", LAST_NAME="Орлов", EMAIL=[MAIL])
    with pytest.raises(Invalid) as met:
        convert_lead(lead.pk, actor=seller, contact=True)
    assert "Контакт, Эл. почта" in refused(met.value)
    assert "«Петров»" in refused(met.value)
    values = {"NAME": "Из процесса", "EMAIL": MAIL}
    steps = [step("crm_create", "c", list=lists["contact"].pk, values=values)]
    deal = item("deal", seller)
    run = begin(process(lists[DEAL.slug], steps, actor=admin), seller, deal.pk)
    assert run.status == "failed"  # its reason is read by others than whose rights it has
    assert run.error == "Эл. почта: элемент с таким значением уже есть."


def test_requisites_are_compared_by_inn(admin, seller, lists):
    one, other = (item("company", seller, name) for name in ("Ромашка", "Лютик"))
    given = {"name": "ООО", "inn": INN}
    company = lists["company"].pk
    add_requisite(company, one.pk, "company", given, actor=seller)
    block(admin, "company")
    with pytest.raises(Invalid) as met:
        add_requisite(company, other.pk, "company", given, actor=seller)
    assert met.value.errors.keys() == {"inn"}
    with pytest.raises(Invalid):
        item("company", seller, "Третья", INN=INN)
    update_element(company, one.pk, {"INN": INN}, version=1, actor=seller)  # its own
    delete_elements(company, [one.pk], actor=seller)
    assert add_requisite(company, other.pk, "company", given, actor=seller).pk


def test_merging_and_the_bin_are_never_refused(admin, seller, lists):
    one = item("contact", seller, "Петров")
    other = item("contact", seller, "Он же", PHONE=[PHONE])
    block(admin)
    merge_items(CONTACT, one.pk, [other.pk], actor=seller)
    delete_elements(lists["contact"].pk, [one.pk], actor=seller)
    item("contact", seller, "Новый", PHONE=[PHONE])
    assert restore_elements(lists["contact"].pk, [one.pk], actor=seller) == 1


def test_the_page_of_the_setting(admin, seller, admin_client, client, lists):
    url = reverse("crm_duplicates_settings")
    given = {"lead-by": "phone", "contact-way": "blocks", "contact-by": ["inn", "phone"]}
    assert admin_client.post(url, {**given, "company-by": "inn"}).status_code == 302
    rule = duplicate_rules()["contact"]
    assert (rule.blocks, rule.by) == (True, ["phone", "inn"])
    told = AuditEntry.objects.filter(event="crm.duplicates_ruled", subject="crm_kind:contact")
    assert told.get().about["blocks"] == {"before": False, "after": True}
    wrong = admin_client.post(url, {"contact-way": "blocks", "company-by": "inn"})
    assert wrong.status_code == 422
    assert duplicate_rules()["contact"].by == ["phone", "inn"]
    client.force_login(seller)
    assert client.get(url).status_code == 403
    with pytest.raises(Forbidden):
        block(seller)


def test_two_more_queries_for_any_number(admin, seller, lists, django_assert_num_queries):
    block(admin)
    schema = schema_of(List.objects.get(pk=lists["contact"].pk))
    rule = blocking_of(schema)
    asks = [Ask(None, [("phone", f"+7495{number:07}")]) for number in range(50)]
    with django_assert_num_queries(3):
        assert taken(schema, rule, asks, seller) == {}
