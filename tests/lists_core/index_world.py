"""A list that is large to these tests, and a keeper that thinks so."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from lists_core.schema import ddl, indexes
from lists_core.schema.cache import schema_of
from lists_core.services import fields, index_use
from lists_core.services import indexes as keeper
from lists_core.services.lists import create_list
from staff.models import Employee

ROWS = 3_000


@pytest.fixture(autouse=True)
def low_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A thousand rows are a large list here."""
    monkeypatch.setattr(keeper, "LARGE", 1_000)
    index_use.forget()
    cache.clear()
    yield
    index_use.forget()
    cache.clear()
    with connection.cursor() as cursor:
        for pk in indexes.row_estimates():
            cursor.execute(f"DROP TABLE list_{pk} CASCADE")


@pytest.fixture
def world() -> Any:
    """3,000 parts with a number, tags as options, words, a link and the same repeated."""
    admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
    list_ = create_list(actor=admin, name="Детали", everyone="view")
    given: dict[str, Any] = {"actor": admin, "settings": {"list": list_.pk}}
    price = fields.create_field(list_.pk, "number", actor=admin, name="Цена", code="PRICE")
    text = fields.create_field(list_.pk, "string", actor=admin, name="Текст", code="TEXT")
    link = fields.create_field(list_.pk, "element", name="Связь", code="LINK", **given)
    links = fields.create_field(
        list_.pk, "element", name="Связи", code="LINKS", multiple=True, **given
    )
    stored = f"{price.column}, {text.column}, {link.column}, {links.column}"
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO element (list_id) SELECT %s FROM generate_series(1, %s)"
            f" RETURNING id) INSERT INTO list_{list_.pk} (id, name, created_at, modified_at,"
            f" version, restricted, {stored}) SELECT id, md5(id::text), now(), now(), 1, false,"
            " id %% 1009, md5(id::text) || ' Ёлка', id, ARRAY[id, id + 1] FROM made",
            [list_.pk, ROWS],
        )
    ddl.analyze(list_.pk)
    list_.refresh_from_db()
    schema = schema_of(list_)
    first = schema.model.objects.order_by("pk")[1500]
    return SimpleNamespace(admin=admin, list=list_, schema=schema, first=first)


def column(world: Any, code: str) -> str:
    return str(world.schema[code].main_column)
