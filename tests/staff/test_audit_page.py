"""The audit log's page and its file: what they find, who may see it, how it reads."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from staff.models import AuditEntry, Employee
from staff.selectors_audit import AuditFilters, entries, entries_about
from staff.services.audit import record
from svod.base.errors import Forbidden

PAGE = "/audit/"


def put(at, event="employee.changed", **more):
    """An entry of another moment; rows may be added, so the time may be given."""
    return AuditEntry.objects.create(event=event, at=at, **more)


def test_members_are_named_and_rights_tell_of_what(log, world, client):
    about = {"added": [world.anna.pk, 10**9], "removed": [world.boris.pk]}
    put(datetime(2026, 3, 10, tzinfo=UTC), "group.members", subject="group:7", about=about)
    put(datetime(2026, 3, 11, tzinfo=UTC), "access.changed", subject="section:12:7")
    client.force_login(world.admin)
    lines = client.get(PAGE).context["lines"]
    assert lines[0].label == "Изменены права на раздел"
    told = dict(lines[1].details)
    assert told == {
        "Добавлено": f"{world.anna}, {10**9}",
        "Удалено": str(world.boris),
    }


# --- the page ---------------------------------------------------------------------------


def test_only_administrators(log, world, client):
    assert client.get(PAGE).status_code == 302
    world.anna.is_staff = True
    world.anna.save()
    client.force_login(world.anna)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE + "export/").status_code == 403
    assert PAGE not in client.get(reverse("people")).content.decode()
    with pytest.raises(Forbidden):
        entries(world.anna, AuditFilters())
    client.force_login(world.admin)
    assert f'href="{PAGE}"' in client.get(reverse("people")).content.decode()
    assert client.get(PAGE + "export/").status_code == 405


def test_an_empty_log_and_an_empty_result_differ(log, world, client):
    client.force_login(world.admin)
    assert "Журнал пуст" in client.get(PAGE).content.decode()
    assert "Ничего не найдено" in client.get(PAGE, {"subject": "нет"}).content.decode()


@pytest.fixture
def filled(log, world):
    """Four entries a day apart, oldest first."""
    day = datetime(2026, 3, 10, 12, tzinfo=UTC)
    rows = [
        {"event": "employee.created", "actor": world.admin, "subject": "list:12"},
        {"event": "employee.changed", "actor": world.anna, "subject": "list:123"},
        {"event": "employee.changed", "actor": world.anna, "impersonator": world.admin,
         "subject": "list:12:7"},
        {"event": "employee.rights", "subject": "element:12:9", "subject_name": "Поставщик"},
    ]  # fmt: skip
    return [put(day + timedelta(days=number), **row) for number, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [3, 2, 1, 0]),
        ({"event": "employee.changed"}, [2, 1]),
        ({"event": "no.such"}, []),
        ({"person": "admin"}, [2, 0]),
        ({"since": "2026-03-11", "until": "2026-03-12"}, [2, 1]),
        ({"subject": "list:12"}, [2, 0]),
        ({"subject": "element:12:"}, [3]),
        ({"subject": "поставщ"}, [3]),
        ({"subject": "%"}, []),
    ],
)
def test_filters(filled, world, client, query, expected):
    if "person" in query:
        query = {"person": world.admin.pk}
    client.force_login(world.admin)
    shown = client.get(PAGE, {"until": "2026-04-01"} | query).context["lines"]
    assert [line.entry.pk for line in shown] == [filled[number].pk for number in expected]


def test_entries_about_a_thing(filled):
    assert [entry.pk for entry in entries_about("list:12")] == [filled[2].pk, filled[0].pk]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "вчера"}, {"until": "9999-12-31"}, {"person": "0"}, {"person": "9" * 40},
        {"since": "2026-03-12", "until": "2026-03-11"}, {"event": "x" * 99},
        {"subject": "\0"},
    ],
)  # fmt: skip
def test_wrong_filters_are_errors_not_crashes(filled, world, client, query):
    client.force_login(world.admin)
    assert client.get(PAGE, query).status_code == 422


def test_pages_follow_each_other_without_gaps(log, world, client):
    """Many entries of one moment: the key is the time and the id."""
    moment = datetime(2026, 3, 10, 12, 0, 0, 123_456, tzinfo=UTC)
    made = [put(moment).pk for _ in range(120)]
    client.force_login(world.admin)
    seen, more = [], ""
    for _ in range(9):
        answer = client.get(
            PAGE,
            {"before": more, "until": "2026-04-01"},
            headers={"HX-Request": "true", "HX-Request-Type": "partial"},
        )
        seen += [line.entry.pk for line in answer.context["lines"]]
        if not (more := answer.context["more"]):
            break
    assert seen == sorted(made, reverse=True)


def test_a_damaged_cursor_shows_the_first_page(filled, world, client):
    client.force_login(world.admin)
    for damaged in ("1", "x-1", "9" * 30 + "-1", "\0"):
        assert client.get(PAGE, {"before": damaged, "until": "2026-04-01"}).context["lines"]


def test_the_number_of_queries_does_not_grow(
    log, world, client, django_assert_max_num_queries, make_employee
):
    client.force_login(world.admin)
    for number in range(40):
        record("employee.changed", actor=make_employee(f"p{number}"), subject=f"employee:{number}")
    with django_assert_max_num_queries(7):  # the bell's number and the open tasks among them
        assert len(client.get(PAGE).context["lines"]) >= 40


def test_details_are_words(log, world, client):
    record(
        "employee.rights",
        actor=world.admin,
        subject=f"employee:{world.anna.pk}",
        about={
            "administrator": {"before": False, "after": True},
            "ids": [1, 2],
            "count": None,
            "grants": {f"U{world.anna.pk}": ["view", "odd"], "AU": []},
        },
    )
    client.force_login(world.admin)
    page = client.get(PAGE).content.decode()
    assert "Нет → Да" in page
    assert "1, 2" in page
    assert f"{world.anna}: Просмотр, odd" in page
    assert f'href="/people/{world.anna.pk}/"' in page


# --- the file ---------------------------------------------------------------------------


def exported(client, **query):
    answer = client.post(PAGE + "export/", query)
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_file_has_what_the_filter_finds_and_is_recorded(filled, log, world, client):
    client.force_login(world.admin)
    rows = list(csv.reader(io.StringIO(exported(client, subject="list:12")), delimiter=";"))
    assert [row[5] for row in rows[1:]] == ["list:12:7", "list:12"]
    assert rows[1][0] == "2026-03-12 15:00:00+03:00"
    entry = log.get(event="audit.exported")
    assert (entry.actor, entry.about) == (world.admin, {"subject": "list:12"})


def test_the_file_is_read_in_pieces(log, world, client, monkeypatch):
    monkeypatch.setattr("staff.services.audit_export.BATCH", 7)
    made = [put(datetime(2026, 3, 10, tzinfo=UTC)).pk for _ in range(30)]
    client.force_login(world.admin)
    text = exported(client, until="2026-04-01")
    assert len(text.splitlines()) == len(made) + 1


def test_formulas_are_made_harmless(log, world, client):
    record("employee.changed", actor=world.admin, subject_name='=HYPERLINK("http://x")')
    client.force_login(world.admin)
    assert "'=HYPERLINK" in exported(client, event="employee.changed")


def test_a_wrong_filter_exports_nothing(filled, log, world, client):
    client.force_login(world.admin)
    assert client.post(PAGE + "export/", {"since": "x"}).status_code == 422
    assert not log.filter(event="audit.exported").exists()


def test_people_are_kept_apart_from_the_log(db):
    """No constraint of the database ties the log to people: it would change entries."""
    relations = {field.name: field.db_constraint for field in AuditEntry._meta.fields
                 if field.related_model is Employee}  # fmt: skip
    assert relations == {"actor": False, "impersonator": False}
