"""The designer's bins: what comes back comes with its data, and what waited too long goes."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lists_core.access import Right
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.designer_bins import empty_designer_bins
from lists_core.services.elements import create_element
from lists_core.services.rights import set_list_rights
from staff.models import AuditEntry, Employee
from staff.subjects import EVERYONE, Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары")
    fields.create_field(list_.pk, "string", actor=admin, name="Полка", code="SHELF")
    create_element(list_.pk, {"NAME": "ель", "SHELF": "А1"}, actor=admin)
    list_.refresh_from_db()
    return list_


def shelf(list_: List, actor: Employee) -> Any:
    list_.refresh_from_db()
    schema = schema_of(list_)
    return schema["SHELF"].read(elements(schema, actor).get())


def test_a_field_and_a_list_come_back_by_the_toast(
    client: Client, goods: List, admin: Employee
) -> None:
    client.force_login(admin, backend="staff.backends.EmployeeBackend")
    field = goods.fields.get(code="SHELF")
    told = client.post(reverse("field_delete", args=[goods.pk, field.pk]), follow=True)
    undo = reverse("field_restore", args=[goods.pk, field.pk])
    assert f'data-undo="{undo}"' in told.content.decode()
    client.post(undo)
    assert shelf(goods, admin) == "А1"
    told = client.post(reverse("list_delete", args=[goods.pk]), follow=True)
    undo = reverse("list_restore", args=[goods.pk])
    assert f'data-undo="{undo}"' in told.content.decode()
    assert "30" in client.get(reverse("lists_bin")).content.decode()
    client.post(undo)
    assert shelf(goods, admin) == "А1"


def test_what_waited_too_long_goes_for_good(goods: List, admin: Employee, settings: Any) -> None:
    kept = lists.create_list(actor=admin, everyone="edit", name="Мебель")
    field = fields.delete_field(goods.fields.get(code="SHELF").pk, actor=admin)
    lists.delete_list(kept.pk, actor=admin)
    assert empty_designer_bins() == 0
    old = timezone.now() - timedelta(days=settings.DESIGNER_BIN_DAYS, minutes=1)
    Field.objects.filter(pk=field.pk).update(deleted_at=old)
    List.objects.filter(pk=kept.pk).update(deleted_at=old)
    settings.DESIGNER_BIN_DAYS = 0
    assert empty_designer_bins() == 0
    settings.DESIGNER_BIN_DAYS = 30
    assert empty_designer_bins() == 2
    assert not Field.objects.filter(pk=field.pk).exists()
    assert not List.objects.filter(pk=kept.pk).exists()
    assert AuditEntry.objects.get(event="list.purged").actor is None
    goods.refresh_from_db()
    assert "SHELF" not in schema_of(goods).by_code
    assert elements(schema_of(goods), admin).get().name == "ель"


def test_what_lay_there_before_the_bins_were_emptied_waits_anew(
    goods: List, admin: Employee
) -> None:
    lists.delete_list(goods.pk, actor=admin)
    List.objects.filter(pk=goods.pk).update(deleted_at=timezone.now() - timedelta(days=400))
    import_module("lists_core.migrations.0014_bins_begin_now").begin_now(apps, None)
    assert empty_designer_bins() == 0
    assert List.objects.filter(pk=goods.pk).exists()


def test_who_may_delete_a_list_may_take_that_back(
    client: Client, goods: List, admin: Employee
) -> None:
    colleague, stranger = (
        Employee.objects.create_user(name, f"{name}@svod.example", "x") for name in ("k", "s")
    )
    grants = {Subject("U", colleague.pk): {Right.FULL}, EVERYONE: {Right.VIEW, Right.CHANGE}}
    set_list_rights(goods.pk, grants, actor=admin)
    client.force_login(colleague)
    told = client.post(reverse("list_delete", args=[goods.pk]), follow=True)
    undo = reverse("list_restore", args=[goods.pk])
    assert f'data-undo="{undo}"' in told.content.decode()
    assert "Товары" in client.get(reverse("lists_bin")).content.decode()
    client.force_login(stranger)
    assert client.post(undo).status_code == 404
    assert "Товары" not in client.get(reverse("lists_bin")).content.decode()
    client.force_login(colleague)
    assert client.post(undo).status_code == 302
    assert shelf(goods, admin) == "А1"
