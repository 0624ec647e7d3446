"""Links to one thing put on another: in the fields whose designer lets deletion write to them,
and elsewhere where the person themself may change the element.

Each batch is a transaction of one list; history, listeners and events are as of any change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, forget, rights_on, schema_for
from lists_core.field_types.on_delete import RULES, WRITES, rule_of
from lists_core.models import ElementVersion, LinkChange, List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.ddl import lock_for_write
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.selectors.linking import ELEMENT, Pointing
from lists_core.services.bulk import Changes, no_right
from lists_core.services.elements import apply_values
from lists_core.services.listeners import Refused, allowed_writes
from lists_core.services.saving import save_changed, told
from lists_core.services.values import reasons
from staff.models import Employee

Kind = ElementVersion.Kind


@dataclass(frozen=True)
class Replacing:
    """`new` (an id, None empties) is put in the place of the `old` ones, elements or sections
    (`kind`) of the list `target`; in fields with one of these `rules`. `remember` when the old
    ones go: what comes back from the bin gets its links back."""

    kind: str
    target: int
    old: frozenset[int]
    new: int | None
    rules: frozenset[str] = frozenset(RULES)
    remember: bool = True

    def fields(self, schema: Schema) -> list[SchemaField]:
        links = [one for one in schema.fields if one.type.slug == self.kind]
        own = [one for one in links if one.field.settings.get("list") == self.target]
        return [one for one in own if rule_of(one.field) in self.rules]


@dataclass
class Batch:
    """What became of some rows of a list: of those that the actor sees, how many changed, and
    why others did not (by id). `last` is the greatest id looked at; None: there are no more."""

    changed: int = 0
    left: dict[int, str] = field(default_factory=dict)
    last: int | None = None

    @property
    def told(self) -> int:
        return self.changed + len(self.left)


class Writer:
    """Who may write which links of a list's rows."""

    def __init__(self, list_: List, schema: Schema, rows: Sequence[Any], actor: Employee) -> None:
        self.schema, self.actor = schema, actor
        seen = elements(schema, actor).filter(pk__in=[row.pk for row in rows])
        self.seen = set(seen.values_list("pk", flat=True))
        self.held = rights_on(actor, schema, rows)
        self.open: dict[bool, set[str]] = {}
        self.known: dict[bool, set[str]] = {}
        for row in rows:
            mine = row.created_by == actor.pk
            if mine not in self.open:
                own = schema_for(actor, list_, row)
                self.open[mine] = {one.key for one in own.changeable}
                self.known[mine] = set(own.by_key)

    def may(self, one: SchemaField, row: Any) -> bool:
        if rule_of(one.field) in WRITES:
            return True
        changes = row.pk in self.seen and Right.CHANGE in self.held[row.pk]
        return changes and one.key in self.open[row.created_by == self.actor.pk]

    def tells(self, row: Any, keys: Collection[str]) -> bool:
        """Whether the actor may learn what became of any of these fields of the row."""
        known = self.known[row.created_by == self.actor.pk]
        return row.pk in self.seen and not known.isdisjoint(keys)


def replace_links(
    list_id: int, asked: Replacing, *, actor: Employee, after: int, limit: int
) -> Batch:
    """Change at most `limit` rows of the list with ids above `after`."""
    with transaction.atomic():
        lock_for_write(list_id)
        forget()
        list_ = List.objects.filter(pk=list_id, deleted_at=None).first()
        fields = asked.fields(schema_of(list_)) if list_ else []
        if list_ is None or not fields or not asked.old:
            return Batch()
        schema = schema_of(list_)
        rows = _rows(list_, schema, fields, asked, after)[:limit]
        found = list(rows.select_for_update())
        if not found:
            return Batch()
        batch = _replaced(Writer(list_, schema, found, actor), fields, found, asked)
        batch.last = found[-1].pk if len(found) == limit else None
    return batch


def _rows(
    list_: List, schema: Schema, fields: Sequence[SchemaField], asked: Replacing, after: int
) -> Any:
    """The rows that name any of the old ones, those of the bin too, but not the old ones."""
    rows = schema.model.objects.filter(pk__gt=after).order_by("pk")
    naming = (Pointing(list_, schema, one).naming(asked.old) for one in fields)
    rows = rows.filter(reduce(or_, naming))
    own = asked.kind == ELEMENT and list_.pk == asked.target
    return rows.exclude(pk__in=asked.old) if own else rows


def _replaced(
    writer: Writer, fields: Sequence[SchemaField], rows: Sequence[Any], asked: Replacing
) -> Batch:
    before = {row.pk: {one.key: one.items(one.read(row)) for one in fields} for row in rows}
    changes: list[tuple[Any, Changes]] = []
    left: dict[int, str] = {}
    for row in rows:
        values = {}
        for one in (f for f in fields if asked.old.intersection(before[row.pk][f.key])):
            values[one] = _with(one, row, asked)
            if why := _unfit(writer, one, row, values[one]):
                del values[one]
                left |= {row.pk: why} if writer.tells(row, [one.key]) else {}
        if values:
            changes.append((row, apply_values(writer.schema, row, values)))
    refused = write_links(writer.schema, changes, writer.actor)
    done = [(row, own) for row, own in changes if row.pk not in refused]
    if asked.kind == ELEMENT and asked.remember:
        _remember(writer.schema, done, before, asked.old)
    for row, own in changes:
        if row.pk in refused and writer.tells(row, own):
            left[row.pk] = reasons(writer.schema, refused[row.pk])
    told_of = [row for row, own in done if row.pk not in left and writer.tells(row, own)]
    return Batch(len(told_of), left)


def _unfit(writer: Writer, one: SchemaField, row: Any, value: Any) -> str:
    """Why the link stays as it is; "" when it may be written."""
    if value is None and one.field.required:
        return _("The field “%(field)s” is required.") % {"field": one.name}
    return "" if writer.may(one, row) else no_right()


def _with(one: SchemaField, row: Any, asked: Replacing) -> Any:
    """The field's value with the new one in the place of the old; nothing points to itself."""
    own = asked.kind == ELEMENT and asked.new == row.pk
    new = None if own else asked.new
    items = [new if item in asked.old else item for item in one.items(one.read(row))]
    kept = list(dict.fromkeys(item for item in items if item is not None))
    return (kept or None) if one.multiple else next(iter(kept), None)


def write_links(schema: Schema, changes: Sequence[tuple[Any, Changes]], actor: Employee) -> Refused:
    """Save the rows but for those that listeners refuse."""
    kept, refused = allowed_writes(Kind.CHANGED, schema, changes, actor, strict=False)
    if kept:
        save_changed(schema, kept, actor)
        told(schema, Kind.CHANGED, kept, actor)
    return refused


def _remember(
    schema: Schema,
    done: Sequence[tuple[Any, Changes]],
    before: Mapping[int, Mapping[str, Sequence[int]]],
    old: Collection[int],
) -> None:
    LinkChange.objects.bulk_create(
        LinkChange(
            target_id=target,
            list_id=schema.list_id,
            element_id=row.pk,
            key=key,
            version=row.version,
        )
        for row, own in done
        for key, items in before[row.pk].items()
        if key in own
        for target in set(items) & set(old)
    )
