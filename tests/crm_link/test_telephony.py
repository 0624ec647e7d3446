"""Calls that an exchange tells: written down once, at the right item, never a 500."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from crm_link.kinds import DEAL
from crm_link.models import Activity, PhoneCall, Telephony
from crm_link.services.items import move_to_stage
from crm_link.services.telephony import change_telephony, close_telephony, new_token
from lists_core.access import Right
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.rights import set_list_rights
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid
from tests.crm_link.crm_world import adds_own, item, stage

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
    given = {"make_leads": "on", "call_back_minutes": 20, "responsible": employee.pk}
    wrong = admin_client.post(
        "/crm/settings/telephony/", {**given, "desk": "101 nobody@svod.example"}
    )
    assert wrong.status_code == 422
    admin_client.post("/crm/settings/telephony/", {**given, "desk": f"101 {employee.email}"})
    assert Telephony.objects.get().numbers == {"101": employee.pk}
    client.force_login(employee)
    assert client.get("/crm/settings/telephony/").status_code == 403
    halves = {"id": "c\ud800", "line": "\udfff", "employee": "x\ud800@a.example"}
    assert tell(client, token, **halves).status_code == 200
    assert PhoneCall.objects.get().external_id == "c"
