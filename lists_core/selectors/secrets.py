"""Reading of secrets, which stops at the seal, and of who looked at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lists_core.access import Right
from lists_core.field_types.base import field_types
from lists_core.models import Field, List, TypeChange
from lists_core.schema.compile import Schema, compile_model
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import access_element
from staff.models import AuditEntry, Employee
from svod.base.errors import NotFound

REVEALED, COPIED = "secret.revealed", "secret.copied"
SHOWN = 200


@dataclass(frozen=True)
class Place:
    """One secret: the element that has it, the field, and what the vault keeps."""

    list: List
    row: Any
    field: SchemaField
    token: str

    @property
    def subject(self) -> str:
        """The element as the audit log names it."""
        return subject_of(self.list.pk, self.row.pk)


@dataclass(frozen=True)
class Look:
    """Somebody saw a secret."""

    at: datetime
    who: Employee | None
    name: str
    field: str
    copied: bool
    ip: str


def subject_of(list_id: int, element_id: int) -> str:
    return f"element:{list_id}:{element_id}"


def access_secret(actor: Employee, list_id: int, element_id: int, field_id: int) -> Place:
    """A filled secret that the actor may view. Raises NotFound for any other."""
    list_, schema, row = access_element(actor, Right.VIEW, list_id, element_id)
    for field in secret_fields(schema):
        if field.field.pk == field_id and (sealed := field.read(row)) is not None:
            return Place(list_, row, field, sealed.token)
    raise NotFound


def secret_fields(schema: Schema) -> list[SchemaField]:
    """The secret fields among those that the schema's person may read."""
    return [field for field in schema.fields if field.type.concealed]


def looks_at(schema: Schema, element_id: int) -> list[Look]:
    """Who saw those secrets of an element that the schema's person may read themselves.

    Newest first, at most SHOWN.
    """
    names = {field.field.pk: field.name for field in secret_fields(schema)}
    entries = AuditEntry.objects.filter(
        subject=subject_of(schema.list_id, element_id),
        event__in=(REVEALED, COPIED),
        about__field__in=list(names),
    )
    return [_look(entry, names) for entry in entries.select_related("actor")[:SHOWN]]


def _look(entry: AuditEntry, names: dict[int, str]) -> Look:
    field, copied = names[entry.about["field"]], entry.event == COPIED
    return Look(entry.at, entry.actor, entry.actor_name, field, copied, entry.ip or "")


# --- all secrets of the portal ------------------------------------------------------------


@dataclass(frozen=True)
class Store:
    """A column of a list's table that holds secrets."""

    list_id: int
    field: SchemaField

    @property
    def column(self) -> str:
        return self.field.main_column

    @property
    def filled(self) -> Any:
        """Rows with a secret, those of the bin among them, by id."""
        model = compile_model(self.list_id, (self.field,))
        return model.objects.exclude(**{f"{self.column}__isnull": True}).order_by("pk")

    def tokens(self, after: int, limit: int) -> list[tuple[int, str]]:
        """(element id, sealed text) of the next rows."""
        found = self.filled.filter(pk__gt=after)[:limit]
        return list(found.values_list("pk", self.column))


def stores() -> Iterator[Store]:
    """Every column with secrets: also of lists and fields in the bin, and those kept beside a
    field whose type was changed."""
    concealed = [kind.slug for kind in field_types if kind.concealed]
    for field in Field.objects.filter(type__in=concealed).order_by("pk"):
        yield Store(field.list_id, SchemaField.of(field))
    kept = TypeChange.objects.filter(type__in=concealed).select_related("field")
    for change in kept.order_by("pk"):
        yield Store(change.field.list_id, SchemaField.of(_as_it_was(change)))


def _as_it_was(change: TypeChange) -> Field:
    field = change.field
    return Field(
        pk=field.pk,
        list_id=field.list_id,
        type=change.type,
        column=change.column,
        multiple=change.multiple,
        settings=change.settings,
    )
