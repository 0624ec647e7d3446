"""What upper apps do inside every write to elements of the lists they keep.

    @listeners.register
    class Stages(ElementListener):
        slug = "crm.stages"

`before` sees the row with its new values, unsaved, and may refuse or add to them; `after` sees
the rows saved, in the same transaction. Both hear single writes, bulk changes and imports.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from staff.models import Employee
from svod.base.errors import DomainError
from svod.base.registry import Registry

Kind = ElementVersion.Kind
Changes = dict[str, list[Any]]
Refused = dict[int, DomainError]
"""Element id → why its change was refused."""


@dataclass(frozen=True)
class Write:
    """One row being written. `changes` is what history keeps: key → [old, new] in JSON form;
    empty for what goes to the bin or comes back. `schema` is the whole, whoever writes."""

    kind: Kind
    schema: Schema
    row: Any
    changes: Changes
    actor: Employee

    @property
    def is_new(self) -> bool:
        return self.kind == Kind.CREATED

    def touches(self, code: str) -> bool:
        """Whether the field's value is another than before."""
        return self.schema[code].key in self.changes

    def get(self, code: str) -> Any:
        """The natural value that the row gets or has; None for a field that is not there."""
        field = self.schema.get(code)
        return field.read(self.row) if field else None

    def old(self, code: str) -> Any:
        """The value before, in its JSON form."""
        key = self.schema[code].key
        return self.changes[key][0] if key in self.changes else self.schema[code].to_json(
            self.get(code)
        )  # fmt: skip

    def set(self, code: str, value: Any) -> None:
        """Give the row another natural value; only in `before`."""
        field = self.schema[code]
        old, new = self.old(code), field.to_json(value)
        for name, stored in field.to_columns(value).items():
            setattr(self.row, name, stored)
        self._note(field.key, old, new)

    def put(self, section_id: int | None) -> None:
        """Put the row into another section; only in `before`."""
        old = self.changes["section"][0] if "section" in self.changes else self.row.section
        self.row.section = section_id
        self._note("section", None if self.is_new else old, section_id)

    def _note(self, key: str, old: Any, new: Any) -> None:
        if old == new:
            self.changes.pop(key, None)
        else:
            self.changes[key] = [old, new]


class ElementListener:
    """Hears the writes of the lists whose schema it names in `hears`. Asks as few queries for a
    thousand writes as for one."""

    slug: str = ""

    def hears(self, schema: Schema) -> bool:
        """Whether this list's writes concern it; asks no query."""
        return bool(schema.list_system)

    def before(self, write: Write) -> None:
        """Before the row is saved: refuse by Invalid (errors by code), Forbidden, Conflict; or
        `write.set` more values. Not asked for the bin."""

    def after(self, writes: Sequence[Write]) -> None:
        """The rows are saved, with their history; all of one kind and one list."""


listeners: Registry[ElementListener] = Registry("element listener")


def heard(schema: Schema) -> list[ElementListener]:
    return [one for one in listeners if one.hears(schema)]


def before_write(write: Write) -> None:
    for listener in heard(write.schema):
        listener.before(write)


def allowed_writes(
    kind: Kind, schema: Schema, changes: Sequence[tuple[Any, Changes]], actor: Employee
) -> tuple[list[tuple[Any, Changes]], Refused]:
    """`before_write` for many rows: those that may be saved, and why others may not.

    Raises the first refusal when nothing is left.
    """
    refused: Refused = {}
    for row, own in changes if heard(schema) else ():
        try:
            before_write(Write(kind, schema, row, own, actor))
        except DomainError as error:
            refused[row.pk] = error
    if refused and len(refused) == len(changes):
        raise next(iter(refused.values()))
    return [(row, own) for row, own in changes if row.pk not in refused], refused


def after_writes(
    schema: Schema, kind: Kind, changes: Iterable[tuple[Any, Changes]], actor: Employee
) -> None:
    told = heard(schema)
    writes = [Write(kind, schema, row, own, actor) for row, own in changes] if told else []
    for listener in told if writes else ():
        listener.after(writes)
