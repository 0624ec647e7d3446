"""A list with one field of a type, for the tests of that type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from lists_core.filters.tree import parse_filter
from lists_core.models import Field, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import ElementQuery, found
from lists_core.services import fields, lists
from lists_core.services.elements import create_element
from staff.models import Employee


@dataclass
class OneField:
    actor: Employee
    list: List

    @classmethod
    def make(cls, type_slug: str, **given: Any) -> OneField:
        forget_schemas()
        actor = Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="А")
        list_ = lists.create_list(actor=actor, everyone="edit", name="Проба")
        fields.create_field(list_.pk, type_slug, actor=actor, name="Поле", code="F", **given)
        return cls(actor, list_)

    @property
    def field(self) -> SchemaField:
        self.list.refresh_from_db()
        return schema_of(self.list)["F"]

    def add(self, *value: Any, name: str = "x") -> Any:
        """An element with the value, or without any given."""
        values = {"NAME": name, **dict(zip(["F"], value, strict=False))}
        return create_element(self.list.pk, values, actor=self.actor)

    def change(self, **given: Any) -> Field:
        return fields.update_field(self.field.field.pk, actor=self.actor, **given)

    def names(self, op: str = "", value: Any = (), **query: Any) -> list[str]:
        """Names of the elements that the condition finds, in the order of the query."""
        self.list.refresh_from_db()
        schema = schema_of(self.list)
        tree = {"and": [{"field": "F", "op": op, "value": value}] if op else []}
        asked = ElementQuery(filter=parse_filter(json.dumps(tree), schema), **query)
        return [row.name for row in found(schema, asked, actor=self.actor)]

    def from_text(self, text: str) -> Any:
        """The value, or the messages of the error."""
        got = self.field.from_texts([text], actor=self.actor)[text]
        return got.messages if isinstance(got, ValidationError) else got
