"""Personas and helpers for tests about people."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from staff.models import AuditEntry, Department, Employee
from staff.services.departments import create_department

PASSWORD = "wooden-anchor-42"


@pytest.fixture
def make_employee(db: None) -> Callable[..., Employee]:
    """An employee by first name; the e-mail is `<name>@svod.example`."""

    def make(name: str, **more: Any) -> Employee:
        email = more.pop("email", f"{name}@svod.example")
        values = {"first_name": name.title(), "last_name": "Тестов"} | more
        return Employee.objects.create_user(email, email, PASSWORD, **values)

    return make


@pytest.fixture
def world(make_employee: Callable[..., Employee]) -> SimpleNamespace:
    """admin manages, anna and boris work, gone was deactivated; office → sales → retail."""
    office = create_department(actor=None, name="Офис", parent=None)
    sales = create_department(actor=None, name="Продажи", parent=office)
    retail = create_department(actor=None, name="Розница", parent=sales)
    law = create_department(actor=None, name="Юристы", parent=office)
    return SimpleNamespace(
        office=office,
        sales=sales,
        retail=retail,
        law=law,
        admin=make_employee("admin", is_superuser=True, is_staff=True),
        anna=make_employee("anna", department=retail, position="Продавец"),
        boris=make_employee("boris", department=law, position="Юрист"),
        gone=make_employee("gone", department=law, is_active=False),
    )


@pytest.fixture
def run_tasks(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Any:
    """`with run_tasks():` commits, then runs the tasks sent, in this process."""

    def send_task(name: str, args: tuple[Any, ...], **options: Any) -> None:
        current_app.tasks[name](*args)

    current_app.loader.import_default_modules()
    monkeypatch.setattr(current_app, "send_task", send_task)
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def picture() -> Callable[..., SimpleUploadedFile]:
    """An uploaded picture of a size in pixels and a format."""

    def make(
        size: tuple[int, int] = (800, 600), kind: str = "PNG", mode: str = "RGB"
    ) -> SimpleUploadedFile:
        buffer = BytesIO()
        Image.new(mode, size, "teal" if mode != "1" else 1).save(buffer, kind)
        return SimpleUploadedFile("снимок.png", buffer.getvalue(), content_type="image/png")

    return make


@pytest.fixture
def child_of() -> Callable[[Department], list[str]]:
    """Names right below a department, in order."""
    return lambda parent: [row.name for row in Department.objects.filter(parent=parent)]


@pytest.fixture
def log(world: SimpleNamespace) -> Any:
    """The audit log, without what making the world has left in it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL svod.audit_allow = 'TRUNCATE'")
        cursor.execute("TRUNCATE staff_auditentry")
    return AuditEntry.objects
