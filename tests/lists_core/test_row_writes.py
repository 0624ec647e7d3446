"""Values of many rows written at once come back as they were, whatever the type of the field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lists_core.field_types.currencies import make_money
from lists_core.field_types.map_point import make_point
from lists_core.schema.cache import schema_of
from lists_core.services import fields, lists
from lists_core.services.elements import create_element
from lists_core.services.row_writes import write_rows
from staff.models import Employee

pytestmark = pytest.mark.django_db
VALUES: dict[str, list[Any]] = {
    "string": ["он сказал: “%s, 100 %”", "x"],
    "number": [Decimal("-12.5"), Decimal(0)],
    "date": [date(2026, 2, 28), date(1, 1, 1)],
    "datetime": [datetime(2026, 2, 28, 12, 30, tzinfo=UTC)],
    "boolean": [True, False],
    "money": [make_money(Decimal("10.5"), "RUB")],
    "map_point": [make_point(55.75, 37.61)],
    "url": ["https://example.com/?a=1&b=%20"],
}
MANY = ("string", "number", "date")


def test_every_type_and_no_value(admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, name="Всё")
    for slug in VALUES:
        settings = {"precision": 2} if slug == "number" else {}
        fields.create_field(
            list_.pk, slug, actor=admin, name=slug, code=slug.upper(), settings=settings
        )
    for slug in MANY:
        settings = {"precision": 2} if slug == "number" else {}
        fields.create_field(list_.pk, slug, actor=admin, name=slug, code=f"{slug.upper()}S",
                            multiple=True, settings=settings)  # fmt: skip
    list_.refresh_from_db()
    schema = schema_of(list_)
    made = [create_element(list_.pk, {"NAME": f"{n}"}, actor=admin).pk for n in range(5)]
    rows = [schema.model.objects.get(pk=pk) for pk in made]
    expected = {}
    for place, row in enumerate(rows[:4]):
        for field in schema.fields:
            known = VALUES[field.type.slug]
            value = known if field.multiple else known[place % len(known)]
            for name, stored in field.to_columns(value if place < 3 else None).items():
                setattr(row, name, stored)
            expected[row.pk, field.code] = value if place < 3 else None
    columns = [name for field in schema.fields for name in field.column_names]
    with CaptureQueriesContext(connection) as caught:
        write_rows(rows[:4], columns, at_once=3)
    assert len(caught) == 2
    stored = {row.pk: row for row in schema.model.objects.all()}
    for (pk, code), value in expected.items():
        assert schema[code].read(stored[pk]) == value, code
    assert all(schema[code].read(stored[made[4]]) is None for _pk, code in expected)


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")
