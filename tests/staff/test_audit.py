"""The audit log: what is recorded, and that it stays as it was."""

from __future__ import annotations

import ast
import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from staff.audit_context import AuditContextMiddleware, origin
from staff.models import AuditEntry
from staff.selectors_audit import AuditFilters, entries
from staff.services import departments, employees, passwords
from staff.services.audit import ITEMS, TEXT_SIGNS, audit_events, record

ROOT = Path(__file__).resolve().parents[2]


def allow(operation):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('svod.audit_allow', %s, true)", [operation])


def events(log):
    return [entry.event for entry in log.order_by("pk")]


# --- recording --------------------------------------------------------------------------


def test_an_entry_says_who_what_and_when(log, world):
    record(
        "employee.changed", actor=world.admin, subject="employee:5", subject_name="Анна",
        about={"changed": ["phone"]},
    )  # fmt: skip
    entry = log.get()
    assert (entry.actor, entry.actor_name) == (world.admin, str(world.admin))
    assert (entry.subject, entry.subject_name) == ("employee:5", "Анна")
    assert entry.about == {"changed": ["phone"]}
    assert (entry.ip, entry.request_id, entry.impersonator) == (None, "", None)
    age = log.values_list(Now() - F("at"), flat=True)[0]
    assert timedelta(0) <= age < timedelta(hours=1)


def test_strangers_and_the_system_are_nobody(log):
    record("employee.changed", actor=AnonymousUser())
    record("employee.changed", actor=None)
    assert set(log.values_list("actor", "actor_name")) == {(None, "")}


def test_a_refused_operation_leaves_nothing(log, world):
    def refused():
        with transaction.atomic():
            record("employee.changed", actor=world.admin)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        refused()
    assert not log.exists()


def test_the_name_outlives_the_person(log, world, make_employee):
    passing = make_employee("passing")
    record("employee.changed", actor=passing)
    passing.delete()
    entry = entries(world.admin, AuditFilters()).get()
    assert (entry.actor, entry.actor_name) == (None, "Тестов Passing")


def test_the_request_is_known_while_it_is_answered(log, world):
    """A-76: the one who really acts stands beside the one whose rights were used."""
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    request.impersonator = world.admin

    def answer(request):
        record("employee.changed", actor=world.anna)
        return HttpResponse()

    AuditContextMiddleware(answer)(request)
    entry = log.get()
    assert (entry.ip, entry.actor, entry.impersonator) == ("192.0.2.7", world.anna, world.admin)
    assert entry.impersonator_name == str(world.admin)
    assert origin().ip is None


def test_a_failing_request_is_forgotten_too():
    def fail(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        AuditContextMiddleware(fail)(RequestFactory().get("/"))
    assert origin().ip is None


def test_a_request_through_the_portal_leaves_its_id_and_address(log, world, client):
    client.force_login(world.admin)
    answer = client.post(
        reverse("employee_activity", args=[world.anna.pk]), REMOTE_ADDR="192.0.2.8"
    )
    entry = log.get(event="employee.deactivated")
    assert (entry.ip, entry.request_id) == ("192.0.2.8", answer["X-Request-ID"])


def test_details_are_cut_and_secrets_blanked(log):
    record(
        "employee.changed",
        actor=None,
        subject="x" * 9_000,
        about={
            "text": "ы" * 9_000,
            "ids": list(range(5_000)),
            "password": "wooden-anchor-42",
            "deep": {"api_key": "wooden-anchor-42", "list": [{"token": "wooden-anchor-42"}]},
            "odd": [float("nan"), datetime(2026, 1, 2, tzinfo=UTC), {"a": {"b": {"c": {}}}}],
        },
    )
    entry = log.get()
    assert "wooden-anchor" not in str(entry.about)
    assert len(entry.about["text"]) == len(entry.subject) == TEXT_SIGNS
    assert len(entry.about["ids"]) == ITEMS + 1
    assert entry.about["odd"][:2] == ["nan", "2026-01-02 00:00:00+00:00"]


@pytest.mark.parametrize(
    "evil", ['\n{"level":"INFO","event":"forged"}', "a\0b", "\ud800", '"}, {"x": "', "\r\n=1+1"]
)
def test_text_cannot_forge_an_entry(log, world, client, evil):
    """A-86: whatever a name holds, it stays inside its one entry and its one line and cell."""
    record("employee.changed", actor=world.admin, subject_name=evil, about={"name": evil})
    assert log.count() == 1
    client.force_login(world.admin)
    assert client.get("/audit/").status_code == 200
    answer = client.post("/audit/export/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) == 2
    assert not rows[1][6].startswith(("=", "\r", "\n", "+", "-", "@"))


def test_every_recorded_event_has_a_label():
    found = set()
    for app in ("staff", "lists_core"):
        for path in (ROOT / app).rglob("*.py"):
            found |= set(recorded(ast.parse(path.read_text())))
    assert "employee.created" in found
    assert found - set(audit_events.slugs()) == set()


def recorded(tree):
    """First arguments of `record(…)`, `audit.record(…)` and `_tell(…)` that are plain names."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in {"record", "_tell"} and isinstance(first, ast.Constant):
            yield first.value


def test_an_event_of_an_app_that_is_gone_shows_its_name():
    assert audit_events.label("gone.event") == "gone.event"


# --- append-only ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_auditentry SET actor_name = 'x'",
        "DELETE FROM staff_auditentry",
        "TRUNCATE staff_auditentry",
        "UPDATE staff_auditentry SET actor_name = 'x' WHERE false",
        "WITH gone AS (DELETE FROM staff_auditentry RETURNING id) SELECT * FROM gone",
        "INSERT INTO staff_auditentry (id, event, about) SELECT id, 'x', '{}' FROM staff_auditentry"
        " ON CONFLICT (id) DO UPDATE SET event = 'x'",
    ],
)
def test_entries_are_neither_changed_nor_deleted(log, statement):
    record("employee.changed", actor=None)
    allow("")
    cursor = connection.cursor()
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        cursor.execute(statement)
    assert events(log) == ["employee.changed"]


def test_no_setting_lets_a_change_through(log):
    entry = AuditEntry.objects.create(event="employee.changed")
    allow("UPDATE")
    entry.event = "forged"
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        entry.save()


def test_retention_deletes_what_is_older_and_says_so(log):
    now = datetime.now(UTC)
    for days in (31, 29):
        log.create(event="employee.changed", at=now - timedelta(days=days))
    call_command("audit_retention", older_than=30, verbosity=0)
    assert events(log) == ["employee.changed", "audit.trimmed"]
    assert log.get(event="audit.trimmed").about["count"] == 1
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        log.all().delete()


@pytest.mark.parametrize("days", ["0", "-1", "all"])
def test_retention_refuses_nonsense(log, days):
    with pytest.raises(CommandError):
        call_command("audit_retention", "--older-than", days)


# --- what staff records -----------------------------------------------------------------


def test_an_employee_made_changed_and_given_rights(log, world):
    values = {"email": "new@svod.example", "last_name": "Новиков", "first_name": "Пётр"}
    person = employees.create_employee(values, actor=world.admin)
    employees.update_employee(person, values, actor=world.admin)
    assert events(log) == ["employee.created"]
    employees.update_employee(person, {"language": "en", "theme": "dark"}, actor=world.admin)
    assert events(log) == ["employee.created"]
    more = {"phone": "+7 495 1234567", "is_superuser": True, "department": world.law}
    employees.update_employee(person, more, actor=world.admin)
    assert events(log)[1:] == ["employee.changed", "employee.rights"]
    changed, rights = log.order_by("pk")[1:]
    assert changed.subject == f"employee:{person.pk}"
    assert changed.about == {
        "changed": ["phone", "department"], "department": {"before": "", "after": "Юристы"},
    }  # fmt: skip
    assert rights.about == {
        "administrator": {"before": False, "after": True},
        "designer": {"before": False, "after": True},
    }


def test_closing_and_opening_the_portal_to_somebody(log, world):
    employees.deactivate_employee(world.anna, actor=world.admin)
    employees.activate_employee(world.anna, actor=world.admin)
    assert events(log) == ["employee.signed_out", "employee.deactivated", "employee.activated"]


def test_departments(log, world):
    place = departments.create_department(actor=world.admin, name="Склад", parent=world.office)
    departments.update_department(
        place, actor=world.admin, name="Склады", parent=world.sales, head=world.anna
    )
    departments.delete_department(place, actor=world.admin)
    known = [f"department.{what}" for what in ("created", "changed", "moved", "deleted")]
    assert events(log) == known
    assert log.get(event="department.changed").about["name"] == {
        "before": "Склад",
        "after": "Склады",
    }


def test_letters_and_passwords(log, world, client, make_employee, mailoutbox):
    fresh = make_employee("fresh")
    fresh.set_unusable_password()
    fresh.save()
    link = passwords.invite(fresh, actor=world.admin, portal="http://testserver")
    passwords.send_reset(world.anna.email, portal="http://testserver")
    passwords.send_reset("nobody@svod.example", portal="http://testserver")
    form = client.get(link.removeprefix("http://testserver"), follow=True).redirect_chain[-1][0]
    new = {"new_password1": "wooden-anchor-43", "new_password2": "wooden-anchor-43"}
    client.post(form, new)
    kept = [name for name in events(log) if not name.startswith("sign_in")]
    assert kept == ["employee.invited", "password.reset_sent", "password.changed"]
    token = link.rstrip("/").rsplit("/", 1)[-1]
    assert all(token not in str(entry.about) for entry in log.all())
    assert log.get(event="password.changed").actor == fresh


def test_the_admin_records_as_well(log, world, client):
    client.force_login(world.admin)
    page = reverse("admin:staff_employee_change", args=[world.anna.pk])
    form = client.get(page).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value not in (None, "")}
    values |= {"is_staff": "on", "is_active": "on", "time_zone": "UTC"}
    values |= {"last_login_0": "", "last_login_1": ""}
    assert client.post(page, values).status_code == 302
    change = reverse("admin:auth_user_password_change", args=[world.anna.pk])
    new = {"password1": "wooden-anchor-44", "password2": "wooden-anchor-44"}
    assert client.post(change, {**new, "usable_password": "true"}).status_code == 302
    assert {"employee.rights", "password.changed"} <= set(events(log))


def test_the_admin_shows_the_log_and_changes_nothing(log, world, client):
    record("employee.changed", actor=world.admin)
    client.force_login(world.admin)
    entry = log.get()
    assert client.get(reverse("admin:staff_auditentry_changelist")).status_code == 200
    page = reverse("admin:staff_auditentry_change", args=[entry.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"event": "forged"}).status_code == 403
    delete = reverse("admin:staff_auditentry_delete", args=[entry.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
