"""A list with the type under test: one field of it, and one of many values where it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils.translation import override

from lists_core.field_types.base import field_types
from lists_core.filters.tree import Group
from lists_core.models import Element, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import ElementQuery, found
from lists_core.services import fields, lists
from staff.models import Employee
from tests.contract.samples import SAMPLES, Sample, load

load()


@dataclass(frozen=True, repr=False)
class World:
    actor: Employee
    list: List
    sample: Sample

    def __repr__(self) -> str:
        return f"<World of {self.sample.slug}>"

    @property
    def schema(self) -> Schema:
        return schema_of(self.list)

    @property
    def one(self) -> SchemaField:
        return self.schema["ONE"]

    @property
    def fields(self) -> list[SchemaField]:
        return list(self.schema.fields)

    @property
    def open_fields(self) -> list[SchemaField]:
        """Those whose values come back from a text or from JSON."""
        return [field for field in self.fields if not field.type.concealed]

    def fill(self, values: list[Any], field: SchemaField) -> dict[int, Any]:
        """Elements with these values; returns id → value."""
        registered = Element.objects.bulk_create(Element(list=self.list) for _value in values)
        rows = [
            self.schema.model(pk=element.pk, name="x", **field.to_columns(value))
            for element, value in zip(registered, values, strict=True)
        ]
        self.schema.model.objects.bulk_create(rows)
        return {element.pk: value for element, value in zip(registered, values, strict=True)}

    def found(self, tree: Group | None = None, **asked: Any) -> list[int]:
        query = ElementQuery(filter=tree or Group(), **asked)
        return list(found(self.schema, query, actor=self.actor).values_list("pk", flat=True))


@pytest.fixture
def actor(db: None) -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture(params=field_types.slugs())
def sample(request: pytest.FixtureRequest) -> Sample:
    assert request.param in SAMPLES, f"the field type {request.param} has no sample"
    return SAMPLES[request.param]


@pytest.fixture
def world(sample: Sample, actor: Employee) -> World:
    list_ = lists.create_list(actor=actor, everyone="edit", name="Проба")
    settings = {**sample.settings, **sample.prepare(actor)}
    type_ = field_types.get(sample.slug)
    for code in ("ONE", "MANY") if type_.multiple_allowed else ("ONE",):
        fields.create_field(
            list_.pk, sample.slug, actor=actor, name=code, code=code, settings=dict(settings),
            multiple=code == "MANY",
        )  # fmt: skip
    list_.refresh_from_db()
    return World(actor, list_, sample)


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with override(request.param):
        yield request.param
