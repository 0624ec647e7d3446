"""Forms of sites make leads; spam, strangers' values and other sites get nowhere."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from crm_link.models import Submission, Visit, WebForm
from crm_link.selectors.web_forms import path_of_lead
from crm_link.services.orphans import tell_orphans
from crm_link.services.web_forms import delete_web_form, forget_visits, save_web_form
from crm_link.web_form_page import marks_of, offered, stamp, web_address
from lists_core.access import Right
from lists_core.element_tabs import open_target
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.services.rights import set_field_rights, set_list_rights
from staff.models import Employee, Notification
from staff.services.employees import deactivate_employee
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid
from tests.crm_link.crm_world import (
    adds_own,
    ask_more_of_leads,
    crm_manager,
    item,
    remove_source,
    remove_stage,
    stage,
)

pytestmark = pytest.mark.django_db
SITE = "https://site.example"
VISITOR = "7f9c2ba4-e88f-427d-a01b-7a3b6ad1f1a0"
ASKED = [
    {"code": "FIRST_NAME", "label": "Как вас зовут?", "required": True},
    {"code": "PHONE", "label": "", "required": True},
    {"code": "COMMENTS", "label": "", "required": False},
    {"code": "CONVERTED_AT", "label": "", "required": False},
    {"code": "RESPONSIBLE", "label": "", "required": False},
]


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


@pytest.fixture
def form(admin, lists) -> WebForm:
    made = WebForm(
        name="Заявка", owner=admin, fields=ASKED, origins=[f"{SITE}/"], consent="Согласен",
        min_seconds=0, visits=True,
    )  # fmt: skip
    return save_web_form(made, actor=admin)


def leads() -> list[dict]:
    schema = schema_of(List.objects.get(system="crm.lead"))
    rows = schema.model.objects.order_by("-pk")
    return [{one.code: one.read(row) for one in schema.editable} | {"id": row.pk} for row in rows]


def typed(**more) -> dict:
    given = {"f-FIRST_NAME": "Иван", "f-PHONE": "8 495 123-45-67", "f-consent": "on"}
    return {**given, "stamp": stamp(), **more}


def test_only_what_may_be_asked_is_kept(admin, form, employee):
    assert [row["code"] for row in form.fields] == ["FIRST_NAME", "PHONE", "COMMENTS"]
    assert form.origins == [SITE]
    with pytest.raises(Forbidden):
        save_web_form(form, actor=employee)
    form.redirect, form.origins = "http://evil.example/", ["javascript:alert(1)"]
    with pytest.raises(Invalid) as refused:
        save_web_form(form, actor=admin)
    assert set(refused.value.errors) == {"redirect", "origins"}


def test_a_stranger_makes_a_lead(admin, client, form):
    page = client.get(f"/f/{form.token}/?utm_source=ya&page={SITE}/p?utm_campaign=x")
    html = page.content.decode()
    assert "Как вас зовут?" in html
    assert 'name="utm_source" value="ya"' in html
    assert "main.js" not in html
    sent = typed(utm_source="ya", page=f"{SITE}/p?utm_campaign=x", referrer="https://ya.example/")
    done = client.post(f"/f/{form.token}/", sent)
    assert done.status_code == 200
    assert "Спасибо" in done.content.decode()
    (lead,) = leads()
    assert lead["NAME"] == "Заявка: Иван"
    assert lead["PHONE"] == ["+74951234567"]
    assert (lead["UTM_SOURCE"], lead["UTM_CAMPAIGN"]) == ("ya", "x")
    assert lead["SOURCE_INFO"] == f"{SITE}/p?utm_campaign=x"
    assert lead["STAGE"] == stage("lead", "NEW").pk
    assert lead["RESPONSIBLE"] == admin.pk
    came = Submission.objects.get(lead=lead["id"])
    assert (came.referrer, came.agreed) == ("https://ya.example/", "Согласен")


def test_policy_of_the_page(client, form):
    policy = client.get(f"/f/{form.token}/").headers
    csp = policy["Content-Security-Policy"]
    assert f"frame-ancestors {SITE}" in csp
    assert "script-src 'none'" in csp
    assert "X-Frame-Options" not in policy
    form.origins = []
    form.save()
    assert (
        "frame-ancestors 'none'"
        in client.get(f"/f/{form.token}/").headers["Content-Security-Policy"]
    )


def test_mass_assignment_and_odd_values(client, form, employee):
    odd = typed(**{
        "f-RESPONSIBLE": str(employee.pk), "RESPONSIBLE": str(employee.pk), "f-STAGE": "1",
        "f-COMMENTS": "<script>alert(1)</script>\x00", "page": "javascript:alert(1)",
        "utm_source": "a" * 900, "visitor": "not one", "owner": "1",
    })  # fmt: skip
    assert client.post(f"/f/{form.token}/", odd).status_code in (200, 422)
    for lead in leads():
        assert lead["RESPONSIBLE"] != employee.pk
        assert lead["SOURCE_INFO"] is None
        assert len(lead["UTM_SOURCE"]) == 255
    form.title = form.intro = form.name = "<b onclick=x>"
    form.fields[0]["label"] = "<i>L</i>"
    form.save()
    html = client.get(f"/f/{form.token}/").content.decode()
    assert "<b onclick" not in html
    assert "<i>L</i>" not in html
    wrong = client.post(f"/f/{form.token}/", typed(**{"f-PHONE": "<u>1</u>", "page": '"><x>'}))
    assert wrong.status_code == 422
    assert "<u>1" not in wrong.content.decode()


def test_spam_is_stopped(client, form):
    assert client.post(f"/f/{form.token}/", typed(website="spam")).status_code == 200
    assert client.post(f"/f/{form.token}/", typed(stamp="forged:x:y")).status_code == 422
    with time_machine.travel(timezone.now() - timedelta(days=2), tick=False):
        old = stamp()
    assert client.post(f"/f/{form.token}/", typed(stamp=old)).status_code == 422
    form.min_seconds = 30
    form.save()
    assert client.post(f"/f/{form.token}/", typed()).status_code == 422
    assert leads() == []
    form.min_seconds = 0
    form.save()
    codes = [client.post(f"/f/{form.token}/", typed()).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    big = client.post(f"/f/{form.token}/", typed(**{"f-COMMENTS": "x" * 70_000}))
    assert big.status_code == 413


def test_one_without_consent_or_switched_off(client, form):
    without = typed()
    del without["f-consent"]
    assert client.post(f"/f/{form.token}/", without).status_code == 422
    form.redirect = "https://site.example/thanks"
    form.save()
    gone = client.post(f"/f/{form.token}/", typed())
    assert (gone.status_code, gone["Location"]) == (303, "https://site.example/thanks")
    form.is_on = False
    form.save()
    assert client.get(f"/f/{form.token}/").status_code == 404
    assert client.get("/f/nothing/").status_code == 404


def test_people_take_turns(admin, client, form, employee):
    other = Employee.objects.create_user("second", "second@svod.example", "x")
    form.responsibles = [employee.pk, other.pk]
    form.save()
    for _number in range(3):
        client.post(f"/f/{form.token}/", typed())
    assert [lead["RESPONSIBLE"] for lead in leads()] == [employee.pk, other.pk, employee.pk]


def test_a_turn_for_whom_the_owner_may_not_add_is_passed_over(admin, client, form, employee):
    """The role that the owner has now lets them add in their own name alone."""
    form.responsibles = [admin.pk, employee.pk]
    save_web_form(form, actor=admin)
    WebForm.objects.update(owner=adds_own(employee))
    codes = [client.post(f"/f/{form.token}/", typed()).status_code for _ in range(3)]
    assert codes == [200] * 3
    assert {lead["RESPONSIBLE"] for lead in leads()} == {employee.pk}
    with pytest.raises(Invalid) as refused:
        save_web_form(WebForm.objects.get(), actor=admin)
    assert set(refused.value.errors) == {"responsibles"}


def test_no_change_of_settings_costs_a_lead(admin, client, form):
    """An option and a stage that are gone, a required field, a first stage that asks for more,
    a name that is longer than a name may be."""
    source = next(iter(lead_field("SOURCE").options_by_id))
    form.source, form.stage, form.name = source, stage("lead", "IN_PROCESS").pk, "З" * 100
    save_web_form(form, actor=admin)
    remove_source(admin, source)
    remove_stage(admin, "IN_PROCESS")
    ask_more_of_leads(admin)
    assert client.post(f"/f/{form.token}/", typed(**{"f-FIRST_NAME": "И" * 250})).status_code == 200
    (lead,) = leads()
    assert lead["STAGE"] == stage("lead", "NEW").pk
    assert (lead["SOURCE"], lead["AMOUNT"], lead["COMPANY_TITLE"]) == (None, None, None)
    assert lead["PHONE"] == ["+74951234567"]
    with pytest.raises(Invalid):  # of employees it is asked all the same
        item("lead", admin)


def lead_field(code: str) -> Any:
    return schema_of(List.objects.get(system="crm.lead"))[code].field


def test_a_form_whose_owner_has_left(admin, client, form, employee):
    """Visitors find nothing; whoever manages CRM sees it, is told, and can mend it."""
    manager = crm_manager("boss")
    WebForm.objects.update(owner=employee)
    deactivate_employee(employee, actor=admin)
    assert client.get(f"/f/{form.token}/").status_code == 404
    tell_orphans()
    tell_orphans()
    told = Notification.objects.filter(kind="crm_outside", url=form.get_absolute_url())
    assert set(told.values_list("employee", flat=True)) == {admin.pk, manager.pk}
    assert told.count() == 2
    client.force_login(manager)
    assert "Закрыта" in client.get("/crm/settings/web-forms/").content.decode()
    page = client.get(form.get_absolute_url()).content.decode()
    assert "Закрыта: её сотрудник отключён" in page
    assert f'value="{manager.pk}"' in page
    given = {"name": "Новая подпись", "is_on": "on", "ask_PHONE": "on", "owner": employee.pk,
             "min_seconds": 0, "a_minute": 60, "visits_days": 90}  # fmt: skip
    assert client.post(form.get_absolute_url(), given).status_code == 302  # a label, as it stands
    assert WebForm.objects.get().owner_id == employee.pk
    refused = client.post(form.get_absolute_url(), {**given, "owner": admin.pk})
    assert refused.status_code == 422
    assert client.post(form.get_absolute_url(), {**given, "owner": manager.pk}).status_code == 302
    assert WebForm.objects.get().owner_id == manager.pk
    client.logout()
    assert client.get(f"/f/{form.token}/").status_code == 200


def test_a_form_whose_owner_may_add_no_leads_any_more(admin, admin_client, form, employee):
    WebForm.objects.update(owner=employee)
    assert "нельзя добавлять лиды" in admin_client.get("/crm/settings/web-forms/").content.decode()
    assert tell_orphans() == 1
    assert admin_client.get(f"/f/{form.token}/").status_code == 404
    WebForm.objects.update(owner=adds_own(employee))
    assert tell_orphans() == 0


def test_only_an_administrator_names_another_owner(admin, form, employee):
    manager = crm_manager("boss")
    form.owner = employee
    with pytest.raises(Invalid) as refused:
        save_web_form(form, actor=manager)
    assert set(refused.value.errors) == {"owner"}
    save_web_form(form, actor=admin)
    form.name = "Иначе"
    save_web_form(form, actor=manager)  # whose form it is stays as an administrator said
    assert WebForm.objects.get().owner_id == employee.pk


def test_a_closed_field_stays_asked_for_and_is_nobodys_to_add(admin, lists, form, employee):
    """Of one who left the administrator keeps it; by another's rights a manager adds nothing."""
    manager, adder = crm_manager("boss"), adds_own(employee)
    phone = Field.objects.get(list=lists["lead"], code="PHONE")
    set_field_rights(
        lists["lead"].pk, phone.pk, {Subject("U", adder.pk): frozenset({Right.CHANGE})},
        view_restricted=False, change_restricted=True, actor=admin,
    )  # fmt: skip
    rest = [row for row in ASKED if row["code"] != "PHONE"]
    WebForm.objects.update(owner=adder, fields=rest)
    mine = WebForm.objects.get()
    mine.fields = ASKED
    assert "PHONE" not in {row["code"] for row in save_web_form(mine, actor=manager).fields}
    WebForm.objects.update(fields=ASKED)
    Employee.objects.filter(pk=adder.pk).update(is_active=False)
    assert "PHONE" in {one.code for one in offered(WebForm.objects.get(), admin)}
    assert "PHONE" not in {one.code for one in offered(WebForm.objects.get(), manager)}


def send(client, form, path: str, body, origin: str | None = SITE):
    headers = {"Origin": origin} if origin else {}
    raw = body if isinstance(body, str) else json.dumps(body)
    return client.post(
        f"/f/{form.token}/{path}/", raw, content_type="application/json", headers=headers
    )


def test_json_of_an_allowed_site(client, form):
    given = {"values": {"FIRST_NAME": "Иван", "PHONE": "+74951234567"}, "consent": True,
             "utm_source": "ya", "visitor": VISITOR}  # fmt: skip
    done = send(client, form, "json", given)
    assert done.json()["result"] == "ok"
    assert done["Access-Control-Allow-Origin"] == SITE
    assert leads()[0]["UTM_SOURCE"] == "ya"
    before = client.options(f"/f/{form.token}/json/", headers={"Origin": SITE})
    assert before["Access-Control-Allow-Methods"] == "POST"
    wrong = send(client, form, "json", {"values": {"FIRST_NAME": ["x"]}, "consent": True})
    assert wrong.status_code == 422
    assert "PHONE" in wrong.json()["errors"]
    for origin in (None, "https://evil.example", "null"):
        refused = send(client, form, "json", given, origin)
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused
    for odd in ("{", "[1]", '{"values": 5}', "[" * 5000, '{"values": {"PHONE": {"a": 1}}}'):
        assert 400 <= send(client, form, "json", odd).status_code < 500
    assert len(leads()) == 1
    halves = {**given, "referrer": "https://a.example/\ud800", "utm_source": "\udfffx"}
    assert send(client, form, "json", halves).status_code == 200
    assert Submission.objects.latest("pk").referrer == "https://a.example/"
    odd_name = {"values": {"FIRST_NAME": "\ud800", "PHONE": "+74951234567"}, "consent": True}
    assert send(client, form, "json", odd_name).status_code == 422


def close(list_id: int, code: str, admin) -> None:
    field = Field.objects.get(list=list_id, code=code)
    set_field_rights(list_id, field.pk, {}, view_restricted=True, change_restricted=True,
                     actor=admin)  # fmt: skip


def test_visits_lead_to_the_lead(admin, client, admin_client, form, lists, employee):
    pages = [f"{SITE}/?utm_source=first", f"{SITE}/price", f"{SITE}/?utm_source=last"]
    for url in pages:
        told = {"consent": True, "visitor": VISITOR, "url": url, "referrer": "https://a.example"}
        assert send(client, form, "visit", told).status_code == 204
    refused = [{"consent": False}, {"url": "javascript:1"}, {"visitor": "x"}, {"url": 5}]
    for odd in refused:
        bad = send(client, form, "visit", {**told, **odd})
        assert 400 <= bad.status_code < 500
    client.post(f"/f/{form.token}/", typed(visitor=VISITOR))
    place = lists["lead"].pk, leads()[0]["id"]
    way = path_of_lead(open_target(admin, Right.VIEW, *place))
    assert [visit.url for visit in way.visits] == pages
    assert (way.first, way.last) == ({"utm_source": "first"}, {"utm_source": "last"})
    tab = f"/lists/{lists['lead'].pk}/elements/{leads()[0]['id']}/visits/"
    assert pages[1] in admin_client.get(tab).content.decode()
    reader, tab_of = Subject("U", employee.pk), Client()
    tab_of.force_login(employee)
    set_list_rights(place[0], {reader: frozenset({Right.VIEW})}, actor=admin)
    assert "utm_source: first" in tab_of.get(tab).content.decode()
    close(place[0], "UTM_SOURCE", admin)
    told = tab_of.get(tab).content.decode()
    assert "utm_source" not in told
    assert pages[1] in told
    close(place[0], "SOURCE_INFO", admin)
    told = tab_of.get(tab).content.decode()
    assert SITE not in told
    assert "для вас закрыты" in told
    Visit.objects.update(at=timezone.now() - timedelta(days=91))
    assert forget_visits() == 3


def test_marks_and_addresses():
    assert marks_of("https://a.example/?utm_source=x&utm_evil=1&a=2") == {"utm_source": "x"}
    odd = ["javascript:alert(1)", "data:text/html,x", "//a.example", "http://[", "", None, 5]
    assert [web_address(one) for one in odd] == [""] * len(odd)


def test_the_editor(admin, lists, admin_client, client, employee):
    page = admin_client.get("/crm/settings/web-forms/add/")
    assert "ask_PHONE" in page.content.decode()
    given = {
        "name": "Новая", "is_on": "on", "ask_PHONE": "on", "label_PHONE": "Тел.",
        "required_PHONE": "on", "sites": "https://site.example\nhttps://two.example",
        "min_seconds": 2, "a_minute": 60, "visits_days": 90, "owner": admin.pk,
    }  # fmt: skip
    saved = admin_client.post("/crm/settings/web-forms/add/", given)
    made = WebForm.objects.get(name="Новая")
    assert saved.url == made.get_absolute_url()
    assert made.fields == [{"code": "PHONE", "label": "Тел.", "required": True}]
    assert made.origins == ["https://site.example", "https://two.example"]
    wrong = admin_client.post(made.get_absolute_url(), {**given, "redirect": "http://x.example"})
    assert wrong.status_code == 422
    assert made.token in admin_client.get(made.get_absolute_url()).content.decode()
    assert "Новая" in admin_client.get("/crm/settings/web-forms/").content.decode()
    script = client.get(f"/f/{made.token}/form.js")
    assert script["Content-Type"].startswith("text/javascript")
    client.force_login(employee)
    assert client.get("/crm/settings/web-forms/").status_code == 403
    assert client.post(f"{made.get_absolute_url()}delete/").status_code == 403
    delete_web_form(made.pk, actor=admin)
