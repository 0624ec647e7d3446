"""From a list's settings to a Django model class over its own table.

The class lives in its own `Apps` registry, so Django's global one never learns of it and
an old version is garbage as soon as nobody uses it. Instances cannot be pickled: pass ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lists_core.models import Field, List
from lists_core.schema.fields import SchemaField
from lists_core.schema.system import system_fields


class _ListApps(Apps):
    """A registry for one compiled model that sees the global models behind it."""

    def get_registered_model(self, app_label: str, model_name: str) -> Any:
        try:
            return super().get_registered_model(app_label, model_name)
        except LookupError:
            return global_apps.get_registered_model(app_label, model_name)


class Row(models.Model):
    """The system columns of every `list_<id>` table.

    `id` is the element's id in the registry. `readers` (user ids, and group ids as
    negatives) and `restricted` are derived from the rights, never edited by hand.
    """

    id = models.BigIntegerField(primary_key=True)
    section = models.BigIntegerField(null=True)
    name = models.TextField()
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    modified_by = models.BigIntegerField(null=True)
    modified_at = models.DateTimeField(default=timezone.now)
    version = models.IntegerField(default=1)
    readers = ArrayField(models.IntegerField(), null=True)
    restricted = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


@dataclass(frozen=True, eq=False)
class Schema:
    """A list's fields and its compiled model, good for one `version`."""

    list_id: int
    version: int
    fields: tuple[SchemaField, ...]
    system: tuple[SchemaField, ...]
    #: Keys of fields that the person for whom this schema was cut down may not change.
    locked: frozenset[str] = frozenset()
    #: The whole of which this one is a part: both share the compiled model.
    whole: Schema | None = None
    #: `List.system`: the part of the program that keeps the list.
    list_system: str = ""

    def without(self, hidden: Collection[str], *, locked: Collection[str]) -> Schema:
        """The same list less the fields with these keys: what one person may know of it."""
        kept = tuple(field for field in self.fields if field.key not in hidden)
        return replace(self, fields=kept, locked=frozenset(locked), whole=self)

    @cached_property
    def model(self) -> Any:
        return self.whole.model if self.whole else compile_model(self.list_id, self.fields)

    @cached_property
    def all_fields(self) -> tuple[SchemaField, ...]:
        return (*self.system, *self.fields)

    @cached_property
    def by_code(self) -> dict[str, SchemaField]:
        return {field.code: field for field in self.all_fields}

    @cached_property
    def by_key(self) -> dict[str, SchemaField]:
        return {field.key: field for field in self.all_fields}

    def get(self, code: str) -> SchemaField | None:
        return self.by_code.get(code)

    def __getitem__(self, code: str) -> SchemaField:
        return self.by_code[code]

    @cached_property
    def editable(self) -> tuple[SchemaField, ...]:
        """The name and the list's own fields: what a person fills."""
        return (self.by_code["NAME"], *self.fields)

    @cached_property
    def changeable(self) -> tuple[SchemaField, ...]:
        """Those of `editable` that are not locked for the person."""
        return tuple(field for field in self.editable if field.key not in self.locked)

    @property
    def table(self) -> str:
        return table_name(self.list_id)


def table_name(list_id: int) -> str:
    return f"list_{int(list_id)}"


def compile_schemas(lists: Collection[List]) -> list[Schema]:
    """Read the lists' fields (2 queries for all) and join them with their types."""
    if not lists:
        return []
    rows = Field.objects.filter(list__in=lists, deleted_at=None).prefetch_related("options")
    fields: dict[int, list[SchemaField]] = defaultdict(list)
    for row in rows:
        fields[row.list_id].append(SchemaField.of(row))
    return [_joined(list_, fields[list_.pk]) for list_ in lists]


def _joined(list_: List, fields: Iterable[SchemaField]) -> Schema:
    own = system_fields(list_)
    version, system = list_.schema_version, list_.system
    return Schema(list_.pk, version, tuple(fields), own, list_system=system)


def compile_model(list_id: int, fields: Iterable[SchemaField]) -> Any:
    """The model class of `list_<id>` with these fields' columns (about 0.5 ms)."""
    meta = type(
        "Meta",
        (),
        {
            "app_label": "lists_core",
            "db_table": table_name(list_id),
            "managed": False,
            "apps": _ListApps(),
        },
    )
    columns = {name: column for field in fields for name, column in field.columns.items()}
    body = {"__module__": "lists_core.schema.compile", "Meta": meta, **columns}
    return type(f"List{list_id}", (Row,), body)
