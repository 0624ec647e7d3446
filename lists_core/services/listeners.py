"""What upper apps do inside every write to elements of the lists they keep.

    @listeners.register
    class Stages(ElementListener):
        slug = "crm.stages"

`before` sees the row with its new values, unsaved, and may refuse or add to them; `after` sees
the rows saved, in the same transaction. Both hear single writes, bulk changes and imports. What
one row needs to know is looked up for all that are written together:

    flats = write.once("flats", lambda writes: flats_of(one.get("FLAT") for one in writes))
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from lists_core.models import ElementVersion, List
from lists_core.schema.compile import Schema
from staff.models import Employee
from svod.base.errors import DomainError
from svod.base.registry import Registry

Kind = ElementVersion.Kind
Changes = dict[str, list[Any]]
Refused = dict[int, DomainError]
"""Element id → why its change was refused."""


@dataclass
class Together:
    """What goes by one call: the writes, and what listeners looked up for all of them."""

    writes: list[Write] = field(default_factory=list)
    known: dict[Hashable, Any] = field(default_factory=dict)
    #: Those that no listener refused so far; at first, what goes before in the same batch.
    passed: list[Write] = field(default_factory=list)
    #: Others go by the same transaction, so a lock that all of them need is taken at once.
    is_part: bool = False


@dataclass(frozen=True, eq=False)
class Write:
    """One row being written. `changes` is what history keeps: key → [old, new] in JSON form;
    empty for what goes to the bin or comes back. `schema` is the whole, whoever writes."""

    kind: Kind
    schema: Schema
    row: Any
    changes: Changes
    actor: Employee
    together: Together = field(default_factory=Together, repr=False)

    def __post_init__(self) -> None:
        self.together.writes.append(self)

    def once(self, key: Hashable, look_up: Callable[[Sequence[Write]], Any]) -> Any:
        """What `look_up` finds for all writes that go together; asked by the first of them, when
        the others stand as they were given."""
        known = self.together.known
        if key not in known:
            known[key] = look_up(self.together.writes)
        return known[key]

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
    thousand writes as for one (`Write.once`)."""

    slug: str = ""

    def hears(self, schema: Schema) -> bool:
        """Whether this list's writes concern it; asks no query the second time."""
        return bool(schema.list_system)

    def before(self, write: Write) -> None:
        """Before the row is saved: refuse by Invalid (errors by code), Forbidden, Conflict; or
        `write.set` more values. Not asked for the bin."""

    def keep(self, writes: Sequence[Write]) -> Refused:
        """Why some of the rows may not go to the bin, by their ids."""
        return {}

    def after(self, writes: Sequence[Write]) -> None:
        """The rows are saved, with their history; all of one kind and one list."""


listeners: Registry[ElementListener] = Registry("element listener")


class BinListener:
    """Hears of every list's elements that go to the bin, come back from it or go for good."""

    slug: str = ""

    def keep(self, schema: Schema, rows: Sequence[Any], actor: Employee) -> Refused:
        """Why some of the rows may not go, by their ids."""
        return {}

    def after(self, kind: Kind, schema: Schema, rows: Sequence[Any], actor: Employee) -> None:
        """The rows went (DELETED) or came back (RESTORED), with their history."""

    def waiting(self) -> QuerySet[Any] | None:
        """The ids of elements that stay in the bin although their time is up: the program put
        them there and may bring them back. A person may remove them all the same."""
        return None

    def purged(self, ids: Sequence[int]) -> None:
        """These elements are about to go for good. What has a foreign key to them goes along, or
        is told by it (SET_NULL); here goes what would outlive them and may not."""


bin_listeners: Registry[BinListener] = Registry("bin listener")


class FieldListener:
    """Hears of fields that came, went, or have another code or type."""

    slug: str = ""

    def after(self, list_: List, codes: AbstractSet[str]) -> None:
        """The fields with these codes, old and new ones, are others than before. In the
        transaction of the change, which keeps the list's writers out."""


field_listeners: Registry[FieldListener] = Registry("field listener")


def fields_changed(list_: List, *codes: str) -> None:
    for listener in field_listeners:
        listener.after(list_, set(codes))


def heard(schema: Schema) -> list[ElementListener]:
    return [one for one in listeners if one.hears(schema)]


def before_write(write: Write) -> None:
    for listener in heard(write.schema):
        listener.before(write)
    write.together.passed.append(write)


def written_together(
    kind: Kind,
    schema: Schema,
    changes: Iterable[tuple[Any, Changes]],
    actor: Employee,
    together: Together | None = None,
) -> list[Write]:
    together = together or Together()
    return [Write(kind, schema, row, own, actor, together) for row, own in changes]


def before_writes(
    kind: Kind, schema: Schema, changes: Iterable[tuple[Any, Changes]], actor: Employee
) -> None:
    """`before_write` for rows that are written all or none."""
    for write in written_together(kind, schema, changes, actor):
        before_write(write)


def allowed_writes(
    kind: Kind,
    schema: Schema,
    changes: Sequence[tuple[Any, Changes]],
    actor: Employee,
    *,
    strict: bool = True,
) -> tuple[list[tuple[Any, Changes]], Refused]:
    """`before_write` for many rows: those that may be saved, and why others may not.

    Raises the first refusal when nothing is left, if `strict`.
    """
    refused: Refused = {}
    writes = written_together(kind, schema, changes, actor) if heard(schema) else []
    for write in writes:
        try:
            before_write(write)
        except DomainError as error:
            refused[write.row.pk] = error
    if strict:
        _raise_if_all(refused, changes)
    return [(row, own) for row, own in changes if row.pk not in refused], refused


def deletable(
    schema: Schema, rows: Sequence[Any], actor: Employee, *, strict: bool = True
) -> tuple[list[Any], Refused]:
    """The rows that may go to the bin, and why others may not.

    Raises the first refusal when nothing is left, if `strict`.
    """
    told = heard(schema) if rows else []
    writes = written_together(Kind.DELETED, schema, [(row, {}) for row in rows], actor)
    refused: Refused = {}
    for listener in told:
        refused |= listener.keep(writes)
    for of_bin in bin_listeners if rows else ():
        refused |= of_bin.keep(schema, [row for row in rows if row.pk not in refused], actor)
    if strict:
        _raise_if_all(refused, rows)
    return [row for row in rows if row.pk not in refused], refused


def _raise_if_all(refused: Refused, asked: Sequence[Any]) -> None:
    if refused and len(refused) == len(asked):
        raise next(iter(refused.values()))


def after_writes(
    schema: Schema, kind: Kind, changes: Iterable[tuple[Any, Changes]], actor: Employee
) -> None:
    told, together = heard(schema), list(changes)
    writes = written_together(kind, schema, together, actor) if told else []
    for listener in told if writes else ():
        listener.after(writes)
    if kind in {Kind.DELETED, Kind.RESTORED} and together:
        for of_bin in bin_listeners:
            of_bin.after(kind, schema, [row for row, _own in together], actor)
