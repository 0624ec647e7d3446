"""One batch of an import: rows of texts become elements, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lists_core.access import Right, changeable, list_rights, require, schema_for
from lists_core.models import List
from lists_core.schema.cache import forget_schemas
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.elements import apply_values, open_list
from lists_core.services.imports_heard import hear_changed, hear_new
from lists_core.services.imports_keys import Keys
from lists_core.services.imports_write import change_elements, create_elements
from lists_core.services.values import clean_value
from lists_core.transfer.columns import Column, Writer
from lists_core.transfer.spec import ImportSpec, name_parts
from staff.models import Employee
from svod.base.errors import Invalid

Line = tuple[int, list[str]]
"""A row of the file with its number there."""
ATTEMPTS = 3


@dataclass
class Outcome:
    """What a batch came to; `errors` are (number of the row in the file, reason), `made` are
    (number of the row, id of the new element)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    made: list[tuple[int, int]] = field(default_factory=list)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.errors + other.errors,
            self.made + other.made,
        )


class Importer:
    """An import at work: what it learned of the texts lasts from batch to batch."""

    def __init__(self, spec: ImportSpec, list_id: int, *, actor: Employee) -> None:
        self.spec = spec
        self.list_id = list_id
        self.actor = actor
        self.version = 0
        self.known: Any = None

    def land(self, lines: Sequence[Line]) -> Outcome:
        """Write the rows that fit. Run in a transaction, which is to be committed at once."""
        for _attempt in range(ATTEMPTS - 1):
            # Somebody may take a unique value between our look and our write: look again.
            with suppress(IntegrityError):
                return self._try(lines)
        return self._try(lines)

    def _try(self, lines: Sequence[Line]) -> Outcome:
        try:
            with transaction.atomic():
                outcome = self._land(lines)
                transaction.set_rollback(self.spec.dry)
        except BaseException:
            self._forget()
            raise
        if self.spec.dry:
            self._forget()
        return outcome

    def _forget(self) -> None:
        """What was learned may speak of options that went with the transaction."""
        self.version = 0
        forget_schemas()

    def _land(self, lines: Sequence[Line]) -> Outcome:
        self._open()
        batch = Batch(self, lines)
        batch.check()
        if self.spec.keys:
            Keys(batch).split()
        else:
            batch.new = batch.good()
        hear_new(batch)
        batch.check_places()
        batch.check_unique()
        hear_changed(batch)
        if self.spec.dry:
            return batch.outcome()
        create_elements(batch)
        change_elements(batch)
        return batch.outcome() + self._land_repeated(batch)

    def _land_repeated(self, batch: Batch) -> Outcome:
        """Rows whose key another row of the batch has just brought into the list."""
        lines = [(batch.numbers[place], batch.rows[place]) for place in batch.repeated]
        return self._land(lines) if lines else Outcome()

    def _open(self) -> None:
        """Hold the list's structure still, and learn it anew when it has changed."""
        list_, schema = open_list(self.list_id)
        for right in self._rights():
            require(self.actor, right, list_)
        own = known_fields(self.spec, list_, self.actor)
        if schema.version != self.version or _rights_of(own) != self.known:
            self._learn_structure(list_, schema, own)

    def _rights(self) -> list[Right]:
        needed = {"add": [Right.ADD], "update": [Right.CHANGE]}
        return needed.get(self.spec.mode, [Right.ADD, Right.CHANGE])

    def _learn_structure(self, list_: List, schema: Schema, own: Schema) -> None:
        self.writer = Writer()
        self.schema, self.own, self.known = schema, own, _rights_of(own)
        self.columns = [
            Column(spec, self._field(list_, spec), self.spec.layout) for spec in self.spec.columns
        ]
        by_code = {column.field.code: column for column in self.columns}
        self.section = by_code.get("SECTION")
        self.written = [column for column in self.columns if column.field.code != "ID"]
        rest = [entry for entry in schema.fields if entry.code not in by_code]
        self.automatic = [entry for entry in schema.editable if entry.type.automatic]
        self.defaults = [entry for entry in rest if not entry.type.automatic]
        self.name_pattern = None if "NAME" in by_code else self._name_parts()
        self._check_defaults()
        self.version = schema.version

    def _field(self, list_: List, spec: Any) -> SchemaField:
        found = spec.new.planned(list_) if spec.new else self.own.get(spec.code)
        if found is None or (found.key in self.own.locked and not spec.key):
            raise Invalid({}, _("A field that the file was to go into no longer exists."))
        return found

    def _name_parts(self) -> list[str | int]:
        try:
            return name_parts(self.spec.name_pattern, self.spec.headings)
        except LookupError as error:
            message = _("The file has no column “%(name)s”.") % {"name": error}
            raise Invalid({"name_pattern": [message]}, message) from None

    def _check_defaults(self) -> None:
        """A required field that the file does not fill must have a default."""
        if self.spec.mode == "update":
            return
        for entry in self.defaults:
            if entry not in self.own.changeable:
                continue  # somebody else fills it
            try:
                clean_value(entry, entry.default())
            except ValidationError:
                message = _("The field “%(name)s” is required: choose a column for it.")
                raise Invalid({}, message % {"name": entry.name}) from None


def known_fields(spec: ImportSpec, list_: List, actor: Employee) -> Schema:
    """The list as an import may know it. Fields shown to authors are filled in new elements
    only: where elements are found by keys, rows of many authors would answer for them."""
    return schema_for(actor, list_, new=spec.mode == "add")


def _rights_of(own: Schema) -> Any:
    return own.by_key.keys(), own.locked


class Batch:
    """Rows of one batch by their place in it; `new` and `changed` hold places and rows."""

    def __init__(self, importer: Importer, lines: Sequence[Line]) -> None:
        self.importer = importer
        self.numbers = [number for number, _row in lines]
        self.rows = [row for _number, row in lines]
        self.errors: dict[int, list[str]] = defaultdict(list)
        self.new: list[int] = []
        #: Ids of the elements that `new` became, once they are written.
        self.made: list[int] = []
        self.repeated: list[int] = []
        #: Place → (row, changes) of new elements that listeners have seen.
        self.heard: dict[int, tuple[Any, dict[str, list[Any]]]] = {}
        #: Element id → (row, place of the last line about it, changes so far).
        self.changed: dict[int, tuple[Any, int, dict[str, list[Any]]]] = {}
        self.unchanged = 0
        #: Ids of found elements that the actor may change, as they stood before their line.
        self.changeable: set[int] = set()

    def learn_rights(self, rows: Sequence[Any]) -> None:
        """Rights on elements just found. Afterwards a line may put one into another section."""
        self.changeable |= changeable(self.importer.actor, self.importer.schema, rows)

    def check_places(self) -> None:
        """Drop the rows for whose place or element the actor lacks the right."""
        importer = self.importer
        rights = list_rights(importer.actor, importer.list_id)
        sections = self.sections()
        open_ = {one for one in set(sections) if Right.ADD in rights.place(one).on_some}
        for place, section in zip(self.new, sections, strict=True):
            if section not in open_:
                self.errors[place].append(_("You have no right to add elements there."))
        for pk, (row, place, changes) in self.changed.items():
            moved = changes.get("section")
            if pk not in self.changeable:
                self.errors[place].append(_("You have no right to do this with the element."))
            elif moved and Right.ADD not in rights.place(row.section).on_some:
                self.errors[place].append(_("You have no right to add elements there."))
        self.drop_failed()

    def sections(self) -> list[int | None]:
        """Where the new elements go, by `new`; listeners may have found places for them."""
        if self.heard:
            return [self.heard[place][0].section for place in self.new]
        column = self.importer.section
        if column is None:
            return [None] * len(self.new)
        return [self.value(column, place) for place in self.new]

    def drop_failed(self) -> None:
        self.new = [place for place in self.new if place not in self.errors]
        self.changed = {
            pk: entry for pk, entry in self.changed.items() if entry[1] not in self.errors
        }

    # --- checking -----------------------------------------------------------------------

    def check(self) -> None:
        """Turn every text and note the rows in which something does not fit."""
        spec, width = self.importer.spec, len(self.importer.spec.headings)
        for place, row in enumerate(self.rows):
            if len(row) != width:
                self._fit(place, row, width)
        for column in self.importer.columns:
            texts = self.texts[column.index]
            column.learn(
                texts, empty=spec.empty, writer=self.importer.writer, actor=self.importer.actor
            )
            if column.bad:
                self._note_bad(column, texts)
        self._check_names()

    def _fit(self, place: int, row: list[str], width: int) -> None:
        """Make the row as wide as the headings; cells beyond them must be empty."""
        if any(row[width:]):
            self.errors[place].append(_("The row has more cells than there are headings."))
        row[width:] = []
        row.extend([""] * (width - len(row)))

    def _note_bad(self, column: Column, texts: Sequence[str]) -> None:
        if column.bad.keys().isdisjoint(texts):
            return
        for place, text in enumerate(texts):
            if text in column.bad:
                self.fail(place, column.field, column.bad[text])

    def fail(self, place: int, entry: SchemaField, reason: str) -> None:
        self.errors[place].append(f"{entry.name}: {reason}")

    def _check_names(self) -> None:
        if self.importer.name_pattern is not None and self.importer.spec.mode != "update":
            field = self.importer.schema["NAME"]
            for place, name in enumerate(self.names):
                if not name or "\x00" in name:
                    self.fail(place, field, _("The name would be empty."))

    def good(self) -> list[int]:
        return [place for place in range(len(self.rows)) if place not in self.errors]

    @cached_property
    def texts(self) -> list[Sequence[str]]:
        """The cells by columns; `check` has made the rows long enough."""
        width = len(self.importer.spec.headings)
        return [*zip(*self.rows, strict=True)] or [()] * width

    @cached_property
    def names(self) -> list[str]:
        """The names that the pattern makes, by place."""
        pieces = [self._piece(part) for part in self.importer.name_pattern or []]
        return [name.strip() for name in map("".join, zip(*pieces, strict=False))]

    def _piece(self, part: str | int) -> Iterable[str]:
        if isinstance(part, str):
            return repeat(part, len(self.rows))
        blank = frozenset(self.importer.spec.empty)
        return ("" if text in blank else text for text in self.texts[part])

    def value(self, column: Column, place: int) -> Any:
        return column.values[self.texts[column.index][place]]

    def check_unique(self) -> None:
        """Note the rows that would repeat a unique value of the list or of the batch."""
        for column in self.importer.written:
            if column.field.field.unique:
                self._check_unique(column)

    def _check_unique(self, column: Column) -> None:
        own = {place: pk for pk, (_row, place, _changes) in self.changed.items()}
        values = {place: self.value(column, place) for place in [*self.new, *own]}
        stored = {place: _main(column.field, value) for place, value in values.items()}
        taken = self._taken(column.field, {value for value in stored.values() if value is not None})
        for place, value in sorted(stored.items()):
            # New rows have no id yet: a negative number stands for each.
            holder = own.get(place, -place - 1)
            if value is not None and taken.setdefault(value, holder) != holder:
                self.fail(place, column.field, _("This value is already taken."))
        self.drop_failed()

    def _taken(self, entry: SchemaField, values: set[Any]) -> dict[Any, int]:
        """Stored value → the element that has it. The bin does not count."""
        if not entry.key:
            return {}  # a field still to be made
        rows = self.importer.schema.model.objects.filter(deleted_at=None)
        found = rows.filter(Q.create([(f"{entry.main_column}__in", values)]))
        return dict(found.values_list(entry.main_column, "pk"))

    def apply(self, row: Any, place: int) -> None:
        """Put a line's values into the row of the element that its key found."""
        keep_empty = self.importer.spec.keep_empty
        given = {column.field: self.value(column, place) for column in self.importer.written}
        fields = {
            entry: value
            for entry, value in given.items()
            # An empty cell asks an automatic field for its own value, and the element has one.
            if value is not None or not (keep_empty or entry.type.automatic)
        }
        changes = apply_values(self.importer.schema, row, fields)
        before = self.changed.get(row.pk, (row, place, {}))[2]
        if changes or before:
            merged = {key: [before.get(key, pair)[0], pair[1]] for key, pair in changes.items()}
            self.changed[row.pk] = (row, place, {**before, **merged})
        else:
            self.unchanged += 1

    def outcome(self) -> Outcome:
        errors = [
            (self.numbers[place], " ".join(dict.fromkeys(texts)))
            for place, texts in sorted(self.errors.items())
        ]
        made = [(self.numbers[place], pk) for place, pk in zip(self.new, self.made, strict=False)]
        return Outcome(len(self.new), len(self.changed), self.unchanged, errors, made)


def _main(entry: SchemaField, value: Any) -> Any:
    return entry.to_columns(value)[entry.main_column]
