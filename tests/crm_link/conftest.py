"""CRM set up once for a module: eighty columns are slow to make, so each test only undoes its own
writes. Tests with several connections set up their own (`crm_world.crm`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from lists_core.models import List
from lists_core.schema.cache import forget_schemas
from staff.models import Employee
from tests.crm_link.crm_world import administrator, crm


@pytest.fixture(scope="module")
def crm_made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Employee]:
    """The administrator of a database in which CRM is set up until the module ends."""
    with django_db_blocker.unblock(), transaction.atomic():
        admin = administrator()
        crm(admin)
        yield admin
        transaction.set_rollback(True)
    forget_schemas()


@pytest.fixture
def admin(crm_made: Employee, db: None) -> Employee:
    return Employee.objects.get(pk=crm_made.pk)


@pytest.fixture
def lists(admin: Employee) -> dict[str, List]:
    """Slug of the kind → its list."""
    rows = List.objects.filter(system__startswith="crm.")
    return {row.system.removeprefix("crm."): row for row in rows}


@pytest.fixture
def employee(admin: Employee) -> Employee:
    """Somebody without any right."""
    return Employee.objects.create_user("worker", "worker@svod.example", "x")


@pytest.fixture
def admin_client(admin: Employee, client: Client) -> Client:
    client.force_login(admin)
    return client
