"""A list with the type under test: one field of it, and one of many values where it may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override

from lists_core.field_types.base import field_types
from lists_core.filters.tree import Group
from lists_core.models import Element, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.by_title import by_title
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.keyset import following, whole_place
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

    def by_title(self, sort: Sequence[tuple[str, bool]]) -> list[int] | None:
        """By the statements for large lists; None for a type that needs none."""
        rows = found(self.schema, ElementQuery(sort=sort), actor=self.actor)
        made = by_title(rows)
        if made is None:
            return None
        whole = made.sorted(0, 100)
        walked = [*made.walked(0, 10), *made.walked(10, 100)]
        assert walked == whole[: len(walked)]
        return whole

    def walked(self, sort: Sequence[tuple[str, bool]], step: int = 12) -> list[int]:
        """The same, a few after each other place."""
        rows = found(self.schema, ElementQuery(sort=sort), actor=self.actor)
        ids = list(rows.values_list("pk", flat=True)[:step])
        while True:
            parts = following(rows, whole_place(rows, ids[-1]))
            more = [pk for part in parts for pk in part.values_list("pk", flat=True)[:step]]
            if not more:
                return ids
            ids += more[:step]


@pytest.fixture(scope="module", params=field_types.slugs())
def sample(request: pytest.FixtureRequest) -> Sample:
    assert request.param in SAMPLES, f"the field type {request.param} has no sample"
    return SAMPLES[request.param]


@pytest.fixture(scope="module")
def made(
    sample: Sample, django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[Employee, List]]:
    """The list of a type, made once for a module: each test only undoes its own writes."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget_schemas()
        yield make(sample)
        transaction.set_rollback(True)
    forget_schemas()


def make(sample: Sample) -> tuple[Employee, List]:
    actor = Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")
    list_ = lists.create_list(actor=actor, everyone="edit", name="Проба")
    settings = {**sample.settings, **sample.prepare(actor)}
    type_ = field_types.get(sample.slug)
    for code in ("ONE", "MANY") if type_.multiple_allowed else ("ONE",):
        fields.create_field(
            list_.pk, sample.slug, actor=actor, name=code, code=code, settings=dict(settings),
            multiple=code == "MANY",
        )  # fmt: skip
    return actor, list_


@pytest.fixture
def world(sample: Sample, made: tuple[Employee, List], db: None) -> World:
    """Read anew, so that nothing in memory is left of another test."""
    actor, list_ = made
    return World(Employee.objects.get(pk=actor.pk), List.objects.get(pk=list_.pk), sample)


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with override(request.param):
        yield request.param
