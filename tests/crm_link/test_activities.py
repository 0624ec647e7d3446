"""Activities: planned, done, told of once; who sees and who changes them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from crm_link.grid_column import ActivityBadge, ActivityColumn
from crm_link.models import Activity
from crm_link.selectors.activities import badges, buckets, due_count, idle_items
from crm_link.services import activities as services
from crm_link.services.reminders import tell_due
from lists_core.access import Right, forget
from lists_core.selectors import boards
from lists_core.services.elements import delete_elements
from lists_core.services.rights import set_list_rights
from staff.models import Employee, Notification
from staff.selectors_notifications import closed_urls
from staff.subjects import Subject
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.crm_link.crm_world import item, stage
from workflows.selectors.calendars import calendar_text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
HOUR = timedelta(hours=1)


@pytest.fixture
def deal(admin):
    return item("deal", admin, "Big sale")


@pytest.fixture
def reader(admin, employee, lists) -> Employee:
    set_list_rights(
        lists["deal"].pk,
        {Subject("U", employee.pk): {Right.VIEW}, Subject("U", admin.pk): {Right.FULL}},
        actor=admin,
    )
    return employee


def plan(actor, deal, **values) -> Activity:
    given = {"kind": "call", "subject": "Ring them", **values}
    return services.create_activity(deal.pk, actor=actor, **given)


def test_it_is_planned_done_and_open_again(admin, deal):
    row = plan(admin, deal, deadline=timezone.now())
    assert due_count(admin) == 1
    done = services.finish_activity(row.pk, actor=admin, result="They agreed")
    assert done.done_at
    assert due_count(admin) == 0
    moment = done.done_at
    assert services.finish_activity(row.pk, actor=admin).done_at == moment
    assert services.reopen_activity(row.pk, actor=admin).is_open


def test_bad_values_are_told_by_name(admin, deal, employee):
    with pytest.raises(Invalid) as refused:
        plan(admin, deal, subject=" ", kind="dance", recording_url="javascript:alert(1)",
             responsible_id=employee.pk)  # fmt: skip
    assert set(refused.value.errors) == {"subject", "kind", "recording_url", "responsible"}


def test_the_second_of_two_writers_is_told(admin, deal):
    row = plan(admin, deal)
    services.change_activity(row.pk, actor=admin, version=1, subject="First")
    with pytest.raises(Conflict):
        services.change_activity(row.pk, actor=admin, version=1, subject="Second")


def test_rights_are_those_of_the_item(admin, deal, reader):
    row = plan(admin, deal)
    with pytest.raises(Forbidden):
        services.finish_activity(row.pk, actor=reader)
    own = plan(reader, deal)
    services.finish_activity(own.pk, actor=reader)
    stranger = Employee.objects.create_user("stranger", "s@svod.example", "x")
    for deed in (services.finish_activity, services.delete_activity):
        with pytest.raises(NotFound):
            deed(row.pk, actor=stranger)
    with pytest.raises(NotFound):
        plan(stranger, deal)


def test_reminder_and_deadline_are_told_once_each(admin, deal, reader):
    now = timezone.now()
    plan(admin, deal, responsible_id=reader.pk, deadline=now + HOUR, reminders=[15])
    told = Notification.objects.filter(employee=reader, kind="activity")
    tell_due(now + timedelta(minutes=40))
    assert told.count() == 0
    for _again in range(2):
        tell_due(now + timedelta(minutes=50))
        assert told.count() == 1
    for _again in range(2):
        tell_due(now + timedelta(minutes=61))
        assert told.count() == 2
    assert {one.text[:4] for one in told} <= {"Soon", "Over", "Скор", "Прос"}


def test_news_of_a_closed_item_are_closed(admin, deal, reader, lists):
    url = f"/crm/deal/{deal.pk}/"
    assert closed_urls(reader, [url]) == set()
    set_list_rights(lists["deal"].pk, {Subject("U", admin.pk): {Right.FULL}}, actor=admin)
    assert closed_urls(reader, [url]) == {url}


def test_a_moved_deadline_is_told_anew(admin, deal, reader):
    now = timezone.now()
    row = plan(admin, deal, responsible_id=reader.pk, deadline=now + HOUR)
    tell_due(now + 2 * HOUR)
    services.move_deadline(row.pk, now + 5 * HOUR, actor=admin)
    tell_due(now + 6 * HOUR)
    assert Notification.objects.filter(employee=reader, kind="activity").count() == 2


def test_buckets_and_badges(admin, deal, lists):
    now = timezone.now()
    plan(admin, deal, subject="Late", deadline=now - HOUR)
    plan(admin, deal, subject="Undated")
    plan(admin, deal, subject="Far", deadline=now + timedelta(days=9))
    found = {
        one.slug: [i.row.subject for i in one.items] for one in buckets(admin, {admin.pk}, now)
    }
    assert found == {"overdue": ["Late"], "today": [], "later": ["Far"], "undated": ["Undated"]}
    badge = badges([deal.pk])[deal.pk]
    assert (badge.open, badge.overdue, badge.first.subject) == (3, 1, "Late")
    other = item("deal", admin, "Idle")
    for column in (ActivityColumn(), ActivityBadge()):
        cells = column.cells(admin, lists["deal"], [deal, other])
        assert "tone-red" in cells[deal.pk]
        assert "tone-red" not in cells[other.pk]
    assert ("deal", other.pk, "Idle") in idle_items(admin)
    assert deal.pk not in {pk for _slug, pk, _name in idle_items(admin)}


@pytest.mark.parametrize("few", [0, 5_000])
def test_every_shape_shows_those_without_activities(admin, admin_client, deal, few, monkeypatch):
    monkeypatch.setattr(boards, "FEW", few)
    plan(admin, deal)
    done = item("deal", admin, "Nothing more")
    services.finish_activity(plan(admin, done).pk, actor=admin)
    for shape in ("list", "kanban"):
        page = admin_client.get(f"/crm/deal/{shape}/")
        assert "Big sale" in page.content.decode()
        asked = page.context["idle"]["url"]
        idle = admin_client.get(f"/crm/deal/{shape}/{asked}")
        assert "Nothing more" in idle.content.decode()
        assert "Big sale" not in idle.content.decode()
        assert "Без дел" in idle.content.decode()
        back = admin_client.get(f"/crm/deal/{shape}/{idle.context['idle']['url']}")
        assert "Big sale" in back.content.decode()


def test_items_in_the_bin_ask_for_nothing(admin, deal, lists):
    now = timezone.now()
    plan(admin, deal, deadline=now + HOUR)
    delete_elements(lists["deal"].pk, [deal.pk], actor=admin)
    assert due_count(admin) == 0
    tell_due(now + 2 * HOUR)
    assert not Notification.objects.filter(kind="activity").exists()


def test_badges_cost_as_much_for_many(admin, django_assert_num_queries):
    deals = [item("deal", admin) for _n in range(4)]
    for one in deals:
        plan(admin, one)
    with django_assert_num_queries(2):
        badges([one.pk for one in deals])


def test_pages(admin, admin_client, deal):
    add = f"/crm/deal/{deal.pk}/activities/add/?what=call"
    assert "Direction" in page(admin_client, add) or "Направление" in page(admin_client, add)
    data = {"subject": "Ring", "responsible": admin.pk, "priority": 2, "deadline": ""}
    assert admin_client.post(add, data, headers=HTMX).status_code == 204
    wrong = admin_client.post(add, data | {"subject": ""}, headers=HTMX)
    assert wrong.status_code == 422
    row = Activity.objects.get()
    assert "Ring" in page(admin_client, f"/crm/deal/{deal.pk}/")
    assert "Big sale" in page(admin_client, "/crm/activities/")
    assert admin_client.get("/crm/activities/calendar/").status_code == 200
    assert admin_client.post(f"/crm/activities/{row.pk}/done/", headers=HTMX).status_code == 204
    assert "Ring" in page(admin_client, f"/crm/deal/{deal.pk}/timeline/?group=activities")
    logged = add.replace("what=call", "what=call&logged=1")
    call = data | {"direction": "in", "minutes": "3", "recording_url": "https://x.example/1"}
    assert admin_client.post(logged, call, headers=HTMX).status_code == 204
    made = Activity.objects.exclude(pk=row.pk).get()
    assert (made.duration, made.direction, made.is_open) == (180, "in", False)
    assert admin_client.post(f"/crm/activities/{row.pk}/delete/", headers=HTMX).status_code == 204


def page(client, url: str) -> str:
    return client.get(url, headers=HTMX).content.decode()


def test_the_calendar_gives_its_events(admin, admin_client, deal):
    now = timezone.now()
    plan(admin, deal, deadline=now + HOUR)
    span = {"start": (now - HOUR).isoformat(), "end": (now + 9 * HOUR).isoformat()}
    found = admin_client.get("/crm/activities/events/", span).json()["events"]
    assert [one["state"] for one in found] == ["open"]
    last = {"start": "9999-12-01T00:00:00Z", "end": "9999-12-02T00:00:00Z"}
    for odd in ({"start": "x"}, last):
        assert admin_client.get("/crm/activities/events/", odd).status_code == 422


def test_meetings_and_calls_stand_in_the_calendar_of_their_person(admin, deal, reader, lists):
    """As the person subscribes to it: theirs, about items that they still see."""
    soon = (timezone.now() + HOUR).replace(microsecond=0)
    given = {"deadline": soon, "responsible_id": reader.pk}
    meeting = plan(admin, deal, kind="meeting", subject="Viewing, flat 7", **given)
    call = plan(admin, deal, duration=120, **given)
    plan(admin, deal, kind="todo", **given)
    plan(admin, deal, deadline=soon)
    services.finish_activity(call.pk, actor=admin)
    events = calendar_of(reader)
    assert events[f"activity-{meeting.pk}@svod"] == (soon, soon + HOUR, "OPAQUE")
    assert events[f"activity-{call.pk}@svod"][2] == "TRANSPARENT"
    assert len(events) == 2
    only_admin = {Subject("U", admin.pk): frozenset({Right.FULL})}
    set_list_rights(lists["deal"].pk, only_admin, actor=admin)
    forget()
    assert calendar_of(reader) == {}


def calendar_of(person) -> dict:
    text = calendar_text(person, portal="https://svod.example")
    return {
        str(one["uid"]): (one.decoded("dtstart"), one.decoded("dtend"), str(one["transp"]))
        for one in Calendar.from_ical(text).walk("VEVENT")
    }


def test_strangers_get_nothing(admin, deal, employee, client):
    row = plan(admin, deal, deadline=timezone.now() + HOUR)
    client.force_login(employee)
    assert client.get(f"/crm/activities/{row.pk}/").status_code == 404
    for deed in ("done", "move", "delete"):
        assert client.post(f"/crm/activities/{row.pk}/{deed}/").status_code == 404
    assert client.get(f"/crm/deal/{deal.pk}/activities/add/").status_code == 404
    assert stage("deal", "NEW")
