"""What a person asked an import to do, and its JSON form in a job's parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from lists_core.models import Field, List
from lists_core.schema.fields import SchemaField
from lists_core.transfer.tables import Layout

Mode = Literal["add", "both", "update"]
HEADING = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class NewField:
    """A field that the import makes for a column."""

    type: str
    name: str
    settings: dict[str, Any] = field(default_factory=dict)

    def planned(self, list_: List) -> SchemaField:
        """The field as it would be, with no columns yet: enough to check texts.

        One that grows with its texts takes them all, so a string stands for it.
        """
        slug = "string" if self.settings.get("grow") else self.type
        settings = {} if slug == "string" else self.settings
        return SchemaField.of(Field(list=list_, type=slug, name=self.name, settings=settings))


@dataclass(frozen=True)
class ColumnSpec:
    """Where a column of the file goes: into the field `code`, or into a field to be made.

    A `key` column finds the element to be updated. A `lenient` one leaves the value empty
    where a text does not fit; otherwise the whole row is refused.
    """

    index: int
    code: str = ""
    new: NewField | None = None
    key: bool = False
    lenient: bool = False


@dataclass(frozen=True)
class ImportSpec:
    """`mode`: add every row; update what the keys find and add the rest ("both"); only
    update. `empty` are texts that stand for a missing value; `name_pattern` makes the name
    of new elements when no column is the name: `{carrier} {flight}`; with `keep_empty` an
    empty cell leaves an element's old value; a `dry` import writes nothing. Where every row is
    added, those that an earlier import of the same brought are passed over unless `again`."""

    file_id: int
    layout: Layout
    headings: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    mode: Mode = "add"
    empty: tuple[str, ...] = ()
    name_pattern: str = ""
    keep_empty: bool = False
    dry: bool = False
    again: bool = False

    def __post_init__(self) -> None:
        """Where every row is added nothing is looked for, so no column is a key."""
        if self.mode == "add":
            plain = tuple(replace(column, key=False) for column in self.columns)
            object.__setattr__(self, "columns", plain)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ImportSpec:
        columns = [
            ColumnSpec(**{**column, "new": NewField(**column["new"]) if column["new"] else None})
            for column in raw["columns"]
        ]
        texts = {name: tuple(raw[name]) for name in ("headings", "empty")}
        own = {entry.name: raw[entry.name] for entry in fields(cls) if entry.name in raw}
        return cls(**{**own, **texts, "layout": Layout(**raw["layout"]), "columns": tuple(columns)})

    @property
    def keys(self) -> list[ColumnSpec]:
        return [column for column in self.columns if column.key]


def headings_of(rows: Sequence[Sequence[str]], layout: Layout) -> tuple[str, ...]:
    """The headings of the columns; those without one are numbered."""
    width = max((len(row) for row in rows), default=0)
    titles = list(rows[layout.header - 1]) if 0 < layout.header <= len(rows) else []
    titles += [""] * (width - len(titles))
    return tuple(" ".join(text.split())[:200] or str(place) for place, text in enumerate(titles, 1))


def name_parts(pattern: str, headings: Sequence[str]) -> list[str | int]:
    """The pattern as texts and numbers of columns. Raises LookupError with an unknown heading."""
    places = {heading.casefold(): place for place, heading in reversed([*enumerate(headings)])}
    parts: list[str | int] = []
    for number, piece in enumerate(HEADING.split(pattern)):
        if number % 2 == 0:
            parts += [piece] if piece else []
        elif piece.strip().casefold() in places:
            parts.append(places[piece.strip().casefold()])
        else:
            raise LookupError(piece)
    return parts
