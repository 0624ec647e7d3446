"""Scheduled imports: fetched from a server on this machine, as their owner may at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lists_core.models import ImportMapping, ImportSchedule, Job, List, StoredFile
from lists_core.schema.cache import forget_schemas
from lists_core.services import fields, import_schedules, lists
from lists_core.services.import_fetch import fetched
from lists_core.services.jobs import run_job
from lists_core.services.rights import set_list_rights
from staff.models import Employee, Notification
from tests.lists_core.transfer import rows_of, run_import, upload

pytestmark = pytest.mark.django_db
FILE = "код;товар\nа-1;Ёлка\n"


class Files:
    """Answers by `said`: path → (status, headers, body); counts what was asked."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        self.serve(FILE)
        server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.server, self.port = server, server.server_port
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()

    def serve(self, text: str, status: int = 200, **headers: str) -> None:
        self.said["/p.csv"] = (status, headers, text.encode())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.asked.append((self.path, self.headers.get("If-None-Match", "")))
                status, headers, body = files.said.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *given: Any) -> None:
                pass

        return Handler

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/p.csv"


@pytest.fixture
def files(settings: Any) -> Iterator[Files]:
    cache.clear()
    made = Files()
    settings.OUTSIDE_ALLOWED = [f"127.0.0.1:{made.port}"]
    settings.PORTAL_URL = "https://portal.example/"
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def author(settings: Any, tmp_path: Path) -> Employee:
    forget_schemas()
    settings.MEDIA_ROOT = tmp_path
    return Employee.objects.create_user("author", "a@svod.example", "x")


@pytest.fixture
def web(client: Client, author: Employee) -> Client:
    client.force_login(author)
    return client


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


@pytest.fixture
def goods(admin: Employee, author: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары")
    fields.create_field(list_.pk, "string", actor=admin, name="Артикул", code="SKU")
    list_.refresh_from_db()
    return list_


@pytest.fixture
def schedule(web: Client, goods: List, files: Files) -> ImportSchedule:
    """Made by its pages; nothing has been fetched yet."""
    choices = {"target_0": "field:SKU", "target_1": "field:NAME", "mode": "both", "key_0": "on"}
    run_import(web, upload(web, goods, "код;товар\n"), **choices, save_as="Прайс")
    mapping = ImportMapping.objects.get()
    response = web.post(
        reverse("list_import_schedule_new", args=[goods.pk]),
        {"url": files.url, "mapping": mapping.pk, "every": "hour"},
    )
    assert response.status_code == 302, response.context["form"].errors
    mapping.delete()
    return ImportSchedule.objects.get()


def fetch(schedule: ImportSchedule) -> Job:
    """An hour goes by, the beat comes and the worker does what it began."""
    ImportSchedule.objects.filter(is_on=True).update(next_at=timezone.now() - timedelta(hours=1))
    assert import_schedules.start_due() == 1
    schedule.refresh_from_db()
    assert schedule.next_at > timezone.now()
    assert import_schedules.start_due() == 0
    job = schedule.job
    assert job is not None
    run_job(job.pk)
    schedule.refresh_from_db()
    job.refresh_from_db()
    return job


def test_the_list_follows_the_file(
    schedule: ImportSchedule, files: Files, goods: List, author: Employee, web: Client
) -> None:
    held = StoredFile.objects.count()
    job = fetch(schedule)
    assert (schedule.state, job.result["created"]) == ("done", 1), schedule.told
    files.serve("код;товар\nа-1;Ель\nб-2;Сосна\n", ETag='"2"')
    fetch(schedule)
    assert [row.name for row in rows_of(goods, author)] == ["Ель", "Сосна"]
    fetch(schedule)
    assert (schedule.state, files.asked[-1]) == ("same", ("/p.csv", '"2"'))
    files.serve("", status=304)
    fetch(schedule)
    assert schedule.state == "same"
    assert StoredFile.objects.count() == held
    assert not Notification.objects.exists()
    page = web.get(reverse("list_import_schedules", args=[goods.pk])).content.decode()
    assert files.url in page
    assert web.get(job.get_absolute_url()).status_code == 200


def test_a_file_that_landed_in_part_makes_no_other_the_same(
    schedule: ImportSchedule, files: Files, goods: List, author: Employee
) -> None:
    fetch(schedule)
    files.serve("код;товар\nа-1;Ель\nб-2;\n")
    assert fetch(schedule).result["failed"] == 1
    files.serve(FILE)
    fetch(schedule)
    assert schedule.state == "done"
    assert [row.name for row in rows_of(goods, author)] == ["Ёлка"]


def test_what_is_changed_while_a_job_is_at_work_is_done(
    schedule: ImportSchedule, files: Files, goods: List, web: Client
) -> None:
    files.said["/p.csv?2"] = files.said["/p.csv"]
    import_schedules.start_due()
    schedule.refresh_from_db()
    job = schedule.job
    assert job is not None
    assert fetched(job)
    url = reverse("list_import_schedule", args=[goods.pk, schedule.pk])
    data = {"url": f"{files.url}?2", "mapping": "", "every": "day"}
    assert web.post(url, data).status_code == 302
    assert import_schedules.start_due() == 1  # the job that is at it takes no notice
    run_job(job.pk)
    assert import_schedules.start_due() == 1
    schedule.refresh_from_db()
    assert schedule.job is not None
    run_job(schedule.job.pk)
    schedule.refresh_from_db()
    assert (schedule.state, files.asked[-1][0]) == ("done", "/p.csv?2")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ((500, {}, b""), "500"),
        ((302, {"Location": "http://10.0.0.1/p.csv"}, b""), ""),
        ((302, {"Location": "http://127.0.0.1:1/p.csv"}, b""), ""),
        ((302, {"Location": "/p.csv"}, b""), ""),
        ((200, {}, "другое;товар\nа;б\n".encode()), ""),
        ((200, {}, b"x" * 2000), ""),
        ((200, {}, b""), ""),
    ],
)
def test_a_failure_is_told_once(
    schedule: ImportSchedule, files: Files, goods: List, author: Employee, settings: Any,
    said: Any, word: str,
) -> None:  # fmt: skip
    settings.IMPORT_MAX_BYTES = 1000
    files.said["/p.csv"] = said
    for _time in range(2):
        job = fetch(schedule)
        assert (schedule.state, job.state) == ("failed", "failed")
        assert word in schedule.told
        assert schedule.told
    news = Notification.objects.get()
    assert (news.employee, news.url) == (author, schedule.get_absolute_url())
    assert rows_of(goods, author) == []
    files.serve(FILE)
    fetch(schedule)
    assert (schedule.state, schedule.failed_since) == ("done", None)


def test_a_redirect_to_an_allowed_place_is_followed(schedule: ImportSchedule, files: Files) -> None:
    files.said["/other.csv"] = (200, {}, FILE.encode())
    files.said["/p.csv"] = (307, {"Location": "/other.csv"}, b"")
    fetch(schedule)
    assert schedule.state == "done", schedule.told


def test_it_runs_with_the_rights_of_its_author_now(
    schedule: ImportSchedule, goods: List, admin: Employee, author: Employee
) -> None:
    set_list_rights(goods.pk, {}, actor=admin)
    fetch(schedule)
    assert schedule.state == "failed"
    assert rows_of(goods, admin) == []
    Employee.objects.filter(pk=author.pk).update(is_active=False)
    fetch(schedule)
    assert (schedule.state, schedule.is_on) == ("failed", False)


def test_private_addresses_and_mappings_without_keys_are_refused(
    schedule: ImportSchedule, web: Client, goods: List, settings: Any, files: Files
) -> None:
    run_import(web, upload(web, goods, FILE), target_0="field:SKU", save_as="Всё подряд")
    url = reverse("list_import_schedule", args=[goods.pk, schedule.pk])
    bad = [
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "http://user:pass@files.example/"}, "url"),
        ({"url": "http://files.example:5432/"}, "url"),
        ({"mapping": ImportMapping.objects.get().pk}, "mapping"),
        ({"every": "minute"}, "every"),
    ]
    for change, field in bad:
        data = {"url": files.url, "mapping": "", "every": "day", **change}
        response = web.post(url, data)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    settings.OUTSIDE_ALLOWED = []
    fetch(schedule)
    assert (schedule.state, files.asked) == ("failed", [])


def test_others_may_stop_it_and_no_more(
    schedule: ImportSchedule, client: Client, goods: List, admin: Employee, files: Files
) -> None:
    """Changed by another it would write in its owner's name."""
    do = reverse("list_import_schedule_do", args=[goods.pk, schedule.pk])
    edit = reverse("list_import_schedule", args=[goods.pk, schedule.pk])
    stranger = Employee.objects.create_user("stranger", "s@svod.example", "x")
    client.force_login(stranger)
    assert client.get(edit).status_code == client.post(do, {"deed": "off"}).status_code == 404
    client.force_login(admin)
    page = client.get(reverse("list_import_schedules", args=[goods.pk])).content.decode()
    assert "127.0.0.1" in page
    assert files.url not in page
    assert client.get(edit).status_code == client.post(do, {"deed": "run"}).status_code == 403
    assert client.post(do, {"deed": "off"}).status_code == 302
    assert client.post(do, {"deed": "on"}).status_code == 403
    assert client.post(do, {"deed": "delete"}).status_code == 302
    assert not ImportSchedule.objects.exists()
