"""Calls that an exchange tells: written down once, at the right item, never a 500."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from crm_link.kinds import DEAL
from crm_link.models import Activity, PhoneCall, Telephony
from crm_link.selectors.calls import SHOWN, calls_page
from crm_link.services.items import move_to_stage
from crm_link.services.orphans import tell_orphans
from crm_link.services.telephony import change_telephony, close_telephony, new_token
from lists_core.access import Right
from lists_core.field_types.options import option_rows
from lists_core.models import Field, FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.fields import update_field
from lists_core.services.rights import set_list_rights
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
    stage,
)

pytestmark = pytest.mark.django_db
PHONE = "+74951234567"
CALL = {
    "id": "c-1", "direction": "in", "number": "8 (495) 123-45-67", "line": "main",
    "start": "2026-11-28T10:15:00+03:00", "duration": 75, "result": "answered",
    "recording": "https://pbx.example/c-1.mp3",
}  # fmt: skip


@pytest.fixture
def token(admin, lists) -> str:
    cache.clear()
    return new_token(actor=admin)


def see(lists, admin, person, kind: str) -> None:
    grants = {Subject("U", person.pk): frozenset({Right.VIEW})}
    set_list_rights(lists[kind].pk, grants, actor=admin)


def test_who_may_not_open_the_item_does_not_answer_for_it(admin, client, token, employee):
    contact = item("contact", admin, "Петров", PHONE=[PHONE])
    tell(client, token, employee=employee.email)
    assert Activity.objects.get(element=contact.pk).responsible_id == admin.pk
    assert PhoneCall.objects.get().employee_id == employee.pk


def tell(client, token: str, body=None, **more):
    raw = body if isinstance(body, str) else json.dumps({**CALL, **more})
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(
        "/crm/telephony/calls/", raw, content_type="application/json", headers=headers
    )


def test_a_call_is_written_at_the_open_deal_of_its_contact(admin, lists, client, token, employee):
    see(lists, admin, employee, "deal")
    contact = item("contact", admin, "Петров", PHONE=[PHONE])
    lost = item("deal", admin, "Проигранная", CONTACTS=[contact.pk])
    move_to_stage(DEAL, lost.pk, stage("deal", "LOSE").pk, actor=admin)
    assert tell(client, token).json()["element"] == contact.pk
    deal = item("deal", admin, "Открытая", CONTACTS=[contact.pk])
    done = tell(client, token, id="c-2", employee=employee.email)
    assert done.json()["element"] == deal.pk
    activity = Activity.objects.get(element=deal.pk)
    assert (activity.kind, activity.direction, activity.duration) == ("call", "in", 75)
    assert activity.recording_url == CALL["recording"]
    assert activity.responsible_id == employee.pk
    assert activity.done_at is not None


def test_the_same_call_told_again_is_the_same(admin, client, token):
    item("contact", admin, "Петров", PHONE=[PHONE])
    first = tell(client, token, recording="", duration=0).json()
    assert tell(client, token).json() == first
    assert Activity.objects.count() == PhoneCall.objects.count() == 1
    assert Activity.objects.get().recording_url == CALL["recording"]
    assert tell(client, token, recording="").status_code == 200
    assert Activity.objects.get().recording_url == CALL["recording"]


def test_an_unknown_caller_becomes_a_lead_and_is_called_back(admin, lists, client, token, employee):
    see(lists, admin, employee, "lead")
    values = {"make_leads": True, "responsible": employee, "call_back_minutes": 15}
    change_telephony(values, {"101": employee.pk}, actor=admin)
    done = tell(client, token, result="missed", duration=0, recording="").json()
    schema = schema_of(List.objects.get(system="crm.lead"))
    lead = schema.model.objects.get(pk=done["element"])
    assert schema["PHONE"].read(lead) == [PHONE]
    assert schema["RESPONSIBLE"].read(lead) == employee.pk
    back = Activity.objects.get(element=lead.pk, done_at=None)
    assert back.responsible_id == employee.pk
    assert timedelta(0) < back.deadline - timezone.now() <= timedelta(minutes=15)
    again = tell(client, token, id="c-2", employee="101").json()
    assert again["element"] == lead.pk  # his open lead
    change_telephony({**values, "make_leads": False}, {}, actor=admin)
    assert tell(client, token, id="c-3", number="+79161112233").json()["element"] is None
    assert tell(client, token, id="c-4", number="+79161112244", direction="out").status_code == 200


def test_a_stranger_whose_lead_the_owner_may_not_add_for_another(admin, client, token, employee):
    """The call is written down, at a lead of the owner's own."""
    values = {"make_leads": True, "responsible": admin, "call_back_minutes": 15}
    change_telephony(values, {}, actor=admin)
    Telephony.objects.update(owner=adds_own(employee))
    lead = tell(client, token).json()["element"]
    schema = schema_of(List.objects.get(system="crm.lead"))
    assert schema["RESPONSIBLE"].read(schema.model.objects.get(pk=lead)) == employee.pk
    with pytest.raises(Invalid):
        change_telephony(values, {}, actor=admin)


def test_no_change_of_settings_costs_a_call(admin, lists, client, token, employee):
    ask_more_of_leads(admin)
    lead = tell(client, token).json()["element"]
    schema = schema_of(List.objects.get(system="crm.lead"))
    source = schema["SOURCE"].read(schema.model.objects.get(pk=lead))
    assert source == option("Звонок")
    sorted_anew(admin)  # the source is known by its name, not by its place
    lead = tell(client, token, id="c-2", number="+79161112233").json()["element"]
    assert schema["SOURCE"].read(schema.model.objects.get(pk=lead)) == source
    remove_source(admin, source)
    assert tell(client, token, id="c-3", number="+79161112244").json()["element"]


def option(name: str) -> int:
    options = FieldOption.objects.filter(field__list__system="crm.lead", field__code="SOURCE")
    return options.get(name=name).pk


def sorted_anew(admin) -> None:
    field = Field.objects.get(list__system="crm.lead", code="SOURCE")
    rows = option_rows(field)[::-1]
    update_field(field.pk, actor=admin, settings={**field.settings, "options": rows})


def test_a_call_that_crm_refuses_is_kept(admin, lists, client, token, employee):
    """The maker of the token may not add leads any more: the call waits on the page of calls."""
    Telephony.objects.update(owner=employee)
    see(lists, admin, employee, "lead")
    assert tell(client, token, employee=employee.email).json()["element"] is None
    assert tell(client, token, recording="https://pbx.example/2.mp3").status_code == 200
    call = PhoneCall.objects.get()
    assert (call.employee_id, call.recording_url) == (employee.pk, "https://pbx.example/2.mp3")
    Telephony.objects.update(owner=admin)
    assert tell(client, token).json()["element"]  # told again, it finds its place


def test_a_missed_caller_is_called_back_once(admin, client, token):
    contact = item("contact", admin, "Петров", PHONE=[PHONE])
    backs = Activity.objects.filter(subject__startswith="Перезвонить")
    for number in range(3):
        tell(client, token, id=f"m-{number}", result="missed", duration=0)
    back = backs.get()
    assert {one.call_back_id for one in PhoneCall.objects.all()} == {back.pk}
    tell(client, token, id="o-1", direction="out", result="busy", duration=0)
    assert backs.get().is_open
    deal = item("deal", admin, "Открытая", CONTACTS=[contact.pk])
    assert tell(client, token, id="o-2", direction="out").json()["element"] == deal.pk
    assert not backs.get().is_open
    tell(client, token, id="m-9", result="missed", duration=0)
    assert backs.filter(done_at=None).count() == 1
    tell(client, token, id="m-9")  # it was answered after all
    assert not backs.filter(done_at=None).exists()


def test_the_log_of_calls(admin, lists, admin_client, client, token, employee):
    """Who reads the item reads its calls; one at no item is for whom it concerns."""
    other = Employee.objects.create_user("other", "other@svod.example", "x")
    deal = item("deal", admin, "Видная сделка")
    change_telephony(
        {"make_leads": False, "responsible": None, "call_back_minutes": 15}, {}, actor=admin
    )
    tell(client, token, employee=employee.email)
    call = PhoneCall.objects.get()
    place = f"/crm/calls/{call.pk}/item/"
    assert "+74951234567" in admin_client.get("/crm/calls/").content.decode()
    assert log_of(client, other) == []
    assert client.get(place).status_code == 404
    assert [one.row for one in log_of(client, employee)] == [call]
    assert place in client.get("/crm/calls/?show=unplaced").content.decode()
    refused = client.post(place, {"item": f"D_{deal.pk}"})
    assert refused.status_code == 422
    see(lists, admin, employee, "deal")
    assert client.post(place, {"item": f"D_{deal.pk}"}).status_code == 302
    activity = Activity.objects.get(element=deal.pk)
    assert (activity.responsible_id, activity.recording_url) == (employee.pk, CALL["recording"])
    assert client.post(place, {"item": f"D_{deal.pk}"}).status_code == 422
    page = client.get("/crm/calls/?show=mine").content.decode()
    assert "Видная сделка" in page
    assert "1:15" in page
    for show in ("missed", "unplaced", "odd&before=5", "all&before=x"):
        assert client.get(f"/crm/calls/?show={show}").status_code == 200
    set_list_rights(lists["deal"].pk, {}, actor=admin)  # the deal is closed to them by now
    assert log_of(client, employee) == []
    assert client.get(place).status_code == 404


def log_of(client, person) -> list:
    client.force_login(person)
    return list(client.get("/crm/calls/").context["page"].calls)


def test_the_log_goes_on_by_parts(admin, client):
    at = timezone.now()
    PhoneCall.objects.bulk_create(
        PhoneCall(external_id=str(number), number="+74951234567", direction="in", at=at,
                  result="missed")
        for number in range(SHOWN + 2)
    )  # fmt: skip
    first = calls_page(admin, "missed")
    rest = calls_page(admin, "missed", first.before)
    assert (len(first.calls), len(rest.calls), rest.before) == (SHOWN, 2, 0)


def test_when_the_maker_of_the_token_has_left(admin, lists, client, token, employee):
    manager = crm_manager("boss")
    Telephony.objects.update(owner=employee)
    deactivate_employee(employee, actor=admin)
    assert tell(client, token).status_code == 401
    tell_orphans()
    told = Notification.objects.filter(kind="crm_outside", url="/crm/settings/telephony/")
    assert set(told.values_list("employee", flat=True)) == {admin.pk, manager.pk}
    client.force_login(manager)
    assert "отказ на каждый звонок" in client.get("/crm/settings/telephony/").content.decode()
    given = {"make_leads": "on", "call_back_minutes": 20, "owner": admin.pk}
    assert client.post("/crm/settings/telephony/", given).status_code == 422
    given["owner"] = manager.pk
    assert client.post("/crm/settings/telephony/", given).status_code == 302
    assert tell(client, token).status_code == 200  # the exchange's token is the same


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"number": "нет"}, "number"),
        ({"number": {"a": 1}}, "number"),
        ({"direction": "up"}, "direction"),
        ({"result": "fine"}, "result"),
        ({"recording": "http://pbx.example/1"}, "recording"),
        ({"recording": "https://user@pbx.example/1"}, "recording"),
        ({"recording": "javascript:alert(1)"}, "recording"),
        ({"start": "yesterday"}, "start"),
        ({"start": "9999-99-99T99:99:99"}, "start"),
        ({"duration": -1}, "duration"),
        ({"duration": "9" * 30}, "duration"),
        ({"duration": True}, "duration"),
    ],
)
def test_what_does_not_fit_is_told(client, token, more, wrong):
    refused = tell(client, token, **more)
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {wrong}


def test_only_with_the_token(admin, client, token, employee):
    halves = {"id": "c\ud800", "line": "\udfff", "employee": "x\ud800@a.example"}
    assert tell(client, token, **halves).status_code == 200
    assert PhoneCall.objects.get().external_id == "c"
    for odd in ("", "x", token + "x", "é"):
        assert tell(client, odd).status_code == 401
    assert client.get("/crm/telephony/calls/").status_code == 405
    for body in ("{", "[]", "[" * 9000, '{"id": "' + "x" * 40_000 + '"}', "\x00"):
        assert tell(client, token, body).status_code in (400, 413)
    assert token not in json.dumps(list(Telephony.objects.values()), default=str)
    newer = new_token(actor=admin)
    assert tell(client, token).status_code == 401
    admin.is_active = False
    admin.save()
    assert tell(client, newer).status_code == 401
    admin.is_active = True
    admin.save()
    assert tell(client, newer).status_code == 200
    with pytest.raises(Forbidden):
        close_telephony(actor=employee)
    close_telephony(actor=admin)
    assert tell(client, newer).status_code == 401


def test_the_page(admin, lists, admin_client, client, employee):
    page = admin_client.post("/crm/settings/telephony/token/").content.decode()
    assert 'id="tel-token"' in page
    assert 'id="tel-token"' not in admin_client.get("/crm/settings/telephony/").content.decode()
    given = {"make_leads": "on", "call_back_minutes": 20, "responsible": employee.pk,
             "owner": admin.pk}  # fmt: skip
    wrong = admin_client.post(
        "/crm/settings/telephony/", {**given, "desk": "101 nobody@svod.example"}
    )
    assert wrong.status_code == 422
    admin_client.post("/crm/settings/telephony/", {**given, "desk": f"101 {employee.email}"})
    assert Telephony.objects.get().numbers == {"101": employee.pk}
    client.force_login(employee)
    assert client.get("/crm/settings/telephony/").status_code == 403


def test_who_rang_after_a_talk_waits_whenever_that_talk_is_told_again(admin, client, token):
    item("contact", admin, "Петров", PHONE=[PHONE])
    backs = Activity.objects.filter(subject__startswith="Перезвонить")
    talk, later = {"id": "t-1", "recording": ""}, "2026-11-28T10:20:00+03:00"
    tell(client, token, **talk)
    tell(client, token, id="t-2", result="missed", duration=0, start=later)
    tell(client, token, **{**talk, "recording": CALL["recording"]})
    assert backs.get().is_open
    tell(client, token, id="t-3", start="2026-11-28T11:00:00+03:00")
    assert not backs.get().is_open
    tell(client, token, id="t-4", result="missed", duration=0, start=later)  # told too late
    assert backs.count() == 1
