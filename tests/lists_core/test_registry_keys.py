"""Decision 006: without foreign keys, no row is without its element and no element without list."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from lists_core.models import Element, ElementVersion, List
from lists_core.schema import ddl
from lists_core.schema.cache import schema_of
from lists_core.services.elements import create_element
from lists_core.services.lists import create_list, delete_list, purge_list
from staff.models import Employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


@pytest.fixture
def list_(admin: Employee) -> List:
    return create_list(actor=admin, name="Товары")


def rows(list_: List) -> Any:
    return schema_of(list_).model.objects


def test_an_element_of_no_list_is_refused(list_: List) -> None:
    with pytest.raises(IntegrityError, match="no list"), transaction.atomic():
        Element.objects.bulk_create([Element(list=list_), Element(list_id=list_.pk + 1000)])
    assert not Element.objects.exists()


def test_a_row_that_is_no_element_is_refused(list_: List, admin: Employee) -> None:
    pk = create_element(list_.pk, {"NAME": "Молоток"}, actor=admin).pk
    with pytest.raises(IntegrityError, match="no elements"), transaction.atomic():
        rows(list_).create(pk=pk + 1000, name="Пила")
    assert [row.pk for row in rows(list_).all()] == [pk]


def test_rows_go_with_their_elements(list_: List, admin: Employee) -> None:
    other = create_list(actor=admin, name="Другие")
    kept, gone = (create_element(list_.pk, {"NAME": name}, actor=admin).pk for name in "аб")
    away = create_element(other.pk, {"NAME": "в"}, actor=admin).pk
    Element.objects.filter(pk__in=[gone, away]).delete()
    assert [row.pk for row in rows(list_).all()] == [kept]
    assert not rows(other).exists()


def test_a_list_that_leaves_elements_is_refused(list_: List, admin: Employee) -> None:
    create_element(list_.pk, {"NAME": "Молоток"}, actor=admin)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS list_gone IMMEDIATE")
    with pytest.raises(IntegrityError, match="has elements"), transaction.atomic():
        List.objects.filter(pk=list_.pk)._raw_delete("default")


def test_lists_of_before_let_go_of_their_keys(list_: List, admin: Employee) -> None:
    migration = import_module("lists_core.migrations.0018_import_speed")
    pk = create_element(list_.pk, {"NAME": "Молоток"}, actor=admin).pk
    table = f"list_{list_.pk}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD FOREIGN KEY (id) REFERENCES element (id)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with connection.schema_editor(atomic=False) as editor:
            migration.drop_keys(None, editor)
        cursor.execute(migration.KEYS)
        assert not cursor.fetchall()
    Element.objects.filter(pk=pk).delete()
    assert not rows(list_).exists()


def test_there_is_no_way_back() -> None:
    migration = MigrationLoader(connection).get_migration("lists_core", "0018_import_speed")
    assert not all(one.reversible for one in migration.operations)


@pytest.mark.django_db(transaction=True)
def test_a_purge_waits_for_whoever_still_writes_history(
    list_: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ddl, "LOCK_TIMEOUT_MS", 10)
    monkeypatch.setattr(ddl, "ATTEMPTS", 1)
    pk = create_element(list_.pk, {"NAME": "Молоток"}, actor=admin).pk
    other = connection.copy()
    with other.cursor() as writer:
        writer.execute("BEGIN")
        writer.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [ddl.LOCK_SPACE, list_.pk])
        delete_list(list_.pk, actor=admin)
        with pytest.raises(ddl.ListBusy):
            purge_list(list_.pk, actor=admin)
        writer.execute(
            "INSERT INTO lists_core_elementversion (element_id, list_id, version, kind, at,"
            " changes) VALUES (%s, %s, 2, 'changed', now(), '{}'); COMMIT",
            [pk, list_.pk],
        )
    other.close()
    assert Element.objects.filter(pk=pk).exists()
    purge_list(list_.pk, actor=admin)
    assert not Element.objects.exists()
    assert not ElementVersion.objects.exists()
